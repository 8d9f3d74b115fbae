(** Ties, continued: for every decoder a single f' reaches the bound, also where extrema must be unique or are the
    first ones. *)

From Coq Require Fin.
From Coq Require Import Reals Lra Lia List Classical FunctionalExtensionality.
From FV Require Import Base Lift Ramp NeuralNetworks Theorem1 Theorem3 Ties.
Import ListNotations.
Local Open Scope R_scope.

(** ** Anchors *)

(** Some member h of the smaller fiber comes as close to f_max - f_min to other functions of the same information
    as one likes, and can be mixed with them. *)
Definition anchored {I : domain} (Phi : convention I) (G : function_class I) : Prop :=
  forall f a b m M, fiber Phi G a b m M f -> m < M ->
  exists h, fiber Phi G a b m M h /\ forall e, e < M - m ->
  exists g x, any_selection I g a b m M /\ inside x /\ e < Rabs (h x - g x)
  /\ forall s, 0 <= s <= 1 -> G (mixture s g h).

Theorem anchored_errs_at_least {I : domain} (Phi : convention I) (G : function_class I) :
  selects Phi -> inherits Phi -> anchored Phi G -> errs_at_least Phi G half_spread.
Proof.
  intros Hsel Hin Hanchor D f a b m M Hf. unfold half_spread.
  pose proof (Hsel f a b m M (proj2 Hf)) as (Ha & _).
  destruct (Rle_lt_dec M m) as [H|H].
  { exists f. split; [exact Hf|]. apply (error_at_least_trivial a); [exact Ha | lra]. }
  destruct (Hanchor f a b m M Hf H) as (h & Hh & Hfar).
  apply (anchor_lemma Phi G a b m M h); [exact Hh|]. intros e0 He0.
  set (e := Rmax 0 e0). assert (He : 0 <= e < M - m) by (unfold e, Rmax; destruct Rle_dec; lra).
  assert (He' : e0 <= e) by apply Rmax_r. clearbody e.
  destruct (Hfar ((e + (M - m)) / 2)) as (g & x & Ag & Hx & L & Hmix); [lra|].
  assert (Hs : exists s, 0 < s <= 1 /\ e < (1 - s) * ((e + (M - m)) / 2)).
  { exists (((M - m) - e) / (4 * (M - m))).
    assert (E : ((M - m) - e) / (4 * (M - m)) * (M - m) = ((M - m) - e) / 4) by (field; lra).
    set (s := ((M - m) - e) / (4 * (M - m))) in *. clearbody s. repeat split; nra. }
  destruct Hs as (s & Hs & Ls). exists (mixture s g h). split.
  - destruct Hh as [Gh Hh]. split; [apply Hmix; lra | apply mixture_information; assumption].
  - exists x. split; [exact Hx|]. unfold mixture.
    replace (h x - ((1 - s) * g x + s * h x)) with ((1 - s) * (h x - g x)) by ring.
    rewrite Rabs_mult, (Rabs_right (1 - s)) by lra. nra.
Qed.

(** The points of the segment from a to b. *)
Lemma mix_near (I : domain) : cube I -> forall (a b : I) w, inside a -> inside b -> 0 <= w <= 1 ->
  within w a (mix w b a).
Proof.
  assert (H : forall s t w, 0 <= s <= 1 -> 0 <= t <= 1 -> 0 <= w <= 1 -> Rabs (s - (w * t + (1 - w) * s)) <= w).
  { intros s t w Hs Ht Hw. replace (s - (w * t + (1 - w) * s)) with (w * (s - t)) by ring.
    rewrite Rabs_mult, (Rabs_right w) by lra.
    assert (Rabs (s - t) <= 1) by (unfold Rabs; destruct Rcase_abs; lra). nra. }
  intros [|d]; simpl; intros a b w Ha Hb Hw; [| intros j]; apply H; auto.
Qed.

Lemma strictly_between s t w : s <> t -> 0 < w < 1 -> s < w * t + (1 - w) * s < t \/ t < w * t + (1 - w) * s < s.
Proof. intros N Hw. destruct (Rtotal_order s t) as [L | [E | L]]; [left | contradiction | right]; split; nra. Qed.

(** *** Continuous classes: f itself is an anchor *)

Lemma continuous_anchored (I : domain) (Phi : convention I) (G : function_class I) : cube I ->
  (forall f, G f -> all_functions I f) -> (forall f, G f -> continuous I f) -> contains_ramps I G ->
  closed_under_mixtures G -> selects Phi -> anchored Phi G.
Proof.
  intros HI HG Hcont Hramps Hclosed Hsel f a b m M Hf H. exists f. split; [exact Hf|]. intros e He.
  destruct (range_of_fiber I G Phi a b m M f HG Hsel Hf) as (R1 & R2 & R3).
  destruct Hf as [Gf Hf]. destruct (Hsel f a b m M Hf) as (Ha & Hb & Fa & Fb & F).
  destruct (some_coordinate_differs I HI a b) as (pi & Hpi & N); [intros E; rewrite E in Fa; lra|].
  destruct (Hcont f Gf a Ha ((M - m - e) / 2) ltac:(lra)) as (t & Ht & C).
  set (w := Rmin t (1 / 2)). assert (Hw : 0 < w < 1 /\ w <= t).
  { unfold w, Rmin. destruct Rle_dec; lra. }
  destruct Hw as [Hw Hwt]. clearbody w. set (x := mix w b a).
  assert (Hx : inside x) by (apply mix_inside; auto; lra).
  assert (Ex : pi x = w * pi b + (1 - w) * pi a) by apply (coordinate_mix I pi Hpi).
  destruct (ramp_through I pi a b m M (pi x) M) as (p & q & u & v & P & U & V & A & E & _); auto.
  { rewrite Ex. apply strictly_between; assumption. }
  exists (lift pi (ramp p q u v)), x. refine (conj A (conj Hx (conj _ _))).
  - specialize (C x Hx (within_weaken I HI _ _ _ _ Hwt (mix_near I HI a b w Ha Hb ltac:(lra)))).
    unfold lift. rewrite E. specialize (F x Hx). rewrite Fa in C. revert C. unfold Rabs.
    repeat destruct Rcase_abs; lra.
  - intros s Hs. apply Hclosed; auto.
Qed.

Lemma neural_network_anchored (I : domain) (Phi : convention I) : cube I -> selects Phi ->
  anchored Phi (neural_network I).
Proof.
  intros HI Hsel. apply continuous_anchored; auto using neural_network_contains_ramps, neural_network_closed.
  - intros f [F _]. exact F.
  - intros f Hf. apply networks_are_piecewise_affine in Hf; [apply Hf | exact HI].
Qed.

Lemma erm_anchored (I : domain) (Phi : convention I) : cube I -> selects Phi -> anchored Phi (erm I).
Proof.
  intros HI Hsel. apply continuous_anchored; auto using erm_contains_ramps, erm_closed.
  - intros f [[F _] _]. exact F.
  - intros f [Hf _]. apply networks_are_piecewise_affine in Hf; [apply Hf | exact HI].
Qed.

Lemma piecewise_affine_anchored (I : domain) (Phi : convention I) : cube I -> selects Phi ->
  anchored Phi (piecewise_affine I).
Proof.
  intros HI Hsel. apply continuous_anchored; auto using piecewise_affine_contains_ramps, piecewise_affine_closed.
  - intros f [F _]. exact F.
  - intros f [_ [C _]]. exact C.
Qed.

(** *** All functions: f, except that values inside the range come close to f_min near a *)

Lemma all_anchored (I : domain) (Phi : convention I) : cube I -> selects Phi -> inherits Phi ->
  anchored Phi (all_functions I).
Proof.
  intros HI Hsel Hin f a b m M Hf H.
  destruct (range_of_fiber I (all_functions I) Phi a b m M f ltac:(auto) Hsel Hf) as (R1 & R2 & R3).
  destruct Hf as [Gf Hf]. destruct (Hsel f a b m M Hf) as (Ha & Hb & Fa & Fb & F).
  destruct (some_coordinate_differs I HI a b) as (pi & Hpi & N); [intros E; rewrite E in Fa; lra|].
  set (part := fun x : I => if Req_EM_T (pi x) (pi a) then 1 else Rabs (pi x - pi a)).
  set (h := fun x : I => if Req_EM_T (f x) m then m else if Req_EM_T (f x) M then M else m + (M - m) / 2 * part x).
  assert (Part : forall x, inside x -> 0 < part x <= 1).
  { intros x Hx. unfold part. destruct Req_EM_T as [E|E]; [lra|].
    pose proof (coordinate_inside I pi Hpi x Hx). pose proof (coordinate_inside I pi Hpi a Ha).
    unfold Rabs. destruct Rcase_abs; lra. }
  assert (Range : forall x, inside x -> m <= h x <= M).
  { intros x Hx. specialize (Part x Hx). unfold h. repeat destruct Req_EM_T; nra. }
  exists h. split.
  { split; [intros x Hx; specialize (Range x Hx); lra|]. apply (Hin f); [exact Hf | | |].
    - refine (conj Ha (conj Hb (conj _ (conj _ Range)))); unfold h; repeat destruct Req_EM_T; lra.
    - intros x Hx E. specialize (Part x Hx). unfold h in E. repeat destruct Req_EM_T; auto; nra.
    - intros x Hx E. specialize (Part x Hx). unfold h in E. repeat destruct Req_EM_T; auto; nra. }
  intros e He. set (w := (M - m - Rmax 0 e) / (M - m)).
  assert (Hw : 0 < w <= 1 /\ w * (M - m) = M - m - Rmax 0 e).
  { assert (E : w * (M - m) = M - m - Rmax 0 e) by (unfold w; field; lra).
    pose proof (Rmax_l 0 e). assert (Rmax 0 e < M - m) by (unfold Rmax; destruct Rle_dec; lra).
    clearbody w. repeat split; nra. }
  destruct Hw as [Hw Ew]. clearbody w. set (x := mix (w / 2) b a).
  assert (Hx : inside x) by (apply mix_inside; auto; lra).
  assert (Ex : pi x = w / 2 * pi b + (1 - w / 2) * pi a) by apply (coordinate_mix I pi Hpi).
  assert (Hbetween : pi a < pi x < pi b \/ pi b < pi x < pi a).
  { rewrite Ex. apply strictly_between; [exact N | lra]. }
  pose proof (Rmax_r 0 e) as He'.
  assert (Near : h x = M \/ h x <= m + (M - m) / 2 * w).
  { unfold h. destruct (Req_EM_T (f x) m); [right; nra|]. destruct (Req_EM_T (f x) M); [left; reflexivity|].
    right. assert (part x <= w); [| nra]. unfold part. destruct Req_EM_T as [E|_]; [lra|].
    pose proof (coordinate_within I pi Hpi (w / 2) a x ltac:(apply mix_near; auto; lra)) as W.
    rewrite Rabs_minus_sym in W. lra. }
  destruct Near as [E | Near].
  - destruct (ramp_through I pi a b m M (pi x) m) as (p & q & u & v & P & U & V & A & T & _); auto.
    exists (lift pi (ramp p q u v)), x. refine (conj A (conj Hx (conj _ _))).
    + unfold lift. rewrite E, T. rewrite Rabs_right by lra. exact He.
    + intros s Hs. apply all_closed; auto; [apply all_contains_ramps; auto|].
      intros y Hy. specialize (Range y Hy). lra.
  - destruct (ramp_through I pi a b m M (pi x) M) as (p & q & u & v & P & U & V & A & T & _); auto.
    exists (lift pi (ramp p q u v)), x. refine (conj A (conj Hx (conj _ _))).
    + unfold lift. rewrite T. specialize (Range x Hx). rewrite Rabs_left1 by lra.
      assert (0 < w * (M - m)) by nra. nra.
    + intros s Hs. apply all_closed; auto; [apply all_contains_ramps; auto|].
      intros y Hy. specialize (Range y Hy). lra.
Qed.

(** *** Sums over the coordinates *)

Fixpoint total {I : domain} (fs : list (I -> R)) (x : I) : R :=
  match fs with
  | [] => 0
  | f :: rest => f x + total rest x
  end.

Section Total.
Context {I : domain}.
Implicit Types (fs : list (I -> R)) (x y : I).

Lemma total_nonnegative fs x : (forall f, In f fs -> 0 <= f x) -> 0 <= total fs x.
Proof.
  induction fs as [|f fs IH]; intros H; simpl; [lra|].
  pose proof (H f (or_introl eq_refl)). assert (0 <= total fs x)
    by (apply IH; intros g Hg; apply H; right; exact Hg). lra.
Qed.

Lemma total_of_zeros fs x : (forall f, In f fs -> f x = 0) -> total fs x = 0.
Proof.
  induction fs as [|f fs IH]; intros H; simpl; [reflexivity|].
  rewrite (H f (or_introl eq_refl)), IH; [ring | intros g Hg; apply H; right; exact Hg].
Qed.

Lemma total_zero fs x : (forall f, In f fs -> 0 <= f x) -> total fs x = 0 -> forall f, In f fs -> f x = 0.
Proof.
  induction fs as [|f fs IH]; intros H E g Hg; [contradiction|]. simpl in E.
  assert (Hrest : forall k, In k fs -> 0 <= k x) by (intros k Hk; apply H; right; exact Hk).
  pose proof (H f (or_introl eq_refl)). pose proof (total_nonnegative fs x Hrest).
  destruct Hg as [<- | Hg]; [lra | apply IH; auto; lra].
Qed.

Lemma total_order fs x y : (forall f, In f fs -> f x <= f y) -> total fs x <= total fs y.
Proof.
  induction fs as [|f fs IH]; intros H; simpl; [lra|].
  pose proof (H f (or_introl eq_refl)). assert (total fs x <= total fs y)
    by (apply IH; intros g Hg; apply H; right; exact Hg). lra.
Qed.

Lemma total_mix fs x y w : (forall f, In f fs -> f (mix w x y) = w * f x + (1 - w) * f y) ->
  total fs (mix w x y) = w * total fs x + (1 - w) * total fs y.
Proof.
  induction fs as [|f fs IH]; intros H; simpl; [ring|].
  rewrite (H f (or_introl eq_refl)), IH; [ring | intros g Hg; apply H; right; exact Hg].
Qed.

End Total.

(** The coordinates of a domain: they tell points apart, and b is beyond a where they say so. *)
Record axes (I : domain) (pis : list (I -> R)) : Prop := {
  axes_coordinates : forall pi, In pi pis -> coordinate I pi;
  axes_entries : forall x : I, coordinates x = at_point pis x;
  axes_separate : forall x y : I, (forall pi, In pi pis -> pi x = pi y) -> x = y;
  axes_between : forall a b : I, inside a -> inside b -> (forall pi, In pi pis -> ~ end_coordinate pi a b) ->
    between_from a b
}.

Lemma axes_exist (I : domain) : cube I -> exists pis, axes I pis.
Proof.
  intros [|d].
  - exists [fun x => x]. split; simpl.
    + intros pi [<- | []]. apply coordinate_interval.
    + reflexivity.
    + intros x y H. apply (H (fun t => t)). auto.
    + intros a b Ha Hb H. pose proof (H (fun x => x) (or_introl eq_refl)) as N.
      apply between_from_interval; [exact Ha | exact Hb | |]; intros E; apply N; [left | right]; exact E.
  - assert (H : exists js : list (Fin.t d), (forall x : Fin.t d -> R, entries d x = map x js) /\ forall j, In j js).
    { induction d as [|d (js & IH1 & IH2)].
      - exists []. split; [reflexivity|]. intros j. apply (Fin.case0 (fun j => In j []) j).
      - exists (Fin.F1 :: map Fin.FS js). split.
        + intros x. simpl. rewrite IH1, map_map. reflexivity.
        + intros j. apply (Fin.caseS' j (fun j => In j (Fin.F1 :: map Fin.FS js))); [left; reflexivity|].
          intros i. right. apply in_map, IH2. }
    destruct H as (js & H1 & H2). exists (map (fun j (x : hypercube d) => x j) js).
    assert (Hin : forall j, In (fun x : hypercube d => x j) (map (fun j (x : hypercube d) => x j) js)).
    { intros j. apply in_map_iff. exists j. auto. }
    split.
    + intros pi Hpi. apply in_map_iff in Hpi. destruct Hpi as (j & <- & _). apply coordinate_hypercube.
    + intros x. simpl. rewrite H1. unfold at_point. rewrite map_map. reflexivity.
    + intros x y H. extensionality j. exact (H _ (Hin j)).
    + intros a b Ha Hb H. apply between_from_hypercube; [exact Ha | exact Hb | intros j; exact (H _ (Hin j))].
Qed.

(** *** Monotone functions *)

(** The lowest point of the domain. *)
Lemma lowest_point (I : domain) : cube I ->
  exists z : I, inside z /\ (forall x, inside x -> below z x) /\ (forall x, inside x -> x = z \/ before z x).
Proof.
  intros [|d].
  - exists 0. simpl. refine (conj _ (conj _ _)); [lra | intros x Hx; lra | intros x Hx].
    destruct (Req_dec x 0); [left; assumption | right; lra].
  - exists (fun _ => 0). simpl. refine (conj _ (conj _ _)); [intros j; lra | intros x Hx j; apply Hx | intros x Hx].
    destruct (classic (exists j, x j <> 0)) as [(j & Hj)|N].
    + right. assert (Least : exists j, x j <> 0 /\ forall i, (number i < number j)%nat -> x i = 0).
      { remember (number j) as n eqn:En. revert j Hj En. induction n as [n IH] using (well_founded_induction lt_wf).
        intros j Hj En. destruct (classic (exists i, (number i < n)%nat /\ x i <> 0)) as [(i & Hi & Ni)|N].
        - exact (IH (number i) Hi i Ni eq_refl).
        - exists j. split; [exact Hj|]. intros i Hi. apply NNPP. intros Ni. apply N. exists i. rewrite En. auto. }
      destruct Least as (k & Hk & Hleast). exists k. split.
      * intros i Hi. symmetry. apply Hleast. exact Hi.
      * specialize (Hx k). lra.
    + left. extensionality j. apply NNPP. intros E. apply N. exists j. exact E.
Qed.

Lemma rising_anchor (I : domain) (Phi : convention I) (f : I -> R) a b m M : cube I -> inherits Phi ->
  all_functions I f -> non_decreasing I f -> Phi f a b m M -> first I f a b m M -> m < M ->
  exists h, all_functions I h /\ non_decreasing I h /\ Phi h a b m M /\ forall e, e < M - m ->
  exists g x, any_selection I g a b m M /\ all_functions I g /\ non_decreasing I g /\ inside x
  /\ e < Rabs (h x - g x).
Proof.
  intros HI Hin Gf U Hf [(Ha & Hb & Fa & Fb & F) Hfirst] H.
  assert (Rm : 0 <= m) by (rewrite <- Fa; apply (Gf a Ha)).
  assert (RM : M <= 1) by (rewrite <- Fb; apply (Gf b Hb)).
  destruct (lowest_point I HI) as (z & Hz & Hbelow & Hbefore).
  assert (Az : a = z).
  { destruct (Hbefore a Ha) as [E|E]; [exact E|]. destruct (Hfirst z Hz) as [L _]. specialize (L E).
    specialize (U z a Hz Ha (Hbelow a Ha)). lra. }
  subst z. clear Hbefore Hfirst.
  destruct (axes_exist I HI) as (pis & Hpis).
  assert (P0 : forall x, inside x -> forall pi, In pi pis -> 0 <= pi x <= 1).
  { intros x Hx pi Hpi. apply (coordinate_inside I pi (axes_coordinates I pis Hpis pi Hpi) x Hx). }
  assert (Pa : forall pi, coordinate I pi -> pi a = 0).
  { intros pi Hpi. destruct (coordinate_onto I pi Hpi 0) as (x & Hx & Ex); [lra|].
    pose proof (coordinate_below I pi Hpi a x (Hbelow x Hx)). pose proof (coordinate_inside I pi Hpi a Ha). lra. }
  assert (Ta : total pis a = 0).
  { apply total_of_zeros. intros pi Hpi. exact (Pa pi (axes_coordinates I pis Hpis pi Hpi)). }
  assert (Tx : forall x, inside x -> 0 <= total pis x).
  { intros x Hx. apply total_nonnegative. intros pi Hpi. apply (P0 x Hx pi Hpi). }
  assert (Tz : forall x, inside x -> total pis x = 0 -> x = a).
  { intros x Hx E. apply (axes_separate I pis Hpis). intros pi Hpi.
    rewrite (Pa pi (axes_coordinates I pis Hpis pi Hpi)).
    apply (total_zero pis x); auto. intros k Hk. apply (P0 x Hx k Hk). }
  assert (Tb : 0 < total pis b).
  { destruct (Req_dec (total pis b) 0) as [E|N]; [| specialize (Tx b Hb); lra].
    rewrite (Tz b Hb E) in Fb. lra. }
  set (share := fun x => Rmin 1 (total pis x / total pis b)).
  assert (Sx : forall x, inside x -> 0 <= share x <= 1).
  { intros x Hx. unfold share. split; [| apply Rmin_l]. apply Rmin_glb; [lra|].
    apply Rmult_le_pos; [apply Tx; exact Hx | left; apply Rinv_0_lt_compat; exact Tb]. }
  set (h := fun x => m + (f x - m) * share x).
  assert (Range : forall x, inside x -> m <= h x <= M).
  { intros x Hx. specialize (Sx x Hx). specialize (F x Hx). unfold h. split; nra. }
  exists h. refine (conj _ (conj _ (conj _ _))).
  - intros x Hx. specialize (Range x Hx). lra.
  - intros x y Hx Hy Hxy. specialize (U x y Hx Hy Hxy).
    assert (share x <= share y).
    { unfold share. apply Rle_min_compat_l. apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; exact Tb|].
      apply total_order. intros pi Hpi. apply (coordinate_below I pi (axes_coordinates I pis Hpis pi Hpi) x y Hxy). }
    specialize (Sx x Hx). pose proof (F x Hx). unfold h. nra.
  - apply (Hin f); [exact Hf | | |].
    + refine (conj Ha (conj Hb (conj _ (conj _ Range)))); unfold h.
      * rewrite Fa. ring.
      * rewrite Fb. unfold share. replace (total pis b / total pis b) with 1 by (field; lra).
        rewrite Rmin_left by lra. ring.
    + intros x Hx E. destruct (Req_dec (share x) 0) as [E0|N0].
      * assert (Exa : x = a); [| rewrite Exa; exact Fa]. apply Tz; [exact Hx|]. unfold share, Rmin in E0.
        destruct Rle_dec in E0; [lra|]. apply (Rmult_eq_reg_r (/ total pis b)); [| apply Rinv_neq_0_compat; lra].
        rewrite Rmult_0_l. exact E0.
      * unfold h in E. assert (E' : (f x - m) * share x = 0) by lra. apply Rmult_integral in E'. destruct E'; lra.
    + intros x Hx E. specialize (Sx x Hx). specialize (F x Hx). unfold h in E. nra.
  - intros e He. set (w := (M - m - Rmax 0 e) / (M - m)).
    assert (Hw : 0 < w <= 1 /\ w * (M - m) = M - m - Rmax 0 e).
    { assert (E : w * (M - m) = M - m - Rmax 0 e) by (unfold w; field; lra).
      pose proof (Rmax_l 0 e). assert (Rmax 0 e < M - m) by (unfold Rmax; destruct Rle_dec; lra).
      clearbody w. repeat split; nra. }
    destruct Hw as [Hw Ew]. clearbody w. pose proof (Rmax_r 0 e) as He'. set (x := mix (w / 2) b a).
    assert (Hx : inside x) by (apply mix_inside; auto; lra).
    assert (Near : h x <= m + (M - m) * (w / 2)).
    { assert (Es : share x = w / 2).
      { unfold share, x. rewrite total_mix, Ta.
        - replace ((w / 2 * total pis b + (1 - w / 2) * 0) / total pis b) with (w / 2) by (field; lra).
          apply Rmin_right. lra.
        - intros pi Hpi. apply (coordinate_mix I pi (axes_coordinates I pis Hpis pi Hpi)). }
      unfold h. rewrite Es. specialize (F x Hx). nra. }
    destruct (some_coordinate_rises I HI a b) as (pi & Hpi & L).
    { intros B. specialize (U b a Hb Ha B). lra. }
    assert (Ex : pi x = w / 2 * pi b + (1 - w / 2) * pi a) by apply (coordinate_mix I pi Hpi).
    destruct (ramp_through I pi a b m M (pi x) M) as (p & q & u & v & P & Hu & Hv & A & T & Up & _); auto; try lra.
    { rewrite Ex. apply strictly_between; lra. }
    exists (lift pi (ramp p q u v)), x. refine (conj A (conj _ (conj _ (conj Hx _)))).
    + apply lift_all; [exact Hpi | apply ramp_all; assumption].
    + apply lift_non_decreasing; [exact Hpi | apply ramp_non_decreasing; auto].
    + unfold lift. rewrite T. specialize (Range x Hx). rewrite Rabs_left1 by lra.
      assert (0 < w * (M - m)) by nra. lra.
Qed.

(** Upside down. *)
Definition mirror {I : domain} (f : I -> R) : I -> R := fun x => 1 - f x.

Definition mirrors {I : domain} (Phi : convention I) : Prop :=
  forall f a b m M, Phi f a b m M -> Phi (mirror f) b a (1 - M) (1 - m).

Lemma any_selection_mirrors I : mirrors (any_selection I).
Proof.
  intros f a b m M (Ha & Hb & Fa & Fb & F).
  refine (conj Hb (conj Ha (conj _ (conj _ _)))); unfold mirror; [lra | lra |].
  intros x Hx. specialize (F x Hx). lra.
Qed.

Lemma unique_mirrors I : mirrors (unique I).
Proof.
  intros f a b m M [H U]. split; [apply any_selection_mirrors; exact H|].
  intros x Hx. destruct (U x Hx) as [U1 U2]. unfold mirror.
  split; intros N; [specialize (U2 N) | specialize (U1 N)]; lra.
Qed.

Lemma first_mirrors I : mirrors (first I).
Proof.
  intros f a b m M [H U]. split; [apply any_selection_mirrors; exact H|].
  intros x Hx. destruct (U x Hx) as [U1 U2]. unfold mirror.
  split; intros N; [specialize (U2 N) | specialize (U1 N)]; lra.
Qed.

Lemma mirror_mirror {I : domain} (f : I -> R) : mirror (mirror f) = f.
Proof. extensionality x. unfold mirror. ring. Qed.

Lemma mirrors_back {I : domain} (Phi : convention I) f a b m M :
  mirrors Phi -> Phi f b a (1 - M) (1 - m) -> Phi (mirror f) a b m M.
Proof.
  intros Hm H. apply Hm in H. replace (1 - (1 - m)) with m in H by ring.
  replace (1 - (1 - M)) with M in H by ring. exact H.
Qed.

Lemma mirror_all I f : all_functions I f -> all_functions I (mirror f).
Proof. intros F x Hx. specialize (F x Hx). unfold mirror. lra. Qed.

Lemma monotone_anchored (I : domain) (Phi : convention I) : cube I -> inherits Phi -> mirrors Phi ->
  (forall f a b m M, Phi f a b m M -> first I f a b m M) -> anchored Phi (monotone I).
Proof.
  intros HI Hin Hmir Hfirst f a b m M [[Gf [U|D]] Hf] H.
  - destruct (rising_anchor I Phi f a b m M HI Hin Gf U Hf (Hfirst _ _ _ _ _ Hf) H) as (h & Gh & Uh & Hh & Hfar).
    exists h. split; [split; [split; [exact Gh | left; exact Uh] | exact Hh]|]. intros e He.
    destruct (Hfar e He) as (g & x & A & Gg & Ug & Hx & L). exists g, x. refine (conj A (conj Hx (conj L _))).
    intros s Hs. split; [apply all_closed; auto | left; apply non_decreasing_closed; auto].
  - assert (U : non_decreasing I (mirror f)).
    { intros x y Hx Hy Hxy. specialize (D x y Hx Hy Hxy). unfold mirror. lra. }
    destruct (rising_anchor I Phi (mirror f) b a (1 - M) (1 - m) HI Hin (mirror_all I f Gf) U (Hmir _ _ _ _ _ Hf)
      (Hfirst _ _ _ _ _ (Hmir _ _ _ _ _ Hf)) ltac:(lra)) as (h & Gh & Uh & Hh & Hfar).
    exists (mirror h). split.
    { split; [split; [apply mirror_all; exact Gh|] | apply mirrors_back; assumption].
      right. intros x y Hx Hy Hxy. specialize (Uh x y Hx Hy Hxy). unfold mirror. lra. }
    intros e He. destruct (Hfar e ltac:(lra)) as (g & x & A & Gg & Ug & Hx & L). exists (mirror g), x.
    refine (conj (mirrors_back _ g a b m M (any_selection_mirrors I) A) (conj Hx (conj _ _))).
    + unfold mirror. replace (1 - h x - (1 - g x)) with (- (h x - g x)) by ring. rewrite Rabs_Ropp. exact L.
    + intros s Hs. split; [apply all_closed; auto using mirror_all|].
      right. intros x' y Hx' Hy Hxy. specialize (Uh x' y Hx' Hy Hxy). specialize (Ug x' y Hx' Hy Hxy).
      unfold mixture, mirror. nra.
Qed.

(** *** Convex functions *)

(** How far x has fallen from the end of the coordinate at which b lies; 0 if b lies at no end. *)
Definition fall {I : domain} (b : I) (pi : I -> R) : I -> R := fun x =>
  if Req_EM_T (pi b) 0 then pi x else if Req_EM_T (pi b) 1 then 1 - pi x else 0.

Section Fall.
Context {I : domain} (b : I) (pi : I -> R) (Hpi : coordinate I pi).

Lemma fall_nonnegative x : inside x -> 0 <= fall b pi x.
Proof. intros Hx. pose proof (coordinate_inside I pi Hpi x Hx). unfold fall. repeat destruct Req_EM_T; lra. Qed.

Lemma fall_at_maximum : fall b pi b = 0.
Proof. unfold fall. repeat destruct Req_EM_T; lra. Qed.

Lemma fall_mix w x y : fall b pi (mix w x y) = w * fall b pi x + (1 - w) * fall b pi y.
Proof. unfold fall. rewrite (coordinate_mix I pi Hpi). repeat destruct Req_EM_T; ring. Qed.

Lemma fall_end x : inside x -> (fall b pi x = 0 <-> ~ end_coordinate pi x b).
Proof.
  intros Hx. pose proof (coordinate_inside I pi Hpi x Hx). unfold fall, end_coordinate.
  repeat destruct Req_EM_T; split; intros E; try lra.
Qed.

End Fall.

(** A convex function is f_max on the smallest face that contains b: where nothing has fallen. *)
Lemma convex_face (I : domain) pis (f : I -> R) a b m M x : axes I pis ->
  fiber (any_selection I) (convex I) a b m M f -> inside x -> total (map (fall b) pis) x = 0 -> f x = M.
Proof.
  intros Hpis [[_ C] (Ha & Hb & Fa & Fb & F)] Hx E.
  destruct (axes_between I pis Hpis x b Hx Hb) as (y & w & Hy & Hw & Eb).
  - intros pi Hpi. apply (fall_end b pi (axes_coordinates I pis Hpis pi Hpi) x Hx).
    apply (total_zero (map (fall b) pis) x).
    + intros g Hg. apply in_map_iff in Hg. destruct Hg as (k & <- & Hk).
      apply fall_nonnegative; [apply (axes_coordinates I pis Hpis k Hk) | exact Hx].
    + exact E.
    + apply in_map. exact Hpi.
  - specialize (C x y w Hx Hy ltac:(lra)). rewrite Eb, Fb in C. pose proof (F x Hx). specialize (F y Hy). nra.
Qed.

(** f, lifted near b to an affine function that is f_max at b. *)
Lemma convex_anchored (I : domain) (Phi : convention I) : cube I -> selects Phi -> inherits Phi ->
  anchored Phi (convex I).
Proof.
  intros HI Hsel Hin f a b m M [Gf Hf] H. pose proof (Hsel f a b m M Hf) as Af.
  destruct (range_of_fiber I (convex I) Phi a b m M f ltac:(intros g [G _]; exact G) Hsel (conj Gf Hf))
    as (R1 & R2 & R3).
  destruct (axes_exist I HI) as (pis & Hpis). set (depth := total (map (fall b) pis)).
  assert (D0 : forall x, inside x -> 0 <= depth x).
  { intros x Hx. apply total_nonnegative. intros g Hg. apply in_map_iff in Hg. destruct Hg as (k & <- & Hk).
    apply fall_nonnegative; [apply (axes_coordinates I pis Hpis k Hk) | exact Hx]. }
  assert (Db : depth b = 0).
  { apply total_of_zeros. intros g Hg. apply in_map_iff in Hg. destruct Hg as (k & <- & _). apply fall_at_maximum. }
  assert (Dmix : forall w x y, depth (mix w x y) = w * depth x + (1 - w) * depth y).
  { intros w x y. apply total_mix. intros g Hg. apply in_map_iff in Hg. destruct Hg as (k & <- & Hk).
    apply fall_mix. apply (axes_coordinates I pis Hpis k Hk). }
  assert (Face : forall x, inside x -> depth x = 0 -> f x = M).
  { intros x Hx E. apply (convex_face I pis f a b m M x Hpis); [split; assumption | exact Hx | exact E]. }
  destruct Af as (Ha & Hb & Fa & Fb & F).
  assert (Da : 0 < depth a).
  { destruct (Req_dec (depth a) 0) as [E|N]; [rewrite (Face a Ha E) in Fa; lra | specialize (D0 a Ha); lra]. }
  set (k := (M - m) / depth a). assert (Ek : k * depth a = M - m) by (unfold k; field; lra).
  assert (Pk : 0 < k) by (apply Rdiv_lt_0_compat; lra). clearbody k.
  set (h := fun x => Rmax (f x) (M - k * depth x)).
  assert (Range : forall x, inside x -> f x <= h x <= M).
  { intros x Hx. specialize (F x Hx). specialize (D0 x Hx). unfold h. split; [apply Rmax_l | apply Rmax_lub; nra]. }
  assert (Gh : convex I h).
  { destruct Gf as [Rf Cf]. split.
    - intros x Hx. specialize (Range x Hx). specialize (Rf x Hx). lra.
    - intros x y w Hx Hy Hw. specialize (Cf x y w Hx Hy Hw). unfold h at 1. rewrite Dmix.
      assert (X1 : f x <= h x) by apply Rmax_l. assert (X2 : M - k * depth x <= h x) by apply Rmax_r.
      assert (Y1 : f y <= h y) by apply Rmax_l. assert (Y2 : M - k * depth y <= h y) by apply Rmax_r.
      set (hx := h x) in *. set (hy := h y) in *. clearbody hx hy. apply Rmax_lub.
      + pose proof (Rmult_le_compat_l w _ _ ltac:(lra) X1).
        pose proof (Rmult_le_compat_l (1 - w) _ _ ltac:(lra) Y1). lra.
      + pose proof (Rmult_le_compat_l w _ _ ltac:(lra) X2).
        pose proof (Rmult_le_compat_l (1 - w) _ _ ltac:(lra) Y2). lra. }
  exists h. split.
  { split; [exact Gh|]. apply (Hin f); [exact Hf | | |].
    - refine (conj Ha (conj Hb (conj _ (conj _ _)))).
      + unfold h. rewrite Fa, Ek. apply Rmax_left. lra.
      + unfold h. rewrite Fb, Db. apply Rmax_left. lra.
      + intros x Hx. specialize (F x Hx). specialize (Range x Hx). lra.
    - intros x Hx E. specialize (F x Hx). specialize (Range x Hx). lra.
    - intros x Hx E. unfold h, Rmax in E. destruct Rle_dec in E; [| exact E].
      apply Face; [exact Hx|]. assert (E0 : k * depth x = 0) by lra. apply Rmult_integral in E0. destruct E0; lra. }
  intros e He. set (w := (M - m - Rmax 0 e) / (M - m)).
  assert (Hw : 0 < w <= 1 /\ w * (M - m) = M - m - Rmax 0 e).
  { assert (E : w * (M - m) = M - m - Rmax 0 e) by (unfold w; field; lra).
    pose proof (Rmax_l 0 e). assert (Rmax 0 e < M - m) by (unfold Rmax; destruct Rle_dec; lra).
    clearbody w. repeat split; nra. }
  destruct Hw as [Hw Ew]. clearbody w. pose proof (Rmax_r 0 e) as He'. set (x := mix (w / 2) a b).
  assert (Hx : inside x) by (apply mix_inside; auto; lra).
  assert (Near : M - w / 2 * (M - m) <= h x).
  { unfold h. apply Rle_trans with (2 := Rmax_r _ _). unfold x. rewrite Dmix, Db.
    replace (M - k * (w / 2 * depth a + (1 - w / 2) * 0)) with (M - w / 2 * (k * depth a)) by ring. rewrite Ek. lra. }
  destruct (convex_maximum_at_an_end I HI f a b m M (conj Gf (Hsel _ _ _ _ _ Hf)) H) as (pi & Hpi & Hend).
  assert (Ex : pi x = w / 2 * pi a + (1 - w / 2) * pi b) by apply (coordinate_mix I pi Hpi).
  pose proof (coordinate_inside I pi Hpi a Ha) as Pa.
  assert (Partner : exists g, any_selection I g a b m M /\ convex I g /\ g x = m).
  { destruct Hend as [[Eb La] | [Eb La]].
    - exists (lift pi (ramp (pi x) 1 m M)). rewrite Eb in Ex.
      assert (pi a < pi x < 1) by (rewrite Ex; split; nra). refine (conj _ (conj _ _)).
      + apply lift_any_selection; auto. apply ramp_up_information; rewrite ?Eb; simpl; lra.
      + apply lift_convex; [exact Hpi | apply ramp_up_convex; lra].
      + unfold lift. apply ramp_left. lra.
    - exists (lift pi (ramp 0 (pi x) M m)). rewrite Eb in Ex.
      assert (0 < pi x < pi a) by (rewrite Ex; split; nra). refine (conj _ (conj _ _)).
      + apply lift_any_selection; auto. apply ramp_down_information; rewrite ?Eb; simpl; lra.
      + apply lift_convex; [exact Hpi | apply ramp_down_convex; lra].
      + unfold lift. apply ramp_right; lra. }
  destruct Partner as (g & Ag & Gg & Egx). exists g, x. refine (conj Ag (conj Hx (conj _ _))).
  - rewrite Egx. assert (0 < w * (M - m)) by nra. rewrite Rabs_right; nra.
  - intros s Hs. apply convex_closed; assumption.
Qed.

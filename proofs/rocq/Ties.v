(** Ties: what remains of Theorem 1, 2 and 3 when Φ names the only extrema, or the first ones.

    The fibers shrink. A member of the smaller fiber, mixed in with a small weight, turns any member of the larger one
    into a member of the smaller one; so the radius of information stays the same. That for every decoder a single f'
    reaches the bound needs more: a member that comes as close as one likes to the far end of the range, an anchor
    (Anchors.v). *)

From Coq Require Fin.
From Coq Require Import Reals Lra Lia List Classical FunctionalExtensionality.
From FV Require Import Base Lift Ramp NeuralNetworks Pairs Theorem1 Theorem2 Theorem3.
Import ListNotations.
Local Open Scope R_scope.

(** ** Conventions *)

(** A function with the same extrema that is extreme only where f is has the information of f. *)
Definition inherits {I : domain} (Phi : convention I) : Prop :=
  forall (f h : I -> R) a b m M, Phi f a b m M -> any_selection I h a b m M ->
  (forall x, inside x -> h x = m -> f x = m) -> (forall x, inside x -> h x = M -> f x = M) -> Phi h a b m M.

Lemma any_selection_inherits I : inherits (any_selection I).
Proof. intros f h a b m M _ Hh _ _. exact Hh. Qed.

Lemma strict_transfer {I : domain} (f h : I -> R) m M x : m <= f x <= M -> m <= h x <= M ->
  (h x = m -> f x = m) -> (h x = M -> f x = M) -> (m < f x -> m < h x) /\ (f x < M -> h x < M).
Proof.
  intros Hf Hh Lm LM. split; intros L.
  - destruct (Req_dec (h x) m) as [E|N]; [specialize (Lm E) | ]; lra.
  - destruct (Req_dec (h x) M) as [E|N]; [specialize (LM E) | ]; lra.
Qed.

Lemma unique_inherits I : inherits (unique I).
Proof.
  intros f h a b m M [Hf U] Hh Lm LM. split; [exact Hh|]. intros x Hx.
  destruct Hf as (_ & _ & _ & _ & Rf), Hh as (_ & _ & _ & _ & Rh).
  destruct (strict_transfer f h m M x (Rf x Hx) (Rh x Hx) (Lm x Hx) (LM x Hx)) as [T1 T2].
  destruct (U x Hx) as [U1 U2]. auto.
Qed.

Lemma first_inherits I : inherits (first I).
Proof.
  intros f h a b m M [Hf U] Hh Lm LM. split; [exact Hh|]. intros x Hx.
  destruct Hf as (_ & _ & _ & _ & Rf), Hh as (_ & _ & _ & _ & Rh).
  destruct (strict_transfer f h m M x (Rf x Hx) (Rh x Hx) (Lm x Hx) (LM x Hx)) as [T1 T2].
  destruct (U x Hx) as [U1 U2]. auto.
Qed.

Lemma before_irreflexive (I : domain) : cube I -> forall x y : I, before x y -> x <> y.
Proof.
  intros [|d] x y; simpl.
  - intros H. lra.
  - intros (j & _ & H) ->. lra.
Qed.

(** The only extrema are the first ones. *)
Theorem unique_is_first (I : domain) (f : I -> R) a b m M : cube I -> unique I f a b m M -> first I f a b m M.
Proof.
  intros HI [H U]. split; [exact H|]. intros x Hx. destruct (U x Hx) as [U1 U2].
  split; intros L; apply before_irreflexive in L; auto.
Qed.

(** ** Mixtures *)

Definition mixture {I : domain} (s : R) (f h : I -> R) : I -> R := fun x => (1 - s) * f x + s * h x.

Lemma mixture_information {I : domain} (Phi : convention I) s f h a b m M :
  selects Phi -> inherits Phi -> any_selection I f a b m M -> Phi h a b m M -> 0 < s <= 1 ->
  Phi (mixture s f h) a b m M.
Proof.
  intros Hsel Hin Hf Hh Hs. pose proof (Hsel h a b m M Hh) as (Ha & Hb & A & B & Rh).
  destruct Hf as (_ & _ & A' & B' & Rf). apply (Hin h); [exact Hh | | |].
  - refine (conj Ha (conj Hb (conj _ (conj _ _)))); unfold mixture.
    + rewrite A, A'. ring.
    + rewrite B, B'. ring.
    + intros x Hx. specialize (Rh x Hx). specialize (Rf x Hx). split; nra.
  - intros x Hx E. specialize (Rh x Hx). specialize (Rf x Hx). unfold mixture in E. nra.
  - intros x Hx E. specialize (Rh x Hx). specialize (Rf x Hx). unfold mixture in E. nra.
Qed.

Definition closed_under_mixtures {I : domain} (G : function_class I) : Prop :=
  forall f h s, G f -> G h -> 0 <= s <= 1 -> G (mixture s f h).

Lemma all_closed I : closed_under_mixtures (all_functions I).
Proof. intros f h s Hf Hh Hs x Hx. specialize (Hf x Hx). specialize (Hh x Hx). unfold mixture. split; nra. Qed.

Lemma neural_network_closed I : closed_under_mixtures (neural_network I).
Proof.
  intros f h s [Rf Nf] [Rh Nh] Hs. split; [exact (all_closed I f h s Rf Rh Hs)|].
  exact (networks_combine I (1 - s) s f h Nf Nh).
Qed.

Lemma erm_closed I : closed_under_mixtures (erm I).
Proof.
  intros f h s Hf Hh Hs. apply erm_iff_neural_network. apply erm_iff_neural_network in Hf, Hh.
  apply neural_network_closed; assumption.
Qed.

Lemma piecewise_affine_closed I : cube I -> closed_under_mixtures (piecewise_affine I).
Proof.
  intros HI f h s [Rf [Cf [p Pf]]] [Rh [Ch [q Qh]]] Hs. split; [exact (all_closed I f h s Rf Rh Hs)|]. split.
  - exact (continuous_combine I (1 - s) s f h HI Cf Ch).
  - eexists. exact (selection_combine I (1 - s) s f h p q Pf Qh).
Qed.

Lemma convex_closed I : closed_under_mixtures (convex I).
Proof.
  intros f h s [Rf Cf] [Rh Ch] Hs. split; [exact (all_closed I f h s Rf Rh Hs)|].
  intros x y w Hx Hy Hw. specialize (Cf x y w Hx Hy Hw). specialize (Ch x y w Hx Hy Hw). unfold mixture.
  pose proof (Rmult_le_compat_l (1 - s) _ _ ltac:(lra) Cf). pose proof (Rmult_le_compat_l s _ _ ltac:(lra) Ch). lra.
Qed.

Lemma non_decreasing_closed I f h s : non_decreasing I f -> non_decreasing I h -> 0 <= s <= 1 ->
  non_decreasing I (mixture s f h).
Proof.
  intros Nf Nh Hs x y Hx Hy Hxy. specialize (Nf x y Hx Hy Hxy). specialize (Nh x y Hx Hy Hxy). unfold mixture. nra.
Qed.

Lemma non_increasing_closed I f h s : non_increasing I f -> non_increasing I h -> 0 <= s <= 1 ->
  non_increasing I (mixture s f h).
Proof.
  intros Nf Nh Hs x y Hx Hy Hxy. specialize (Nf x y Hx Hy Hxy). specialize (Nh x y Hx Hy Hxy). unfold mixture. nra.
Qed.

(** ** The radius and the side question *)

(** f can be mixed with two functions of the information of f that are almost f_max - f_min apart. *)
Definition wide {I : domain} (G : function_class I) : Prop :=
  forall f a b m M, fiber (any_selection I) G a b m M f -> m < M -> forall e, e < M - m ->
  exists f1 f2 x, any_selection I f1 a b m M /\ any_selection I f2 a b m M /\ inside x /\ e < f2 x - f1 x
  /\ forall s, 0 <= s <= 1 -> G (mixture s f1 f) /\ G (mixture s f2 f).

Section Wide.
Context {I : domain} (Phi : convention I) (Hsel : selects Phi) (Hin : inherits Phi).
Context (G : function_class I) (Hwide : wide G).

Theorem wide_worst_case : worst_case_at_least Phi G half_spread.
Proof.
  intros D f a b m M [Gf Hf] e He. unfold half_spread in He. pose proof (Hsel f a b m M Hf) as Af.
  assert (Range := Af). destruct Range as (Ha & _ & _ & _ & R).
  destruct (Rlt_le_dec e 0) as [Neg|Pos].
  { exists f, a. split; [split; assumption|]. split; [exact Ha|]. pose proof (Rabs_pos (f a - D a b m M a)). lra. }
  destruct (Hwide f a b m M (conj Gf Af) ltac:(lra) (e + (M - m) / 2)) as (f1 & f2 & x & A1 & A2 & Hx & Hfar & Hmix);
    [lra|].
  assert (Hs : exists s, 0 < s <= 1 /\ 2 * e < (1 - s) * (e + (M - m) / 2)).
  { exists (((M - m) / 2 - e) / (2 * (M - m))).
    assert (E : ((M - m) / 2 - e) / (2 * (M - m)) * (M - m) = ((M - m) / 2 - e) / 2) by (field; lra).
    set (s := ((M - m) / 2 - e) / (2 * (M - m))) in *. clearbody s. repeat split; nra. }
  destruct Hs as (s & Hs & Hfar'). destruct (Hmix s ltac:(lra)) as [G1 G2].
  assert (Hpair : 2 * e < Rabs (mixture s f2 f x - mixture s f1 f x)).
  { replace (mixture s f2 f x - mixture s f1 f x) with ((1 - s) * (f2 x - f1 x)) by (unfold mixture; ring).
    apply Rlt_le_trans with (2 := Rle_abs _). nra. }
  destruct (farther_of_two _ _ (D a b m M x) e Hpair) as [L|L];
    [exists (mixture s f2 f), x | exists (mixture s f1 f), x];
    (split; [split; [assumption | apply mixture_information; assumption]|]; split; assumption).
Qed.

Theorem wide_radius : radius_is Phi G half_spread.
Proof.
  apply radius_is_optimal_error; [exact Hsel|].
  split; [exact (errs_at_most_half_spread Phi G Hsel) | exact wide_worst_case].
Qed.

Theorem wide_side : side_errs_at_least Phi G varies.
Proof.
  intros D f a b m M [Gf Hf]. pose proof (Hsel f a b m M Hf) as Af. unfold varies. destruct (Req_EM_T m M) as [E|N].
  { exists f. split; [split; assumption|]. destruct Af as (Ha & _).
    apply (error_at_least_trivial a); [exact Ha | lra]. }
  assert (Range := Af). destruct Range as (Ha & _ & _ & _ & R). assert (H : m < M) by (specialize (R a Ha); lra).
  destruct (Hwide f a b m M (conj Gf Af) H (3 / 4 * (M - m))) as (f1 & f2 & x & A1 & A2 & Hx & Hfar & Hmix); [lra|].
  destruct (Hmix (1 / 4) ltac:(lra)) as [G1 G2].
  apply (side_lemma Phi G a b m M (mixture (1 / 4) f2 f) (mixture (1 / 4) f1 f) _ x).
  - split; [exact G2 | apply mixture_information; auto; lra].
  - split; [exact G1 | apply mixture_information; auto; lra].
  - exact Hx.
  - destruct A1 as (_ & _ & _ & _ & R1), A2 as (_ & _ & _ & _ & R2).
    specialize (R x Hx). specialize (R1 x Hx). unfold mixture, middle. lra.
  - destruct A1 as (_ & _ & _ & _ & R1), A2 as (_ & _ & _ & _ & R2).
    specialize (R x Hx). specialize (R2 x Hx). unfold mixture, middle. lra.
Qed.

End Wide.

(** *** The classes are wide *)

Lemma ramps_wide (I : domain) (G : function_class I) : cube I -> (forall f, G f -> all_functions I f) ->
  contains_ramps I G -> closed_under_mixtures G -> wide G.
Proof.
  intros HI HG Hramps Hclosed f a b m M Hf H e He.
  destruct (fiber_contains_pair I HI G HG Hramps a b m M f Hf H) as (f1 & f2 & x & [G1 A1] & [G2 A2] & Hx & E1 & E2).
  exists f1, f2, x. refine (conj A1 (conj A2 (conj Hx (conj _ _)))); [lra|].
  intros s Hs. destruct Hf as [Gf _]. split; apply Hclosed; assumption.
Qed.

Lemma all_wide I : cube I -> wide (all_functions I).
Proof. intros HI. apply ramps_wide; auto using all_contains_ramps, all_closed. Qed.

Lemma neural_network_wide I : cube I -> wide (neural_network I).
Proof.
  intros HI. apply ramps_wide; auto using neural_network_contains_ramps, neural_network_closed.
  intros f [F _]. exact F.
Qed.

Lemma erm_wide I : cube I -> wide (erm I).
Proof.
  intros HI. apply ramps_wide; auto using erm_contains_ramps, erm_closed. intros f [[F _] _]. exact F.
Qed.

Lemma piecewise_affine_wide I : cube I -> wide (piecewise_affine I).
Proof.
  intros HI. apply ramps_wide; auto using piecewise_affine_contains_ramps, piecewise_affine_closed.
  intros f [F _]. exact F.
Qed.

(** Between two points that differ in a coordinate there is, for each target f_min and f_max, a ramp that has reached
    it at a given place. *)
Lemma ramp_through (I : domain) (pi : I -> R) (a b : I) m M t target : coordinate I pi -> inside a -> inside b ->
  0 <= m -> m <= M -> M <= 1 -> (pi a < t < pi b \/ pi b < t < pi a) -> (target = m \/ target = M) ->
  exists p q u v, p < q /\ 0 <= u <= 1 /\ 0 <= v <= 1 /\ any_selection I (lift pi (ramp p q u v)) a b m M
  /\ ramp p q u v t = target /\ (pi a < pi b -> u <= v) /\ (pi b < pi a -> v <= u).
Proof.
  intros Hpi Ha Hb Hm HmM HM Ht Htarget.
  pose proof (coordinate_inside I pi Hpi a Ha). pose proof (coordinate_inside I pi Hpi b Hb).
  destruct Ht as [Ht|Ht], Htarget as [-> | ->].
  - exists t, (pi b), m, M. repeat (apply conj; [lra|]). apply conj.
    + apply lift_any_selection; auto. apply ramp_up_information; simpl; lra.
    + repeat split; [apply ramp_left | |]; lra.
  - exists (pi a), t, m, M. repeat (apply conj; [lra|]). apply conj.
    + apply lift_any_selection; auto. apply ramp_up_information; simpl; lra.
    + repeat split; [apply ramp_right | |]; lra.
  - exists (pi b), t, M, m. repeat (apply conj; [lra|]). apply conj.
    + apply lift_any_selection; auto. apply ramp_down_information; simpl; lra.
    + repeat split; [apply ramp_right | |]; lra.
  - exists t, (pi a), M, m. repeat (apply conj; [lra|]). apply conj.
    + apply lift_any_selection; auto. apply ramp_down_information; simpl; lra.
    + repeat split; [apply ramp_left | |]; lra.
Qed.

Lemma range_of_fiber (I : domain) (G : function_class I) (Phi : convention I) a b m M f :
  (forall f, G f -> all_functions I f) -> selects Phi -> fiber Phi G a b m M f -> 0 <= m /\ m <= M /\ M <= 1.
Proof.
  intros HG Hsel [Gf Hf]. apply Hsel in Hf. destruct Hf as (Ha & Hb & Fa & Fb & R).
  pose proof (HG f Gf a Ha). pose proof (HG f Gf b Hb). specialize (R a Ha). lra.
Qed.

Lemma monotone_wide I : cube I -> wide (monotone I).
Proof.
  intros HI f a b m M Hf H e He.
  destruct (range_of_fiber I (monotone I) _ a b m M f ltac:(intros g [F _]; exact F) (any_selection_selects I) Hf)
    as (R1 & R2 & R3).
  destruct Hf as [[Gf [U|D]] (Ha & Hb & Fa & Fb & F)].
  - destruct (some_coordinate_rises I HI a b) as (pi & Hpi & L).
    { intros B. specialize (U b a Hb Ha B). lra. }
    pose proof (coordinate_inside I pi Hpi a Ha). pose proof (coordinate_inside I pi Hpi b Hb).
    destruct (coordinate_onto I pi Hpi ((pi a + pi b) / 2)) as (x & Hx & Ex); [lra|].
    destruct (ramp_through I pi a b m M (pi x) m) as (p & q & u & v & P & U1 & V1 & A & E & Up & _); auto; try lra.
    destruct (ramp_through I pi a b m M (pi x) M) as (p' & q' & u' & v' & P' & U1' & V1' & A' & E' & Up' & _); auto;
      try lra.
    exists (lift pi (ramp p q u v)), (lift pi (ramp p' q' u' v')), x.
    refine (conj A (conj A' (conj Hx (conj _ _)))); [unfold lift; lra|].
    assert (Mon : forall p q u v, p < q -> u <= v -> 0 <= u <= 1 -> 0 <= v <= 1 -> forall s, 0 <= s <= 1 ->
      monotone I (mixture s (lift pi (ramp p q u v)) f)).
    { clear - Gf U Hpi. intros p q u v P L Hu Hv s Hs. split.
      - apply all_closed; auto. apply lift_all; auto. apply ramp_all; auto.
      - left. apply non_decreasing_closed; auto. apply lift_non_decreasing; auto. apply ramp_non_decreasing; auto. }
    intros s Hs. split; apply Mon; auto.
  - destruct (some_coordinate_rises I HI b a) as (pi & Hpi & L).
    { intros B. specialize (D a b Ha Hb B). lra. }
    pose proof (coordinate_inside I pi Hpi a Ha). pose proof (coordinate_inside I pi Hpi b Hb).
    destruct (coordinate_onto I pi Hpi ((pi a + pi b) / 2)) as (x & Hx & Ex); [lra|].
    destruct (ramp_through I pi a b m M (pi x) m) as (p & q & u & v & P & U1 & V1 & A & E & _ & Dn); auto; try lra.
    destruct (ramp_through I pi a b m M (pi x) M) as (p' & q' & u' & v' & P' & U1' & V1' & A' & E' & _ & Dn'); auto;
      try lra.
    exists (lift pi (ramp p q u v)), (lift pi (ramp p' q' u' v')), x.
    refine (conj A (conj A' (conj Hx (conj _ _)))); [unfold lift; lra|].
    assert (Mon : forall p q u v, p < q -> v <= u -> 0 <= u <= 1 -> 0 <= v <= 1 -> forall s, 0 <= s <= 1 ->
      monotone I (mixture s (lift pi (ramp p q u v)) f)).
    { clear - Gf D Hpi. intros p q u v P L Hu Hv s Hs. split.
      - apply all_closed; auto. apply lift_all; auto. apply ramp_all; auto.
      - right. apply non_increasing_closed; auto. apply lift_non_increasing; auto. apply ramp_non_increasing; auto. }
    intros s Hs. split; apply Mon; auto.
Qed.

Lemma convex_wide I : cube I -> wide (convex I).
Proof.
  intros HI f a b m M Hf H e He.
  destruct (range_of_fiber I (convex I) _ a b m M f ltac:(intros g [F _]; exact F) (any_selection_selects I) Hf)
    as (R1 & R2 & R3).
  destruct (convex_maximum_at_an_end I HI f a b m M Hf H) as (pi & Hpi & He').
  destruct Hf as [Gf (Ha & Hb & Fa & Fb & F)]. pose proof (coordinate_inside I pi Hpi a Ha) as Pa.
  destruct He' as [[Eb La] | [Eb La]].
  - destruct (late_rise (pi a) m M (Rmax 0 e)) as (p & Hp & E); try lra.
    { unfold Rmax. destruct Rle_dec; lra. }
    destruct (coordinate_onto I pi Hpi p) as (x & Hx & Ex); [lra|].
    assert (Member : forall p, pi a <= p < 1 -> fiber (any_selection I) (convex I) a b m M (lift pi (ramp p 1 m M))).
    { intros p' Hp'. split; [apply lift_convex; [exact Hpi | apply ramp_up_convex; lra]|].
      apply lift_any_selection; auto. apply ramp_up_information; rewrite ?Eb; simpl; lra. }
    destruct (Member p ltac:(lra)) as [G1 A1], (Member (pi a) ltac:(lra)) as [G2 A2].
    exists (lift pi (ramp p 1 m M)), (lift pi (ramp (pi a) 1 m M)), x.
    refine (conj A1 (conj A2 (conj Hx (conj _ _)))).
    + unfold lift. rewrite Ex. pose proof (Rmax_r 0 e). pose proof (Rmax_l 0 e).
      rewrite (ramp_left p) in * by lra.
      pose proof (ramp_up_range (pi a) 1 m M ltac:(lra) p ltac:(lra)). rewrite Rabs_right in E by lra. lra.
    + intros s Hs. split; apply convex_closed; auto.
  - destruct (early_fall (pi a) m M (Rmax 0 e)) as (p & Hp & E); try lra.
    { unfold Rmax. destruct Rle_dec; lra. }
    destruct (coordinate_onto I pi Hpi p) as (x & Hx & Ex); [lra|].
    assert (Member : forall p, 0 < p <= pi a -> fiber (any_selection I) (convex I) a b m M (lift pi (ramp 0 p M m))).
    { intros p' Hp'. split; [apply lift_convex; [exact Hpi | apply ramp_down_convex; lra]|].
      apply lift_any_selection; auto. apply ramp_down_information; rewrite ?Eb; simpl; lra. }
    destruct (Member p ltac:(lra)) as [G1 A1], (Member (pi a) ltac:(lra)) as [G2 A2].
    exists (lift pi (ramp 0 p M m)), (lift pi (ramp 0 (pi a) M m)), x.
    refine (conj A1 (conj A2 (conj Hx (conj _ _)))).
    + unfold lift. rewrite Ex. pose proof (Rmax_r 0 e). pose proof (Rmax_l 0 e).
      rewrite (ramp_right 0 p) in * by lra.
      pose proof (ramp_down_range 0 (pi a) M m ltac:(lra) p ltac:(lra)). rewrite Rabs_right in E by lra. lra.
    + intros s Hs. split; apply convex_closed; auto.
Qed.

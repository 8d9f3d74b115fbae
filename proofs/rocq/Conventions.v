(** Theorems 4 to 8 where Φ names the first or the only extrema.

    The fiber shrinks, the radius does not: a member of the smaller fiber turns any member of the larger
    one, by a mixture, into a member of the smaller one. *)

From Coq Require Import Reals Lra Arith Classical.
From Coq Require Fin.
From FV Require Import Base Pairs Conditions Ties Lipschitz Theorem4 Theorem5 Affine Theorem6 Theorem7 Theorem8.
Local Open Scope R_scope.

(** ** From any selection to a convention *)

Section Transfer.
Context {I : domain} (Phi : convention I) (Hsel : selects Phi) (Hin : inherits Phi).
Context (G : function_class I) (Hclosed : closed_under_mixtures G).

Lemma fiber_any a b m M f : fiber Phi G a b m M f -> fiber (any_selection I) G a b m M f.
Proof. intros [Gf Hf]. exact (conj Gf (Hsel f a b m M Hf)). Qed.

Lemma always_transfers (P Q : condition I) : always (any_selection I) G P Q -> always Phi G P Q.
Proof. intros H f a b m M Hf. exact (H f a b m M (fiber_any a b m M f Hf)). Qed.

Lemma errs_at_most_when_transfers (P : condition I) c :
  errs_at_most_when (any_selection I) G P c -> errs_at_most_when Phi G P c.
Proof.
  intros (D & HD & H). exists D. split; [exact HD|]. intros f a b m M Hf.
  exact (H f a b m M (fiber_any a b m M f Hf)).
Qed.

Lemma side_errs_at_most_transfers c : side_errs_at_most (any_selection I) G c -> side_errs_at_most Phi G c.
Proof.
  intros (D & HD & H). exists D. split; [exact HD|]. intros f a b m M Hf.
  exact (H f a b m M (fiber_any a b m M f Hf)).
Qed.

Lemma mixture_in_fiber a b m M f h s :
  fiber (any_selection I) G a b m M f -> fiber Phi G a b m M h -> 0 < s <= 1 -> fiber Phi G a b m M (mixture s f h).
Proof.
  intros [Gf Hf] [Gh Hh] Hs. split; [apply Hclosed; auto; lra | apply mixture_information; auto].
Qed.

Theorem is_radius_transfers a b m M r h :
  fiber Phi G a b m M h -> is_radius (any_selection I) G a b m M r -> is_radius Phi G a b m M r.
Proof.
  intros Hh [Up Least]. split.
  - intros t (f1 & f2 & x & H1 & H2 & Hx & ->). apply Up. exists f1, f2, x. auto using fiber_any.
  - intros u Hu. apply Rnot_lt_le. intros Hlt.
    assert (Pos : 0 <= u).
    { assert (Ha := proj1 (Hsel _ _ _ _ _ (proj2 Hh))).
      apply Rle_trans with (Rabs (h a - h a)); [apply Rabs_pos|]. apply Hu. exists h, h, a. auto. }
    assert (Far : exists f1 f2 x, fiber (any_selection I) G a b m M f1 /\ fiber (any_selection I) G a b m M f2
      /\ inside x /\ (u + 2 * r) / 2 < Rabs (f1 x - f2 x)).
    { apply NNPP. intros No. assert (2 * r <= (u + 2 * r) / 2); [|lra]. apply Least.
      intros t (f1 & f2 & x & H1 & H2 & Hx & ->). apply Rnot_lt_le. intros L. apply No.
      exists f1, f2, x. auto. }
    destruct Far as (f1 & f2 & x & H1 & H2 & Hx & L). set (v := (u + 2 * r) / 2) in *.
    set (s := (v - u) / (2 * v)). assert (Hv : 0 < v /\ u < v) by (unfold v; lra).
    assert (Es : s * v = (v - u) / 2) by (unfold s; field; lra). clearbody v s.
    assert (Hs : 0 < s <= 1) by (split; nra).
    assert (E : Rabs (mixture s f1 h x - mixture s f2 h x) <= u).
    { apply Hu. exists (mixture s f1 h), (mixture s f2 h), x. auto using mixture_in_fiber. }
    replace (mixture s f1 h x - mixture s f2 h x) with ((1 - s) * (f1 x - f2 x)) in E by (unfold mixture; ring).
    rewrite Rabs_mult, (Rabs_right (1 - s)) in E by lra. nra.
Qed.

Theorem radius_is_transfers c : radius_is (any_selection I) G c -> radius_is Phi G c.
Proof. intros H f a b m M Hf. exact (is_radius_transfers a b m M _ f Hf (H f a b m M (fiber_any a b m M f Hf))). Qed.

(** The radius is the smallest worst-case error. *)
Theorem optimal_transfers c :
  radius_is (any_selection I) G c -> radius_is Phi G c /\ errs_at_most Phi G c /\ worst_case_at_least Phi G c.
Proof.
  intros H. apply radius_is_transfers in H. split; [exact H|].
  apply (radius_is_optimal_error Phi G Hsel). exact H.
Qed.

Lemma mixture_above t u v : t < u -> exists s, 0 < s <= 1 /\ t < (1 - s) * u + s * v.
Proof.
  intros H. destruct (Rlt_le_dec t v) as [V|V].
  - exists 1. lra.
  - set (s := (u - t) / (2 * (u - v))). assert (E : s * (u - v) = (u - t) / 2) by (unfold s; field; lra).
    exists s. clearbody s. split; [split; nra | nra].
Qed.

Lemma mixture_below t u v : u < t -> exists s, 0 < s <= 1 /\ (1 - s) * u + s * v < t.
Proof.
  intros H. destruct (mixture_above (- t) (- u) (- v)) as (s & Hs & E); [lra|]. exists s. split; [exact Hs | lra].
Qed.

(** Members strictly on the two sides of the middle are enough. *)
Lemma side_transfers a b m M f1 f2 h g x :
  fiber (any_selection I) G a b m M f1 -> fiber (any_selection I) G a b m M f2 -> fiber Phi G a b m M h ->
  inside x -> middle m M < f1 x -> f2 x < middle m M ->
  exists f', fiber Phi G a b m M f' /\ error_at_least (above (middle m M) f') (above (middle m M) g) 1.
Proof.
  intros H1 H2 Hh Hx L1 L2.
  destruct (mixture_above (middle m M) (f1 x) (h x) L1) as (s & Hs & E1).
  destruct (mixture_below (middle m M) (f2 x) (h x) L2) as (t & Ht & E2).
  apply (side_lemma Phi G a b m M (mixture s f1 h) (mixture t f2 h) g x); auto using mixture_in_fiber.
  unfold mixture. lra.
Qed.

End Transfer.

(** ** The classes are closed under mixtures *)

Lemma lipschitz_closed I L : closed_under_mixtures (lipschitz I L).
Proof.
  intros f h s [Rf Cf] [Rh Ch] Hs. split; [exact (all_closed I f h s Rf Rh Hs)|].
  intros x y t Hx Hy Ht. specialize (Cf x y t Hx Hy Ht). specialize (Ch x y t Hx Hy Ht). unfold mixture.
  replace (_ - _) with ((1 - s) * (f x - f y) + s * (h x - h y)) by ring.
  apply Rle_trans with (1 := Rabs_triang _ _). rewrite !Rabs_mult, (Rabs_right (1 - s)), (Rabs_right s) by lra. nra.
Qed.

Lemma affine_closed d : closed_under_mixtures (affine (hypercube d)).
Proof.
  intros f h s Hf Hh Hs. apply affine_iff in Hf, Hh. apply affine_iff.
  destruct Hf as (Rf & w & c & Ef), Hh as (Rh & w' & c' & Eh). split; [exact (all_closed _ f h s Rf Rh Hs)|].
  exists (fun j => (1 - s) * w j + s * w' j), ((1 - s) * c + s * c'). intros x Hx. unfold mixture.
  rewrite (Ef x Hx), (Eh x Hx).
  rewrite (sum_ext (fun j => ((1 - s) * w j + s * w' j) * x j)
    (fun j => (1 - s) * (w j * x j) + s * (w' j * x j))) by (intros; ring).
  rewrite sum_plus, !sum_scale. ring.
Qed.

(** ** Theorem 4 *)

Section Theorem4.
Context (Phi : convention interval) (Hsel : selects Phi) (Hin : inherits Phi) (L : R) (HL : 0 < L).

Theorem theorem_4_radius_under : radius_is Phi (lip L) (bound_sharp L) /\ radius_is Phi (lip L) (radius L).
Proof.
  split; apply radius_is_transfers; auto using lipschitz_closed; apply (theorem_4_sharp L HL).
Qed.

Theorem theorem_4_remark_zero_under : always Phi (lip L) (second_condition L)
  (fun a b m M => second_bound_printed L a b m M = 0 <-> Rabs (b - a) = 1 /\ M - m > L / 2).
Proof. apply always_transfers; [exact Hsel | exact (theorem_4_remark_zero L HL)]. Qed.

Theorem theorem_4_remark_zero_sharp_under : always Phi (lip L) any_phi
  (fun a b m M => is_radius Phi (lip L) a b m M 0 <-> m = M \/ Rabs (b - a) = 1 /\ M - m = L).
Proof.
  intros f a b m M Hf _. pose proof (fiber_any Phi Hsel (lip L) a b m M f Hf) as Af.
  rewrite <- (theorem_4_remark_zero_sharp L HL f a b m M Af Logic.I). split.
  - intros Z. destruct (radius_exists _ (lip L) (any_selection_selects interval) a b m M f Af) as (r & Hr).
    rewrite (is_radius_unique Phi (lip L) a b m M 0 r Z); [exact Hr|].
    apply (is_radius_transfers Phi Hsel Hin (lip L) (lipschitz_closed interval L) a b m M r f Hf Hr).
  - exact (is_radius_transfers Phi Hsel Hin (lip L) (lipschitz_closed interval L) a b m M 0 f Hf).
Qed.

Theorem theorem_4_remark_steepest_under : always Phi (lip L) (fun _ _ m M => M - m = L)
  (fun a b m M => Rabs (b - a) = 1 /\ is_radius Phi (lip L) a b m M 0).
Proof.
  intros f a b m M Hf S. pose proof (fiber_any Phi Hsel (lip L) a b m M f Hf) as Af.
  destruct (theorem_4_remark_steepest L HL f a b m M Af S) as [E Z]. split; [exact E|].
  exact (is_radius_transfers Phi Hsel Hin (lip L) (lipschitz_closed interval L) a b m M 0 f Hf Z).
Qed.

End Theorem4.

Theorem theorem_4_remark_spread_under :
  forall I, cube I -> forall Phi : convention I, selects Phi -> forall L, 0 < L ->
  always Phi (lipschitz I L) any_phi (fun a b m M => forall t, within t a b -> M - m <= L * t).
Proof.
  intros I HI Phi S L HL. apply always_transfers; [exact S | exact (theorem_4_remark_spread I HI L HL)].
Qed.

Theorem theorem_4_remark_tight_under :
  forall I, cube I -> forall Phi : convention I, selects Phi -> forall L, 0 < L ->
  errs_at_most_when Phi (lipschitz I L) (gentle L) half_spread.
Proof.
  intros I HI Phi S L HL. apply errs_at_most_when_transfers; [exact S | exact (theorem_4_remark_tight I HI L HL)].
Qed.

(** ** Theorem 5 *)

Theorem theorem_5_under :
  forall I, cube I -> forall Phi : convention I, selects Phi -> inherits Phi -> forall L, 0 < L ->
  side_errs_at_least_when Phi (lipschitz I L) (gentle L) varies.
Proof.
  intros I HI Phi Hsel Hin L HL D f a b m M Hf H.
  destruct (norm_or_empty I HI) as [(d & N) | E]; [|destruct Hf as [Hf _]; destruct (E L f HL Hf)].
  pose proof (fiber_any Phi Hsel _ a b m M f Hf) as Af. assert (F := fiber_feasible d N L HL a b m M f Af).
  apply (proj1 (gentle_iff d L a b m M N HL)) in H. unfold varies. destruct (Req_EM_T m M) as [|V].
  - exists f. split; [exact Hf|]. apply error_at_least_trivial with a; [apply F | lra].
  - destruct (envelopes_halfway d N L a b m M F H) as [U W]. assert (F' := F). destruct F' as (Ha & Hb & Hm & _).
    apply (side_transfers Phi Hsel Hin _ (lipschitz_closed I L) a b m M (upper d L a b m M) (lower d L a b m M) f _
      (mix (1 / 2) a b)); auto.
    + exact (upper_in_fiber d N L HL a b m M F).
    + exact (lower_in_fiber d N L HL a b m M F).
    + exact (middle_inside d N a b Ha Hb).
    + rewrite U. unfold middle. lra.
    + rewrite W. unfold middle. lra.
Qed.

(** A member that is no higher at x than the lower envelope, or than the middle. *)
Lemma low_member Phi L a b m M h : selects Phi -> inherits Phi -> 0 < L -> m < M -> fiber Phi (lip L) a b m M h ->
  fiber Phi (lip L) a b m M (fun y => Rmax (M - L * Rabs (y - b)) (Rmin (h y) (middle m M))).
Proof.
  intros Hsel Hin HL V Hh. pose proof (fiber_any Phi Hsel _ a b m M h Hh) as Ah.
  destruct (fiber_facts L a b m M h HL Ah) as (Ha & Hb & Hm & HM & E).
  destruct Hh as [Gh Ph], Ah as [_ (_ & _ & ha & hb & Range)]. apply (lip_iff L h HL) in Gh. destruct Gh as [_ Sh].
  assert (Cone : forall y, 0 <= L * Rabs (y - b)) by (intros y; pose proof (Rabs_pos (y - b)); nra).
  assert (R : forall y, 0 <= y <= 1 -> m <= Rmax (M - L * Rabs (y - b)) (Rmin (h y) (middle m M)) <= M).
  { intros y Hy. specialize (Cone y). specialize (Range y Hy). unfold middle. set (t := L * Rabs (y - b)) in *.
    clearbody t. clear - Cone Range V. by_cases. }
  split; [apply (lip_iff L _ HL); split|].
  - intros y Hy. specialize (R y Hy). lra.
  - intros x y Hx Hy. specialize (Sh x y Hx Hy).
    assert (T : Rabs (L * Rabs (x - b) - L * Rabs (y - b)) <= L * Rabs (x - y)).
    { rewrite <- Rmult_minus_distr_l, Rabs_mult, (Rabs_right L) by lra. apply Rmult_le_compat_l; [lra|].
      apply Rle_trans with (1 := Rabs_triang_inv2 _ _). right. f_equal. ring. }
    set (t := L * Rabs (x - b)) in *. set (u := L * Rabs (y - b)) in *. set (w := L * Rabs (x - y)) in *.
    clearbody t u w. clear - Sh T. by_cases.
  - apply (Hin h); [exact Ph | | |].
    + split; [exact Ha|]. split; [exact Hb|]. split; [|split; [|exact R]].
      * rewrite ha. set (t := L * Rabs (a - b)) in *. clearbody t. clear - E V. unfold middle. by_cases.
      * rewrite hb. replace (b - b) with 0 by ring. rewrite Rabs_R0. unfold middle. clear - V. by_cases.
    + intros y Hy Q. specialize (Range y Hy). apply Rle_antisym; [|lra].
      pose proof (Rmax_r (M - L * Rabs (y - b)) (Rmin (h y) (middle m M))) as B. rewrite Q in B.
      revert B. unfold middle. clear - V. by_cases.
    + intros y Hy Q. assert (Z : L * Rabs (y - b) <= 0).
      { revert Q. unfold middle. set (t := L * Rabs (y - b)). clearbody t. clear - V. by_cases. }
      assert (Rabs (y - b) = 0) by (pose proof (Rabs_pos (y - b)); nra).
      destruct (Req_dec (y - b) 0) as [W|W]; [|apply Rabs_no_R0 in W; lra]. replace y with b by lra. exact hb.
Qed.

Theorem theorem_5_sharp_under :
  forall Phi, selects Phi -> inherits Phi -> forall L, 0 < L -> side_best_possible Phi (lip L) (side_bound L).
Proof.
  intros Phi Hsel Hin L HL.
  split; [|apply side_errs_at_most_transfers; [exact Hsel | exact (theorem_5_sharp_upper L HL)]].
  intros D f a b m M Hf. pose proof (fiber_any Phi Hsel _ a b m M f Hf) as Af.
  destruct (fiber_facts L a b m M f HL Af) as (Ha & Hb & Hm & HM & E).
  unfold side_bound. destruct (hidden_dec L a b m M) as [H|_].
  - assert (V := proj1 H). apply hidden_iff_side_hidden in H; auto.
    destruct (hidden_point L a b m M HL Ha Hb H) as (x & Hx & P & Q).
    assert (F : lipschitz_feasible a b m M L) by (right; tauto).
    destruct (proj2 (lipschitz_fiber L HL a b m M Ha Hb Hm HM) F) as (U & _).
    assert (UL : middle m M < lipschitz_upper a b m M L x)
      by (unfold lipschitz_upper, middle; apply Rmin_glb_lt; lra).
    destruct (mixture_above (middle m M) _ (f x) UL) as (s & Hs & L1).
    apply (side_lemma Phi (lip L) a b m M _ _ _ x _
      (mixture_in_fiber Phi Hsel Hin (lip L) (lipschitz_closed interval L) a b m M _ f s U Hf Hs)
      (low_member Phi L a b m M f Hsel Hin HL V Hf) Hx L1).
    apply Rmax_lub; [unfold middle; lra | apply Rmin_r].
  - exists f. split; [exact Hf|]. apply error_at_least_trivial with a; [exact Ha | lra].
Qed.

(** ** Theorems 6 and 7 *)

Section Affine.
Context {d : nat} (Phi : convention (hypercube d)) (Hsel : selects Phi) (Hin : inherits Phi).
Notation G := (affine (hypercube d)).

Theorem affine_radius_under : radius_is Phi G affine_bound.
Proof. apply radius_is_transfers; auto using affine_closed. exact (affine_radius_is d). Qed.

Theorem affine_side_under : side_best_possible Phi G affine_side_bound.
Proof.
  split; [|apply side_errs_at_most_transfers; [exact Hsel | exact (affine_side_errs_at_most d)]].
  intros D f a b m M Hf. pose proof (fiber_any Phi Hsel _ a b m M f Hf) as Af.
  destruct (fiber_domain a b m M f Af) as (Ha & Hb & Hm & HM).
  assert (Trivial : exists f', fiber Phi G a b m M f'
    /\ error_at_least (above (middle m M) f') (above (middle m M) (D a b m M)) 0).
  { exists f. split; [exact Hf|]. apply error_at_least_trivial with a; [exact Ha | lra]. }
  unfold affine_side_bound. destruct (Rle_dec 2 (free_count a b)) as [H|_]; [|exact Trivial].
  destruct (Rlt_dec m M) as [V|_]; [|exact Trivial].
  apply two_free_iff in H. destruct H as (i & k & N & Fi & Fk).
  destruct (two_free_apart a b m M i k Ha Hb N Fi Fk) as (Hx & Ei & Ek).
  apply (side_transfers Phi Hsel Hin G (affine_closed d) a b m M (along a m M i) (along a m M k) f _
    (move a i (b i))); auto.
  - exact (along_in_fiber a b m M i Ha Hb Hm HM Fi).
  - exact (along_in_fiber a b m M k Ha Hb Hm HM Fk).
  - rewrite Ei. unfold middle. lra.
  - rewrite Ek. unfold middle. lra.
Qed.

End Affine.

Theorem theorem_6_radius_under : forall Phi, selects Phi -> inherits Phi -> radius_is Phi aff2 bound_repaired.
Proof.
  intros Phi Hsel Hin f a b m M Hf. rewrite bound_repaired_is. exact (affine_radius_under Phi Hsel Hin f a b m M Hf).
Qed.

Theorem theorem_6_every_dimension_under :
  forall d (Phi : convention (hypercube d)), selects Phi -> inherits Phi ->
    radius_is Phi (affine (hypercube d)) affine_bound.
Proof. intros d Phi Hsel Hin. exact (affine_radius_under Phi Hsel Hin). Qed.

Theorem theorem_7_under : forall Phi, selects Phi -> inherits Phi -> side_best_possible Phi aff2 side_bound_repaired.
Proof.
  intros Phi Hsel Hin.
  apply (side_best_possible_ext _ _ affine_side_bound); [|exact (affine_side_under Phi Hsel Hin)].
  intros f a b m M Hf. destruct (fiber_domain a b m M f (fiber_any Phi Hsel _ a b m M f Hf)) as (_ & _ & Hm & _).
  symmetry. apply side_bound_repaired_is, Hm.
Qed.

(** The first extrema of an affine function are corners: where the slope is 0 they are at 0. *)
Theorem first_corners :
  forall d, always (first (hypercube d)) (affine (hypercube d)) any_phi
    (fun a b _ _ => forall j, free a b j \/ a j = 0 /\ b j = 0).
Proof.
  intros d f a b m M [Hf [(Ha & Hb & fa & fb & H) First]] _ j.
  apply affine_iff in Hf. destruct Hf as (_ & w & c & E). rewrite E in fa, fb by assumption.
  assert (S : w j <> 0 -> free a b j).
  { intros W. apply (slope_free a b w c j Ha Hb); [|exact W]. intros x Hx. specialize (H x Hx).
    rewrite E in H by exact Hx.
    lra. }
  destruct (Req_dec (w j) 0) as [W|W]; [right | left; exact (S W)].
  assert (Before : forall x : hypercube d, inside x -> x j <> 0 -> before (move x j 0 : hypercube d) x).
  { intros x Hx N. exists j. split; [|rewrite move_here; specialize (Hx j); lra].
    intros i Hi. apply move_there. intros ->. exact (Nat.lt_irrefl _ Hi). }
  split; apply NNPP; intros N.
  - destruct (First (move a j 0) (move_inside a j 0 Ha ltac:(lra))) as [F _]. specialize (F (Before a Ha N)).
    rewrite E, sum_weighted_move in F by (apply move_inside; [exact Ha | lra]). rewrite W in F. lra.
  - destruct (First (move b j 0) (move_inside b j 0 Hb ltac:(lra))) as [_ F]. specialize (F (Before b Hb N)).
    rewrite E, sum_weighted_move in F by (apply move_inside; [exact Hb | lra]). rewrite W in F. lra.
Qed.

(** So under these conventions the sentence of the proof holds as printed. *)
Theorem theorem_6_proof_corners_first : always (first square) aff2 any_phi (fun a b _ _ => corner a /\ corner b).
Proof.
  intros f a b m M Hf _. pose proof (first_corners 2 f a b m M Hf Logic.I) as C.
  destruct (fiber_domain a b m M f (fiber_any _ (first_selects square) _ a b m M f Hf)) as (Ha & Hb & _).
  split; intros j; destruct (C j) as [F|[A B]]; auto; apply free_ends in F; tauto.
Qed.

(** On the first extrema the printed bound of Theorem 7 is the repaired one, or less. *)
Lemma first_side_bounds f (a b : square) m M :
  fiber (first square) aff2 a b m M f -> side_bound_printed a b m M <= side_bound_repaired a b m M.
Proof.
  intros Hf. pose proof (first_corners 2 f a b m M Hf Logic.I) as C. pose proof (C one) as C1.
  pose proof (C two) as C2.
  pose proof (fiber_any _ (first_selects square) _ a b m M f Hf) as Af.
  destruct (fiber_domain a b m M f Af) as (Ha & Hb & Hm & _).
  assert (V : ~ m < M -> a one = a two).
  { intros V. assert (Em : m = M) by lra. destruct Hf as [_ [(_ & _ & _ & _ & B) First]]. subst M.
    assert (Zero : forall j, a j = 0).
    { intros j. apply NNPP. intros N. destruct (First (move a j 0) (move_inside a j 0 Ha ltac:(lra))) as [F _].
      specialize (B (move a j 0) (move_inside a j 0 Ha ltac:(lra))).
      assert (m < f (move a j 0)); [|lra]. apply F. exists j.
      split; [|rewrite move_here; specialize (Ha j); lra].
      intros i Hi. apply move_there. intros ->. exact (Nat.lt_irrefl _ Hi). }
    rewrite !Zero. reflexivity. }
  unfold side_bound_printed, side_bound_repaired, theorem_7_bound_printed, theorem_7_bound_repaired.
  destruct (Rlt_dec m M) as [L|L].
  - assert (X : free a b one /\ free a b two \/ a one = a two \/ b one = b two).
    { destruct C1 as [F1|[A1 B1]], C2 as [F2|[A2 B2]]; [tauto | | | right; left; lra].
      - apply free_ends in F1; auto. lra.
      - apply free_ends in F2; auto. lra. }
    unfold free in X. destruct X as [[X1 X2]|[X|X]]; [rewrite X1, X2 | rewrite X | rewrite X];
      repeat destruct Rle_dec; lra.
  - rewrite (V L). repeat destruct Rle_dec; lra.
Qed.

Lemma unique_fiber_first I (G : function_class I) a b m M f :
  cube I -> fiber (unique I) G a b m M f -> fiber (first I) G a b m M f.
Proof. intros HI [Gf Hf]. exact (conj Gf (unique_is_first I f a b m M HI Hf)). Qed.

Lemma theorem_7_printed_if Phi : selects Phi -> inherits Phi ->
  (forall a b m M f, fiber Phi aff2 a b m M f -> fiber (first square) aff2 a b m M f) ->
  side_errs_at_least Phi aff2 side_bound_printed.
Proof.
  intros Hsel Hin Hfirst D f a b m M Hf.
  destruct (proj1 (theorem_7_under Phi Hsel Hin) D f a b m M Hf) as (f' & Hf' & E).
  exists f'. split; [exact Hf'|]. intros e He. apply E. apply Rlt_le_trans with (1 := He).
  apply (first_side_bounds f), Hfirst, Hf.
Qed.

(** As printed, Theorem 7 holds for the first and for the only extrema. *)
Theorem theorem_7_first : side_errs_at_least (first square) aff2 side_bound_printed.
Proof. apply theorem_7_printed_if; auto using first_selects, first_inherits. Qed.

Theorem theorem_7_unique : side_errs_at_least (unique square) aff2 side_bound_printed.
Proof.
  apply theorem_7_printed_if; auto using unique_selects, unique_inherits.
  intros a b m M f. apply unique_fiber_first. exact (cube_hypercube 2).
Qed.

(** So does Remark 3 on affine functions. *)
Theorem remark_3_affine_first :
  always (first square) aff2 any_phi (fun a b m M => forall j, a j <> b j -> affine_feasible (a j) (b j) m M).
Proof.
  intros f a b m M Hf _ j N. pose proof (fiber_any _ (first_selects square) _ a b m M f Hf) as Af.
  destruct (fiber_domain a b m M f Af) as (_ & _ & Hm & _).
  destruct (first_corners 2 f a b m M Hf Logic.I j) as [F|[A B]]; [|rewrite A, B in N; tauto].
  destruct (Req_dec m M) as [E|V]; [left | right]; (split; [lra | auto]).
Qed.

Theorem remark_3_affine_unique :
  always (unique square) aff2 any_phi (fun a b m M => forall j, a j <> b j -> affine_feasible (a j) (b j) m M).
Proof.
  intros f a b m M Hf. apply (remark_3_affine_first f a b m M).
  exact (unique_fiber_first square aff2 a b m M f (cube_hypercube 2) Hf).
Qed.

Theorem remark_3_affine_repaired_under :
  forall d (Phi : convention (hypercube d)), selects Phi -> always Phi (affine (hypercube d)) (fun _ _ m M => m < M)
    (fun a b m M => exists j, affine_feasible (a j) (b j) m M).
Proof. intros d Phi S. apply always_transfers; [exact S | exact (remark_3_affine_repaired d)]. Qed.

Theorem remark_3_lipschitz_repaired_under :
  forall d (Phi : convention (hypercube d)), selects Phi -> forall L, 0 < L ->
  always Phi (lipschitz (hypercube d) L) (fun _ _ m M => m < M)
    (fun a b m M => exists j, lipschitz_feasible (a j) (b j) m M L).
Proof. intros d Phi S L HL. apply always_transfers; [exact S | exact (remark_3_lipschitz_repaired d L HL)]. Qed.

(** ** The sentences of the proof of Theorem 6 *)

Theorem theorem_6_proof_cases_under :
  forall Phi, selects Phi -> always Phi aff2 (fun a b _ _ => corner a /\ corner b)
    (fun a b m M => listed a b m M \/ left_over a b m M).
Proof. intros Phi S. apply always_transfers; [exact S | exact theorem_6_proof_cases]. Qed.

Theorem theorem_6_proof_origin_recovered_under :
  forall Phi, selects Phi -> recovered_when Phi aff2 origin_and_side.
Proof. intros Phi S. apply errs_at_most_when_transfers; [exact S | exact theorem_6_proof_origin_recovered_repaired].
Qed.

Theorem theorem_6_proof_equal_extrema_under :
  forall d (Phi : convention (hypercube d)), selects Phi -> inherits Phi ->
  always Phi (affine (hypercube d)) (fun a b _ _ => forall j, a j = b j)
    (fun a b m M => m = M /\ is_radius Phi (affine (hypercube d)) a b m M 0).
Proof.
  intros d Phi S Hin f a b m M Hf E.
  destruct (theorem_6_proof_equal_extrema d f a b m M (fiber_any Phi S _ a b m M f Hf) E) as [Em R].
  split; [exact Em|]. exact (is_radius_transfers Phi S Hin _ (affine_closed d) a b m M 0 f Hf R).
Qed.

(** With both coordinates free, Δ shared equally among them has no other extrema. *)
Lemma equal_shares_unique (a b : square) : inside a -> inside b -> free a b one -> free a b two ->
  fiber (unique square) aff2 a b 0 1 (shared a 0 (fun _ => 1 / 2)).
Proof.
  intros Ha Hb F1 F2.
  destruct (shares_fiber a b 0 1 (fun _ => 1 / 2) (shared a 0 (fun _ => 1 / 2))) as [G A]; auto; try lra.
  { split; [intros; lra | split; [|simpl; lra]]. intros j _. pattern j. apply every_coordinate; assumption. }
  split; [exact G|]. split; [exact A|]. intros x Hx.
  assert (E : shared a 0 (fun _ => 1 / 2) x = (Rabs (x one - a one) + Rabs (x two - a two)) / 2).
  { unfold shared. simpl. fold one two. lra. }
  assert (K : forall j, free a b j ->
    (Rabs (x j - a j) <= 0 -> x j = a j) /\ (1 <= Rabs (x j - a j) -> x j = b j) /\ 0 <= Rabs (x j - a j) <= 1).
  { intros j F. pose proof (Hx j). apply free_ends in F; auto. destruct F as [[-> ->]|[-> ->]];
      [rewrite Rabs_right by lra | rewrite Rabs_left1 by lra]; lra. }
  destruct (K one F1) as (P1 & Q1 & R1), (K two F2) as (P2 & Q2 & R2). rewrite E.
  split; intros N; apply Rnot_le_lt; intros B.
  - apply N, FunctionalExtensionality.functional_extensionality. apply every_coordinate; [apply P1 | apply P2]; lra.
  - apply N, FunctionalExtensionality.functional_extensionality. apply every_coordinate; [apply Q1 | apply Q2]; lra.
Qed.

(** A positive radius: no decoder recovers all members. *)
Lemma radius_not_recovered {I : domain} Phi (G : function_class I) (P : condition I) a b m M r :
  is_radius Phi G a b m M r -> 0 < r -> P a b m M -> ~ recovered_when Phi G P.
Proof.
  intros Hr Hpos HP (D & _ & H).
  destruct (no_decoder_beats_the_radius Phi G a b m M r (D a b m M) 0 Hr Hpos) as (f & x & Hf & Hx & L).
  specialize (H f a b m M Hf HP x Hx). cbv beta in H. lra.
Qed.

Lemma opposite_not_recovered_under Phi (P : condition square) (a b : square) : selects Phi -> inherits Phi ->
  (forall f m M, fiber (unique square) aff2 a b m M f -> fiber Phi aff2 a b m M f) ->
  inside a -> inside b -> free a b one -> free a b two -> P a b 0 1 -> ~ recovered_when Phi aff2 P.
Proof.
  intros S Hin HU Ha Hb F1 F2 HP. pose proof (HU _ _ _ (equal_shares_unique a b Ha Hb F1 F2)) as Hf.
  apply (radius_not_recovered Phi aff2 P a b 0 1 ((1 - 0) / 2)); [|lra | exact HP].
  apply (is_radius_transfers Phi S Hin aff2 (affine_closed 2) a b 0 1 _ _ Hf).
  apply (affine_radius_two a b 0 1 _ (fiber_any Phi S _ a b 0 1 _ Hf)). apply two_free_square. auto.
Qed.

Definition origin_recovered_printed (Phi : convention square) : Prop :=
  recovered_when Phi aff2 (fun a _ _ _ => at_point a 0 0).
Definition maximum_at_origin_recovered_printed (Phi : convention square) : Prop :=
  recovered_when Phi aff2 (fun _ b _ _ => at_point b 0 0).

Theorem theorem_6_proof_origin_recovered_refuted_first : ~ origin_recovered_printed (first square).
Proof.
  apply (opposite_not_recovered_under _ _ (pt 0 0) (pt 1 1));
    auto using first_selects, first_inherits, cube_hypercube,
    unique_fiber_first; try (apply pt_inside; lra); unfold free, at_point; simpl; by_cases.
Qed.

Theorem theorem_6_proof_origin_recovered_refuted_unique : ~ origin_recovered_printed (unique square).
Proof.
  apply (opposite_not_recovered_under _ _ (pt 0 0) (pt 1 1)); auto using unique_selects, unique_inherits;
    try (apply pt_inside; lra); unfold free, at_point; simpl; by_cases.
Qed.

Theorem theorem_6_proof_maximum_at_origin_recovered_refuted_first :
  ~ maximum_at_origin_recovered_printed (first square).
Proof.
  apply (opposite_not_recovered_under _ _ (pt 1 1) (pt 0 0));
    auto using first_selects, first_inherits, cube_hypercube,
    unique_fiber_first; try (apply pt_inside; lra); unfold free, at_point; simpl; by_cases.
Qed.

Theorem theorem_6_proof_maximum_at_origin_recovered_refuted_unique :
  ~ maximum_at_origin_recovered_printed (unique square).
Proof.
  apply (opposite_not_recovered_under _ _ (pt 1 1) (pt 0 0)); auto using unique_selects, unique_inherits;
    try (apply pt_inside; lra); unfold free, at_point; simpl; by_cases.
Qed.

Definition only_constraint_printed (Phi : convention square) : Prop :=
  forall m M c, 0 <= m <= M -> M <= 1 -> all_functions square (f_c m M c) -> Phi (f_c m M c) (pt 0 1) (pt 1 0) m M.

Lemma only_constraint_refuted Phi : selects Phi -> ~ only_constraint_printed Phi.
Proof.
  intros S H. apply theorem_6_proof_only_constraint_refuted. intros m M c Hm HM A.
  exact (S _ _ _ _ _ (H m M c Hm HM A)).
Qed.

Theorem theorem_6_proof_only_constraint_refuted_first : ~ only_constraint_printed (first square).
Proof. exact (only_constraint_refuted _ (first_selects square)). Qed.

Theorem theorem_6_proof_only_constraint_refuted_unique : ~ only_constraint_printed (unique square).
Proof. exact (only_constraint_refuted _ (unique_selects square)). Qed.

(** ** Refutations on Lipschitz functions that do not hang on ties *)

(** The line between two end points has no other extrema. *)
Lemma rising_line L M : 0 < M <= 1 -> M <= L -> fiber (unique interval) (lip L) 0 1 0 M (fun x => M * x).
Proof.
  intros HM HL. split; [apply (lip_iff L _ ltac:(lra)); split|split].
  - intros x Hx. simpl in Hx. nra.
  - intros x y _ _. rewrite <- Rmult_minus_distr_l, Rabs_mult, (Rabs_right M) by lra.
    apply Rmult_le_compat_r; [apply Rabs_pos | lra].
  - unfold any_selection. simpl. repeat split; try lra; nra.
  - intros x Hx. simpl in Hx. split; intros N; nra.
Qed.

Lemma falling_line L M : 0 < M <= 1 -> M <= L -> fiber (unique interval) (lip L) 1 0 0 M (fun x => M * (1 - x)).
Proof.
  intros HM HL. split; [apply (lip_iff L _ ltac:(lra)); split|split].
  - intros x Hx. simpl in Hx. nra.
  - intros x y _ _. replace (_ - _) with (M * (y - x)) by ring.
    rewrite Rabs_mult, (Rabs_right M), Rabs_minus_sym by lra.
    apply Rmult_le_compat_r; [apply Rabs_pos | lra].
  - unfold any_selection. simpl. repeat split; try lra; nra.
  - intros x Hx. simpl in Hx. split; intros N; nra.
Qed.

(** Up to 1/3 at 1/2, and down to 0 at 1. *)
Definition tent (x : R) : R := Rmin (1 / 3 - (1 / 2 - x) / 2) (1 / 3 - 2 / 3 * (x - 1 / 2)).

Lemma tent_in_fiber : fiber (unique interval) (lip 1) 1 (1 / 2) 0 (1 / 3) tent.
Proof.
  split; [apply (lip_iff 1 _ ltac:(lra)); split|split]; unfold tent.
  - intros x Hx. simpl in Hx. by_cases.
  - intros x y Hx Hy. by_cases.
  - unfold any_selection. simpl. split; [lra|]. split; [lra|]. split; [by_cases|]. split; [by_cases|].
    intros x Hx. by_cases.
  - intros x Hx. simpl in Hx. split; intros N.
    + by_cases.
    + destruct (Rlt_dec x (1 / 2)); by_cases.
Qed.

Section Refutations.
Context (Phi : convention interval) (Hsel : selects Phi) (Hin : inherits Phi).

Definition second_inequality_printed : Prop :=
  forall L, 0 < L -> errs_at_least_when Phi (lip L) (second_condition L) (second_bound_printed L).

Definition zero_is_tight_printed : Prop :=
  forall L, 0 < L -> always Phi (lip L) (second_condition L)
    (fun a b m M => second_bound_printed L a b m M = 0 -> is_radius Phi (lip L) a b m M 0).

Definition nothing_recovered_printed : Prop :=
  forall L, 0 < L -> always Phi (lip L) (fun _ _ m M => m < M)
    (fun a b m M => forall r, is_radius Phi (lip L) a b m M r -> 0 < r).

Definition dichotomy_printed : Prop :=
  forall L, 0 < L -> always Phi (lip L) any_phi
    (fun a b m M => is_radius Phi (lip L) a b m M 0 \/ is_radius Phi (lip L) a b m M ((M - m) / 2)).

Definition second_pair_information_printed : Prop :=
  forall a b m M L, second_case a b m M L ->
  Phi (theorem_4_f1 a b m M L) a b m M /\ Phi (theorem_4_f2 a b m M L) a b m M.

Lemma radius_value_under L a b m M f r : 0 < L -> fiber Phi (lip L) a b m M f ->
  is_radius Phi (lip L) a b m M r -> r = lipschitz_radius a b m M L.
Proof.
  intros HL Hf Hr.
  exact (is_radius_unique _ _ a b m M _ _ Hr (proj2 (theorem_4_radius_under Phi Hsel Hin L HL) f a b m M Hf)).
Qed.

Context (HU : forall L a b m M f, fiber (unique interval) (lip L) a b m M f -> fiber Phi (lip L) a b m M f).

Lemma second_inequality_refuted : ~ second_inequality_printed.
Proof.
  intros H. specialize (H 1 ltac:(lra)). revert H. pose proof (HU _ _ _ _ _ _ tent_in_fiber) as F.
  apply (not_errs_at_least_when_radius Phi (lip 1) _ _ _ _ _ _ _ (radius 1 1 (1 / 2) 0 (1 / 3)) Hsel F).
  - unfold second_condition, theorem_4_second_condition. by_cases.
  - exact (proj2 (theorem_4_radius_under Phi Hsel Hin 1 ltac:(lra)) _ _ _ _ _ F).
  - unfold second_bound_printed, theorem_4_second_bound_printed, radius, lipschitz_radius. by_cases.
Qed.

Lemma zero_is_tight_refuted : ~ zero_is_tight_printed.
Proof.
  intros H. assert (HL : 0 < 2 / 3) by lra.
  pose proof (HU _ _ _ _ _ _ (rising_line (2 / 3) (1 / 2) ltac:(lra) ltac:(lra))) as F.
  assert (Z : is_radius Phi (lip (2 / 3)) 0 1 0 (1 / 2) 0).
  { apply (H (2 / 3) HL _ 0 1 0 (1 / 2) F).
    - unfold second_condition, theorem_4_second_condition. by_cases.
    - unfold second_bound_printed, theorem_4_second_bound_printed. by_cases. }
  apply (radius_value_under _ _ _ _ _ _ _ HL F) in Z. revert Z. unfold lipschitz_radius. by_cases.
Qed.

Lemma nothing_recovered_refuted : ~ nothing_recovered_printed.
Proof.
  intros H. assert (HL : 0 < 1 / 4) by lra.
  pose proof (HU _ _ _ _ _ _ (rising_line (1 / 4) (1 / 4) ltac:(lra) ltac:(lra))) as F.
  specialize (H (1 / 4) HL _ 0 1 0 (1 / 4) F ltac:(lra) 0). assert (0 < 0); [|lra]. apply H.
  apply (theorem_4_remark_zero_sharp_under Phi Hsel Hin _ HL _ _ _ _ _ F Logic.I). right. by_cases.
Qed.

Lemma dichotomy_refuted : ~ dichotomy_printed.
Proof.
  intros H. assert (HL : 0 < 2 / 3) by lra.
  pose proof (HU _ _ _ _ _ _ (falling_line (2 / 3) (1 / 2) ltac:(lra) ltac:(lra))) as F.
  destruct (H (2 / 3) HL _ 1 0 0 (1 / 2) F Logic.I) as [Z|Z];
    apply (radius_value_under _ _ _ _ _ _ _ HL F) in Z; revert Z; unfold lipschitz_radius; by_cases.
Qed.

Lemma second_pair_information_refuted : ~ second_pair_information_printed.
Proof.
  intros H. apply theorem_4_proof_second_pair_information_refuted. intros a b m M L C.
  destruct (H a b m M L C) as [H1 H2]. exact (conj (Hsel _ _ _ _ _ H1) (Hsel _ _ _ _ _ H2)).
Qed.

Theorem footnote_2_lipschitz_repaired_under :
  forall L, 0 < L -> always Phi (lip L) (not_the_steepest L)
    (fun a b m M => forall r, is_radius Phi (lip L) a b m M r -> 0 < r).
Proof.
  intros L HL f a b m M Hf V r Hr. apply (radius_value_under L a b m M f r HL Hf) in Hr. subst r.
  pose proof (fiber_any Phi Hsel _ a b m M f Hf) as Af.
  exact (footnote_2_lipschitz_repaired L HL f a b m M Af V _ (theorem_4_radius L HL f a b m M Af)).
Qed.

End Refutations.

Lemma first_has_unique L a b m M f :
  fiber (unique interval) (lip L) a b m M f -> fiber (first interval) (lip L) a b m M f.
Proof. apply unique_fiber_first. exact cube_interval. Qed.

Theorem theorem_4_second_inequality_refuted_first : ~ second_inequality_printed (first interval).
Proof. exact (second_inequality_refuted _ (first_selects _) (first_inherits _) first_has_unique). Qed.

Theorem theorem_4_second_inequality_refuted_unique : ~ second_inequality_printed (unique interval).
Proof. exact (second_inequality_refuted _ (unique_selects _) (unique_inherits _) (fun _ _ _ _ _ _ H => H)). Qed.

Theorem theorem_4_remark_zero_is_tight_refuted_first : ~ zero_is_tight_printed (first interval).
Proof. exact (zero_is_tight_refuted _ (first_selects _) (first_inherits _) first_has_unique). Qed.

Theorem theorem_4_remark_zero_is_tight_refuted_unique : ~ zero_is_tight_printed (unique interval).
Proof. exact (zero_is_tight_refuted _ (unique_selects _) (unique_inherits _) (fun _ _ _ _ _ _ H => H)). Qed.

Theorem footnote_2_lipschitz_refuted_first : ~ nothing_recovered_printed (first interval).
Proof. exact (nothing_recovered_refuted _ (first_selects _) (first_inherits _) first_has_unique). Qed.

Theorem footnote_2_lipschitz_refuted_unique : ~ nothing_recovered_printed (unique interval).
Proof. exact (nothing_recovered_refuted _ (unique_selects _) (unique_inherits _) (fun _ _ _ _ _ _ H => H)). Qed.

Theorem section_b_2_dichotomy_refuted_first : ~ dichotomy_printed (first interval).
Proof. exact (dichotomy_refuted _ (first_selects _) (first_inherits _) first_has_unique). Qed.

Theorem section_b_2_dichotomy_refuted_unique : ~ dichotomy_printed (unique interval).
Proof. exact (dichotomy_refuted _ (unique_selects _) (unique_inherits _) (fun _ _ _ _ _ _ H => H)). Qed.

Theorem theorem_4_proof_second_pair_information_refuted_first : ~ second_pair_information_printed (first interval).
Proof. exact (second_pair_information_refuted _ (first_selects _)). Qed.

Theorem theorem_4_proof_second_pair_information_refuted_unique : ~ second_pair_information_printed (unique interval).
Proof. exact (second_pair_information_refuted _ (unique_selects _)). Qed.

(** ** Theorem 8 *)

Theorem theorem_8_proof_defined_under :
  forall Phi, selects Phi -> always Phi aff (fun _ _ m M => m < M) (fun a b _ _ => a <> b).
Proof. intros Phi S. apply always_transfers; [exact S | exact theorem_8_proof_defined_repaired]. Qed.

(** The only extrema of a function differ. *)
Theorem theorem_8_proof_defined_unique : always (unique interval) aff any_phi (fun a b _ _ => a <> b).
Proof.
  intros f a b m M [_ [(Ha & _ & fa & fb & B) U]] _ E. subst b.
  assert (Hx : exists x : interval, inside x /\ x <> a).
  { simpl in *. destruct (Req_dec a 0); [exists 1 | exists 0]; lra. }
  destruct Hx as (x & Hx & N). specialize (B x Hx). destruct (U x Hx) as [U1 _]. specialize (U1 N). lra.
Qed.

Definition denominators_defined_printed (Phi : convention interval) : Prop :=
  always Phi aff any_phi (fun a b _ _ => a <> b).

Theorem theorem_8_proof_defined_refuted_first : ~ denominators_defined_printed (first interval).
Proof.
  intros H. apply (H (fun _ => 0) 0 0 0 0); [|exact Logic.I | reflexivity].
  destruct (constant_function_affine 0 0 ltac:(lra) ltac:(lra)) as [G A]. split; [exact G|]. split; [exact A|].
  intros x Hx. simpl in *. lra.
Qed.

(** Theorem 2: no decoder can tell on which side of the midpoint f(x) lies (Section 4.1, B.5.4). *)

From Coq Require Import Reals Lra Classical.
From FV Require Import Base Lift Ramp NeuralNetworks Pairs Theorem1 Theorem3.
Local Open Scope R_scope.

(** ** The points of the proof *)

(** x_min < x_max: f1 and f2 of Theorem 1 lie on the two sides of m at x = (x_min + x_max)/2. *)
Theorem theorem_2_midpoint : forall (a b m M : R), 0 <= a -> a < b -> b <= 1 -> 0 <= m -> m < M -> M <= 1 ->
  theorem_1_f1 a b m M ((a + b) / 2) <= middle m M /\ middle m M < theorem_1_f2 a b m M ((a + b) / 2).
Proof.
  intros a b m M Ha Hab Hb Hm HmM HM.
  destruct (theorem_1_pair a b m M) as (_ & _ & E1 & E2); try lra. rewrite E1, E2. unfold middle. lra.
Qed.

(** x_max = 1, x_min < 1: f1 and f2 of Theorem 3 do so at x = x_min/4 + 3/4. *)
Theorem theorem_2_convex_point : forall (a m M : R), 0 <= a -> a < 1 -> 0 <= m -> m < M -> M <= 1 ->
  middle m M < theorem_3_f1 a 1 m M (a / 4 + 3 / 4) /\ theorem_3_f2 a 1 m M (a / 4 + 3 / 4) <= middle m M.
Proof.
  intros a m M Ha Ha1 Hm HmM HM. unfold middle, theorem_3_f1, theorem_3_f2. repeat destruct Rle_dec; try lra.
  replace ((M - m) / (1 - a) * (a / 4 + 3 / 4) + (m - M * a) / (1 - a)) with (m / 4 + 3 * M / 4) by (field; lra).
  replace (2 * (M - m) / (1 - a) * (a / 4 + 3 / 4) + (2 * m - M * a - M) / (1 - a)) with ((m + M) / 2)
    by (field; lra).
  lra.
Qed.

(** x_max = 0, x_min > 0: g1 and g2 of Theorem 3 do so at x = x_min/4. *)
Theorem theorem_2_convex_point_reflected : forall (a m M : R), 0 < a -> a <= 1 -> 0 <= m -> m < M -> M <= 1 ->
  middle m M < theorem_3_repaired_g1 a 0 m M (a / 4) /\ theorem_3_repaired_g2 a 0 m M (a / 4) <= middle m M.
Proof.
  intros a m M Ha Ha1 Hm HmM HM. unfold middle, theorem_3_repaired_g1, theorem_3_repaired_g2.
  repeat destruct Rle_dec; try lra.
  replace ((M - m) / (1 - (1 - a)) * (1 - a / 4) + (m - M * (1 - a)) / (1 - (1 - a))) with (m / 4 + 3 * M / 4)
    by (field; lra).
  replace (2 * (M - m) / (1 - (1 - a)) * (1 - a / 4) + (2 * m - M * (1 - a) - M) / (1 - (1 - a)))
    with ((m + M) / 2) by (field; lra).
  lra.
Qed.

(** "x_max = 1 and x_min < 1", "x_min = 0 and x_max > 0" and x_min = x_max are all there is for convex f that are not
    constant. *)
Definition theorem_2_convex_cases_printed : Prop :=
  convex_information (fun a b m M => m < M -> (b = 1 /\ a < 1) \/ (a = 0 /\ 0 < b) \/ a = b).

Theorem theorem_2_convex_cases_refuted : ~ theorem_2_convex_cases_printed.
Proof.
  intros H. assert (Hf : fiber (any_selection interval) (convex interval) 1 0 0 1 (ramp 0 1 1 0)).
  { split; [apply ramp_down_convex; lra | apply ramp_down_information; simpl; lra]. }
  destruct (H _ _ _ _ _ Hf) as [[E _] | [[E _] | E]]; lra.
Qed.

(** The second case is "x_max = 0 and x_min > 0". *)
Theorem theorem_2_convex_cases_repaired :
  convex_information (fun a b m M => m < M -> (b = 1 /\ a < 1) \/ (b = 0 /\ 0 < a) \/ a = b).
Proof. intros f a b m M Hf H. destruct (convex_ends f a b m M Hf H) as [E|E]; auto. Qed.

(** ** Theorem 2 *)

Section Theorem2.
Context (I : domain) (HI : cube I).

Theorem theorem_2_all : side_errs_at_least (any_selection I) (all_functions I) varies.
Proof. apply side_errs_at_least_varies; [exact HI | auto | apply all_contains_ramps]. Qed.

Theorem theorem_2_neural_network : side_errs_at_least (any_selection I) (neural_network I) varies.
Proof.
  apply side_errs_at_least_varies; [exact HI | intros f [F _]; exact F | apply neural_network_contains_ramps].
Qed.

Theorem theorem_2_erm : side_errs_at_least (any_selection I) (erm I) varies.
Proof.
  apply side_errs_at_least_varies; [exact HI | intros f [[F _] _]; exact F | apply erm_contains_ramps].
Qed.

Theorem theorem_2_piecewise_affine : side_errs_at_least (any_selection I) (piecewise_affine I) varies.
Proof.
  apply side_errs_at_least_varies; [exact HI | intros f [F _]; exact F |].
  apply piecewise_affine_contains_ramps. exact HI.
Qed.

Theorem theorem_2_monotone : side_errs_at_least (any_selection I) (monotone I) varies.
Proof.
  apply side_errs_at_least_varies; [exact HI | intros f [F _]; exact F | apply monotone_contains_ramps].
Qed.

Theorem theorem_2_convex : side_errs_at_least (any_selection I) (convex I) varies.
Proof.
  intros D f a b m M Hf. unfold varies. destruct (Req_EM_T m M) as [E|N].
  { exists f. split; [exact Hf|]. destruct Hf as [_ (Ha & _)]. apply (error_at_least_trivial a); [exact Ha | lra]. }
  assert (H : m < M).
  { destruct Hf as [_ (Ha & _ & _ & _ & F)]. specialize (F a Ha). lra. }
  destruct (convex_maximum_at_an_end I HI f a b m M Hf H) as (pi & Hpi & He).
  destruct Hf as [[Gf _] (Ha & Hb & Fa & Fb & F)].
  assert (Rm : 0 <= m <= 1) by (rewrite <- Fa; apply (Gf a Ha)).
  assert (RM : 0 <= M <= 1) by (rewrite <- Fb; apply (Gf b Hb)).
  pose proof (coordinate_inside I pi Hpi a Ha) as Pa.
  destruct He as [[Eb La] | [Eb La]].
  - destruct (theorem_3_pair (pi a) m M) as ((C1 & I1) & (C2 & I2) & _); try lra.
    destruct (theorem_2_convex_point (pi a) m M) as (S1 & S2); try lra.
    destruct (coordinate_onto I pi Hpi (pi a / 4 + 3 / 4)) as (x & Hx & Ex); [lra|].
    apply (side_lemma _ _ a b m M (lift pi (theorem_3_f1 (pi a) 1 m M)) (lift pi (theorem_3_f2 (pi a) 1 m M)) _ x);
      try exact Hx; try (unfold lift; rewrite Ex; assumption);
      (split; [apply lift_convex; assumption | apply lift_any_selection; rewrite ?Eb; assumption]).
  - destruct (theorem_3_reflected_pair_repaired (pi a) m M) as ((C1 & I1) & (C2 & I2) & _); try lra.
    destruct (theorem_2_convex_point_reflected (pi a) m M) as (S1 & S2); try lra.
    destruct (coordinate_onto I pi Hpi (pi a / 4)) as (x & Hx & Ex); [lra|].
    apply (side_lemma _ _ a b m M (lift pi (theorem_3_repaired_g1 (pi a) 0 m M))
      (lift pi (theorem_3_repaired_g2 (pi a) 0 m M)) _ x);
      try exact Hx; try (unfold lift; rewrite Ex; assumption);
      (split; [apply lift_convex; assumption | apply lift_any_selection; rewrite ?Eb; assumption]).
Qed.

End Theorem2.

(** The side error is a matter of 0 and 1: 1[f_max <> f_min] is the best possible bound on every class. *)
Theorem theorem_2_sharp (I : domain) (G : function_class I) :
  side_errs_at_most (any_selection I) G varies.
Proof.
  exists (fun _ _ m M _ => middle m M). split.
  - intros a b m M _ _ Hm HM x _. unfold middle. lra.
  - intros f a b m M [_ (Ha & Hb & Fa & Fb & F)] x Hx. specialize (F x Hx).
    unfold varies, above, middle. destruct Req_EM_T; repeat destruct Rlt_dec; unfold Rabs; destruct Rcase_abs; lra.
Qed.

(** m_f separates the values closer to f_max (Section 4.1). *)
Theorem closer_iff_above_middle (I : domain) (f : I -> R) a b m M x : any_selection I f a b m M -> inside x ->
  (Rabs (f x - M) < Rabs (f x - m) <-> middle m M < f x).
Proof.
  intros (_ & _ & _ & _ & F) Hx. specialize (F x Hx). unfold middle.
  split; unfold Rabs; repeat destruct Rcase_abs; lra.
Qed.

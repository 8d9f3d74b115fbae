(** Theorem 1: no decoder beats the constant one on five classes, in every dimension (Section 4.1, B.5.3). *)

From Coq Require Import Reals Lra Classical FunctionalExtensionality.
From FV Require Import Base Lift Ramp NeuralNetworks Pairs.
Local Open Scope R_scope.

(** ** The pairs of the proof *)

(** x_min < x_max: f1 and f2 are monotone, have the information Φ(f), and differ by f_max - f_min at the midpoint. *)
Theorem theorem_1_pair : forall (a b m M : R), 0 <= a -> a < b -> b <= 1 -> 0 <= m -> m <= M -> M <= 1 ->
  let f1 := theorem_1_f1 a b m M in
  let f2 := theorem_1_f2 a b m M in
  (non_decreasing interval f1 /\ any_selection interval f1 a b m M)
  /\ (non_decreasing interval f2 /\ any_selection interval f2 a b m M)
  /\ f1 ((a + b) / 2) = m /\ f2 ((a + b) / 2) = M.
Proof.
  intros a b m M Ha Hab Hb Hm HmM HM. cbv zeta.
  replace (theorem_1_f1 a b m M) with (ramp ((a + b) / 2) b m M)
    by (extensionality x; symmetry; apply theorem_1_f1_is_ramp; lra).
  replace (theorem_1_f2 a b m M) with (ramp a ((a + b) / 2) m M)
    by (extensionality x; symmetry; apply theorem_1_f2_is_ramp; lra).
  refine (conj (conj _ _) (conj (conj _ _) (conj _ _)));
    [apply ramp_non_decreasing | apply ramp_up_information | apply ramp_non_decreasing | apply ramp_up_information
    | apply ramp_left | apply ramp_right]; simpl; lra.
Qed.

(** When x_min = x_max, then f_max - f_min = 0. *)
Theorem theorem_1_equal_extrema (I : domain) (f : I -> R) a m M : any_selection I f a a m M -> M - m = 0.
Proof. intros (_ & _ & <- & <- & _). ring. Qed.

(** x_max < x_min: 1 - f1 and 1 - f2 with the functions above, the places of x_min and x_max exchanged. *)
Definition theorem_1_reflection_printed : Prop :=
  forall (a b m M : R), 0 <= b -> b < a -> a <= 1 -> 0 <= m -> m <= M -> M <= 1 ->
  any_selection interval (theorem_1_reflection_printed_f1 a b m M) a b m M
  /\ any_selection interval (theorem_1_reflection_printed_f2 a b m M) a b m M.

Theorem theorem_1_reflection_refuted : ~ theorem_1_reflection_printed.
Proof.
  intros H. destruct (H 1 0 0 (1 / 2)) as [(_ & _ & E & _) _]; try lra.
  revert E. unfold theorem_1_reflection_printed_f1. repeat destruct Rle_dec; lra.
Qed.

(** The same built for 1 - f, whose information is (x_max, x_min, 1 - f_max, 1 - f_min). *)
Theorem theorem_1_reflection_repaired :
  forall (a b m M : R), 0 <= b -> b < a -> a <= 1 -> 0 <= m -> m <= M -> M <= 1 ->
  let f1 := theorem_1_reflection_repaired_f1 a b m M in
  let f2 := theorem_1_reflection_repaired_f2 a b m M in
  (non_increasing interval f1 /\ any_selection interval f1 a b m M)
  /\ (non_increasing interval f2 /\ any_selection interval f2 a b m M)
  /\ f1 ((a + b) / 2) = M /\ f2 ((a + b) / 2) = m.
Proof.
  intros a b m M Hb Hab Ha Hm HmM HM. cbv zeta.
  replace (theorem_1_reflection_repaired_f1 a b m M) with (ramp ((a + b) / 2) a M m)
    by (extensionality x; symmetry; apply theorem_1_reflection_repaired_f1_is_ramp; lra).
  replace (theorem_1_reflection_repaired_f2 a b m M) with (ramp b ((a + b) / 2) M m)
    by (extensionality x; symmetry; apply theorem_1_reflection_repaired_f2_is_ramp; lra).
  refine (conj (conj _ _) (conj (conj _ _) (conj _ _)));
    [apply ramp_non_increasing | apply ramp_down_information | apply ramp_non_increasing | apply ramp_down_information
    | apply ramp_left | apply ramp_right]; simpl; lra.
Qed.

(** ** Classes that contain the ramps *)

Definition contains_ramps (I : domain) (G : function_class I) : Prop :=
  forall pi p q u v, coordinate I pi -> p < q -> 0 <= u <= 1 -> 0 <= v <= 1 -> G (lift pi (ramp p q u v)).

Lemma all_contains_ramps I : contains_ramps I (all_functions I).
Proof. intros pi p q u v Hpi Hpq Hu Hv. apply lift_all; [exact Hpi | apply ramp_all; assumption]. Qed.

Lemma monotone_contains_ramps I : contains_ramps I (monotone I).
Proof.
  intros pi p q u v Hpi Hpq Hu Hv. apply lift_monotone; [exact Hpi|].
  split; [apply ramp_all; assumption|].
  destruct (Rle_lt_dec u v); [left; apply ramp_non_decreasing | right; apply ramp_non_increasing]; lra.
Qed.

Lemma neural_network_contains_ramps I : contains_ramps I (neural_network I).
Proof. intros pi p q u v Hpi Hpq Hu Hv. apply lifted_ramp_neural_network; assumption. Qed.

Lemma erm_contains_ramps I : contains_ramps I (erm I).
Proof. intros pi p q u v Hpi Hpq Hu Hv. apply erm_iff_neural_network, lifted_ramp_neural_network; assumption. Qed.

Lemma piecewise_affine_contains_ramps I : cube I -> contains_ramps I (piecewise_affine I).
Proof.
  intros HI pi p q u v Hpi Hpq Hu Hv.
  apply networks_are_piecewise_affine; [exact HI | apply lifted_ramp_neural_network; assumption].
Qed.

(** ** A fiber that is not constant contains the lift of a pair *)

Section Fooled.
Context (I : domain) (HI : cube I) (G : function_class I).
Hypothesis G_bounded : forall f, G f -> all_functions I f.
Hypothesis G_ramps : contains_ramps I G.

Lemma fiber_contains_pair a b m M f : fiber (any_selection I) G a b m M f -> m < M ->
  exists f1 f2 x, fiber (any_selection I) G a b m M f1 /\ fiber (any_selection I) G a b m M f2
  /\ inside x /\ f1 x = m /\ f2 x = M.
Proof.
  intros [Gf (Ha & Hb & Fa & Fb & F)] HmM.
  assert (Rm : 0 <= m <= 1) by (rewrite <- Fa; apply (G_bounded f Gf a Ha)).
  assert (RM : 0 <= M <= 1) by (rewrite <- Fb; apply (G_bounded f Gf b Hb)).
  destruct (some_coordinate_differs I HI a b) as (pi & Hpi & Hab).
  { intros E. rewrite E in Fa. lra. }
  pose proof (coordinate_inside I pi Hpi a Ha) as Pa.
  pose proof (coordinate_inside I pi Hpi b Hb) as Pb.
  destruct (coordinate_onto I pi Hpi ((pi a + pi b) / 2)) as (x & Hx & Ex); [lra|].
  destruct (Rtotal_order (pi a) (pi b)) as [L | [E | L]]; [| contradiction |].
  - destruct (theorem_1_pair (pi a) (pi b) m M) as ((_ & I1) & (_ & I2) & E1 & E2); try lra.
    exists (lift pi (theorem_1_f1 (pi a) (pi b) m M)), (lift pi (theorem_1_f2 (pi a) (pi b) m M)), x.
    refine (conj (conj _ _) (conj (conj _ _) (conj Hx (conj _ _))));
      try (apply lift_any_selection; assumption); try (unfold lift; rewrite Ex; assumption).
    + replace (theorem_1_f1 (pi a) (pi b) m M) with (ramp ((pi a + pi b) / 2) (pi b) m M)
        by (extensionality t; symmetry; apply theorem_1_f1_is_ramp; lra).
      apply G_ramps; auto; lra.
    + replace (theorem_1_f2 (pi a) (pi b) m M) with (ramp (pi a) ((pi a + pi b) / 2) m M)
        by (extensionality t; symmetry; apply theorem_1_f2_is_ramp; lra).
      apply G_ramps; auto; lra.
  - destruct (theorem_1_reflection_repaired (pi a) (pi b) m M) as ((_ & I1) & (_ & I2) & E1 & E2); try lra.
    exists (lift pi (theorem_1_reflection_repaired_f2 (pi a) (pi b) m M)),
      (lift pi (theorem_1_reflection_repaired_f1 (pi a) (pi b) m M)), x.
    refine (conj (conj _ _) (conj (conj _ _) (conj Hx (conj _ _))));
      try (apply lift_any_selection; assumption); try (unfold lift; rewrite Ex; assumption).
    + replace (theorem_1_reflection_repaired_f2 (pi a) (pi b) m M) with (ramp (pi b) ((pi a + pi b) / 2) M m)
        by (extensionality t; symmetry; apply theorem_1_reflection_repaired_f2_is_ramp; lra).
      apply G_ramps; auto; lra.
    + replace (theorem_1_reflection_repaired_f1 (pi a) (pi b) m M) with (ramp ((pi a + pi b) / 2) (pi a) M m)
        by (extensionality t; symmetry; apply theorem_1_reflection_repaired_f1_is_ramp; lra).
      apply G_ramps; auto; lra.
Qed.

Lemma errs_at_least_half_spread : errs_at_least (any_selection I) G half_spread.
Proof.
  intros D f a b m M Hf. unfold half_spread. destruct (Rle_lt_dec M m) as [H|H].
  - exists f. split; [exact Hf|]. destruct Hf as [_ (Ha & _)]. apply (error_at_least_trivial a); [exact Ha | lra].
  - destruct (fiber_contains_pair a b m M f Hf H) as (f1 & f2 & x & H1 & H2 & Hx & E1 & E2).
    apply (pair_lemma _ _ a b m M f1 f2); [exact H1 | exact H2|].
    apply error_reaches_at_least. exists x. split; [exact Hx|]. rewrite E1, E2.
    unfold Rabs. destruct Rcase_abs; lra.
Qed.

Lemma side_errs_at_least_varies : side_errs_at_least (any_selection I) G varies.
Proof.
  intros D f a b m M Hf. unfold varies. destruct (Req_EM_T m M) as [E|N].
  - exists f. split; [exact Hf|]. destruct Hf as [_ (Ha & _)]. apply (error_at_least_trivial a); [exact Ha | lra].
  - assert (H : m < M).
    { destruct Hf as [_ (Ha & _ & _ & _ & F)]. specialize (F a Ha). lra. }
    destruct (fiber_contains_pair a b m M f Hf H) as (f1 & f2 & x & H1 & H2 & Hx & E1 & E2).
    apply (side_lemma _ _ a b m M f2 f1 (D a b m M) x (middle m M)); auto; unfold middle; lra.
Qed.

End Fooled.

(** ** Theorem 1 *)

Section Theorem1.
Context (I : domain) (HI : cube I).

Theorem theorem_1_all : errs_at_least (any_selection I) (all_functions I) half_spread.
Proof. apply errs_at_least_half_spread; [exact HI | auto | apply all_contains_ramps]. Qed.

Theorem theorem_1_neural_network : errs_at_least (any_selection I) (neural_network I) half_spread.
Proof.
  apply errs_at_least_half_spread; [exact HI | intros f [F _]; exact F | apply neural_network_contains_ramps].
Qed.

Theorem theorem_1_erm : errs_at_least (any_selection I) (erm I) half_spread.
Proof.
  apply errs_at_least_half_spread; [exact HI | intros f [[F _] _]; exact F | apply erm_contains_ramps].
Qed.

Theorem theorem_1_piecewise_affine : errs_at_least (any_selection I) (piecewise_affine I) half_spread.
Proof.
  apply errs_at_least_half_spread; [exact HI | intros f [F _]; exact F |].
  apply piecewise_affine_contains_ramps. exact HI.
Qed.

Theorem theorem_1_monotone : errs_at_least (any_selection I) (monotone I) half_spread.
Proof.
  apply errs_at_least_half_spread; [exact HI | intros f [F _]; exact F | apply monotone_contains_ramps].
Qed.

(** 1/2 is the best constant: the radius of information is (f_max - f_min)/2 on each of the five classes. *)
Theorem theorem_1_all_sharp : radius_is (any_selection I) (all_functions I) half_spread.
Proof.
  apply radius_from_bounds; [apply any_selection_selects | | apply theorem_1_all].
  apply errs_at_most_half_spread, any_selection_selects.
Qed.

Theorem theorem_1_neural_network_sharp : radius_is (any_selection I) (neural_network I) half_spread.
Proof.
  apply radius_from_bounds; [apply any_selection_selects | | apply theorem_1_neural_network].
  apply errs_at_most_half_spread, any_selection_selects.
Qed.

Theorem theorem_1_erm_sharp : radius_is (any_selection I) (erm I) half_spread.
Proof.
  apply radius_from_bounds; [apply any_selection_selects | | apply theorem_1_erm].
  apply errs_at_most_half_spread, any_selection_selects.
Qed.

Theorem theorem_1_piecewise_affine_sharp : radius_is (any_selection I) (piecewise_affine I) half_spread.
Proof.
  apply radius_from_bounds; [apply any_selection_selects | | apply theorem_1_piecewise_affine].
  apply errs_at_most_half_spread, any_selection_selects.
Qed.

Theorem theorem_1_monotone_sharp : radius_is (any_selection I) (monotone I) half_spread.
Proof.
  apply radius_from_bounds; [apply any_selection_selects | | apply theorem_1_monotone].
  apply errs_at_most_half_spread, any_selection_selects.
Qed.

End Theorem1.

(** ** The theorem is about something: functions with f_min = 0 and f_max = 1 *)

Lemma ramp_fiber (I : domain) pi (G : function_class I) : coordinate I pi -> contains_ramps I G ->
  exists a b f, fiber (any_selection I) G a b 0 1 f.
Proof.
  intros Hpi HG. destruct (coordinate_onto I pi Hpi 0) as (a & Ha & Ea); [lra|].
  destruct (coordinate_onto I pi Hpi 1) as (b & Hb & Eb); [lra|].
  exists a, b, (lift pi (ramp 0 1 0 1)). split; [apply HG; auto; lra|].
  apply lift_any_selection; auto. apply ramp_up_information; simpl; lra.
Qed.

Theorem theorem_1_non_vacuous :
  (exists a b f, fiber (any_selection interval) (fun f => monotone interval f /\ erm interval f) a b 0 1 f)
  /\ forall d, exists a b f, fiber (any_selection (hypercube (S d)))
       (fun f => monotone (hypercube (S d)) f /\ erm (hypercube (S d)) f) a b 0 1 f.
Proof.
  split; [| intros d].
  - apply (ramp_fiber interval (fun x => x) _ coordinate_interval).
    intros pi p q u v Hpi Hpq Hu Hv. split; [apply monotone_contains_ramps | apply erm_contains_ramps]; auto.
  - apply (ramp_fiber (hypercube (S d)) _ _ (coordinate_hypercube (S d) Fin.F1)).
    intros pi p q u v Hpi Hpq Hu Hv. split; [apply monotone_contains_ramps | apply erm_contains_ramps]; auto.
Qed.

Lemma theorem_1_pair_non_vacuous :
  (exists a b m M : R, 0 <= a /\ a < b /\ b <= 1 /\ 0 <= m /\ m < M /\ M <= 1)
  /\ (exists a b m M : R, 0 <= b /\ b < a /\ a <= 1 /\ 0 <= m /\ m < M /\ M <= 1)
  /\ (exists (f : interval -> R) a m M, any_selection interval f a a m M).
Proof.
  refine (conj _ (conj _ _)).
  - exists 0, 1, 0, 1. lra.
  - exists 1, 0, 0, 1. lra.
  - exists (fun _ => 0), 0, 0, 0. unfold any_selection. simpl. repeat apply conj; try lra. intros; lra.
Qed.

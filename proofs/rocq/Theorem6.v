(** Theorem 6: affine functions of two variables (B.3, B.5.8), its remarks and the sentences of its proof. *)

From Coq Require Import Reals Lra.
From Coq Require Fin.
From FV Require Import Base Pairs Conditions Lipschitz Affine.
Local Open Scope R_scope.

Notation square := (hypercube 2).
Notation any2 := (any_selection (hypercube 2)).
Notation aff2 := (affine (hypercube 2)).

Definition one : Fin.t 2 := Fin.F1.
Definition two : Fin.t 2 := Fin.FS Fin.F1.

(** The point (s, t). *)
Definition pt (s t : R) : square := fun j => match j with Fin.F1 => s | Fin.FS _ => t end.

Lemma every_coordinate (P : Fin.t 2 -> Prop) : P one -> P two -> forall j, P j.
Proof.
  intros P1 P2 j. apply (Fin.caseS' j); [exact P1|]. intros i.
  apply (Fin.caseS' i); [exact P2|]. intros k. inversion k.
Qed.

Lemma pt_inside s t : 0 <= s <= 1 -> 0 <= t <= 1 -> @inside square (pt s t).
Proof. intros Hs Ht. exact (every_coordinate (fun j => 0 <= pt s t j <= 1) Hs Ht). Qed.

Lemma one_not_two : one <> two.
Proof. discriminate. Qed.

Lemma two_free_square (a b : square) : two_free a b <-> free a b one /\ free a b two.
Proof.
  split.
  - intros (i & k & N & Fi & Fk). revert N Fi Fk.
    pattern i. apply every_coordinate; pattern k; apply every_coordinate; tauto.
  - intros [F1 F2]. exists one, two. exact (conj one_not_two (conj F1 F2)).
Qed.

(** ** The bounds, as the solvers have them *)

Definition bound_printed : quantity square :=
  fun a b m M => theorem_6_bound_printed (a one) (a two) (b one) (b two) m M.
Definition bound_repaired : quantity square :=
  fun a b m M => theorem_6_bound_repaired (a one) (a two) (b one) (b two) m M.

Lemma bound_repaired_is (a b : square) m M : bound_repaired a b m M = affine_bound a b m M.
Proof.
  unfold bound_repaired, theorem_6_bound_repaired, affine_bound, free_count. simpl. fold one two.
  repeat (destruct Rle_dec || destruct Req_EM_T); lra.
Qed.

(** ** The theorem *)

Definition theorem_6_printed : Prop := errs_at_least any2 aff2 bound_printed.

(** A member of the fiber of (a, b, m, M), all of Δ on the free coordinate j. *)
Lemma member (a b : square) m M j :
  inside a -> inside b -> 0 <= m <= M -> M <= 1 -> free a b j -> fiber any2 aff2 a b m M (along a m M j).
Proof. apply along_in_fiber. Qed.

Lemma corner_and_side : fiber any2 aff2 (pt 0 1) (pt (1 / 2) 0) 0 1 (along (pt 0 1) 0 1 two).
Proof. apply member; try (apply pt_inside); try lra. unfold free. simpl. by_cases. Qed.

Lemma not_two_free_first (a b : square) : Rabs (a one - b one) <> 1 -> ~ two_free a b.
Proof. intros N H. apply two_free_square in H. tauto. Qed.

Lemma not_two_free_second (a b : square) : Rabs (a two - b two) <> 1 -> ~ two_free a b.
Proof. intros N H. apply two_free_square in H. tauto. Qed.

Theorem theorem_6_refuted : ~ theorem_6_printed.
Proof.
  intros H. apply errs_at_least_iff_any in H. revert H.
  apply (not_errs_at_least_when_radius any2 aff2 _ _ _ _ _ _ _ 0 (any_selection_selects _) corner_and_side Logic.I).
  - apply (affine_radius_zero _ _ _ _ _ corner_and_side). apply not_two_free_first. simpl. by_cases.
  - unfold bound_printed, theorem_6_bound_printed. simpl. by_cases.
Qed.

Theorem theorem_6_sharp : best_possible any2 aff2 bound_repaired.
Proof.
  apply (best_possible_ext _ _ affine_bound); [|exact (affine_best_possible 2)].
  intros f a b m M _. symmetry. apply bound_repaired_is.
Qed.

Theorem theorem_6_repaired : errs_at_least any2 aff2 bound_repaired.
Proof. apply theorem_6_sharp. Qed.

(** Opposite corners occur. *)
Lemma opposite_corners : fiber any2 aff2 (pt 0 1) (pt 1 0) 0 1 (along (pt 0 1) 0 1 one).
Proof. apply member; try (apply pt_inside); try lra. unfold free. simpl. by_cases. Qed.

Lemma theorem_6_satisfiable : satisfiable any2 aff2 (fun a b m M => 0 < bound_repaired a b m M).
Proof.
  exists (along (pt 0 1) 0 1 one), (pt 0 1), (pt 1 0), 0, 1. split; [exact opposite_corners|].
  unfold bound_repaired, theorem_6_bound_repaired. simpl. by_cases.
Qed.

(** "A similar result can be shown in higher dimensions": every d, Δ/2 if |S| >= 2, else 0. *)
Theorem theorem_6_every_dimension :
  forall d, best_possible (any_selection (hypercube d)) (affine (hypercube d)) affine_bound.
Proof. exact affine_best_possible. Qed.

(** ** What is exact in dimension 2, as the solvers have it *)

Lemma affine_d2_feasible_iff (a b : square) m M : inside a -> inside b -> 0 <= m <= M -> M <= 1 ->
  ((exists f, fiber any2 aff2 a b m M f) <-> affine_d2_feasible (a one) (a two) (b one) (b two) m M).
Proof.
  intros Ha Hb Hm HM. rewrite affine_feasible_iff. unfold affine_d2_feasible.
  assert (E : (exists j, free a b j) <-> Rabs (a one - b one) = 1 \/ Rabs (a two - b two) = 1).
  { split.
    - intros (j & F). revert F. pattern j. apply every_coordinate; unfold free; tauto.
    - intros [F|F]; [exists one | exists two]; exact F. }
  rewrite E. tauto.
Qed.

Lemma affine_d2_envelopes f (a b x : square) m M :
  fiber any2 aff2 a b m M f -> m < M -> inside x ->
  affine_d2_lower (a one) (a two) (b one) (b two) m M (x one) (x two) <= f x
    <= affine_d2_upper (a one) (a two) (b one) (b two) m M (x one) (x two).
Proof.
  intros Hf V Hx. destruct (affine_envelopes a b m M f x Hf V Hx) as [(j & Fj & U) (k & Fk & W)].
  destruct (fiber_domain a b m M f Hf) as (Ha & _).
  assert (B : forall i, 0 <= Rabs (x i - a i) <= 1)
    by (intros i; pose proof (Hx i); pose proof (Ha i); clear - H H0; by_cases).
  pose proof (B one) as B1. pose proof (B two) as B2.
  unfold affine_d2_lower, affine_d2_upper. unfold along in U, W. unfold free in Fj, Fk.
  set (t1 := Rabs (x one - a one)) in *. set (t2 := Rabs (x two - a two)) in *.
  split.
  - apply Rle_trans with (2 := W). apply Rplus_le_compat_l, Rmult_le_compat_l; [lra|].
    revert Fk. pattern k. apply every_coordinate; intros Fk; rewrite Fk; fold t1 t2;
      (destruct (Rle_dec 1 1); [|lra]); [apply Rmin_l | apply Rmin_r].
  - apply Rle_trans with (1 := U). apply Rplus_le_compat_l, Rmult_le_compat_l; [lra|].
    revert Fj. pattern j. apply every_coordinate; intros Fj; rewrite Fj; fold t1 t2;
      (destruct (Rle_dec 1 1); [|lra]); [apply Rmax_l | apply Rmax_r].
Qed.

Lemma affine_d2_radius_is (a b : square) m M :
  affine_d2_radius (a one) (a two) (b one) (b two) m M = bound_repaired a b m M.
Proof.
  unfold affine_d2_radius, bound_repaired, theorem_6_bound_repaired. repeat destruct Rle_dec; lra.
Qed.

(** ** The sentences of the proof (B.5.8) *)

Definition corner (p : square) : Prop := forall j, p j = 0 \/ p j = 1.

Definition theorem_6_proof_corners_printed : Prop :=
  always any2 aff2 any_phi (fun a b _ _ => corner a /\ corner b).

Lemma constant_in_fiber d (a b : hypercube d) c : inside a -> inside b -> 0 <= c <= 1 ->
  fiber (any_selection (hypercube d)) (affine (hypercube d)) a b c c (fun _ => c).
Proof.
  intros Ha Hb Hc. apply (shares_fiber a b c c (fun _ => 0)); auto; try lra.
  - split; [intros; lra | split; [intros; lra | rewrite sum_zero; [lra | auto]]].
  - intros x _. unfold shared. rewrite sum_zero; [ring | intros; ring].
Qed.

Theorem theorem_6_proof_corners_refuted : ~ theorem_6_proof_corners_printed.
Proof.
  intros H. destruct (H (fun _ => 0) (pt 0 0) (pt 0 (1 / 2)) 0 0) as [_ C].
  - apply constant_in_fiber; try apply pt_inside; lra.
  - exact Logic.I.
  - specialize (C two). simpl in C. lra.
Qed.

Theorem theorem_6_proof_corners_repaired :
  forall d, always (unique (hypercube d)) (affine (hypercube d)) any_phi
    (fun a b _ _ => forall j, (a j = 0 \/ a j = 1) /\ (b j = 0 \/ b j = 1)).
Proof.
  intros d f a b m M [Hf [(Ha & Hb & fa & fb & _) H]] _ j.
  apply affine_iff in Hf. destruct Hf as (_ & w & c & E). rewrite E in fa, fb by assumption.
  assert (Ne : forall (x : hypercube d) t, x j <> t -> move x j t <> x)
    by (intros x t N Z; apply N; rewrite <- (move_here x j t), Z; reflexivity).
  pose proof (Ha j) as Aj. pose proof (Hb j) as Bj. split.
  - destruct (Req_dec (a j) 0) as [|N0]; [tauto|]. destruct (Req_dec (a j) 1) as [|N1]; [tauto | exfalso].
    assert (I0 := move_inside a j 0 Ha ltac:(lra)). assert (I1 := move_inside a j 1 Ha ltac:(lra)).
    pose proof (proj1 (H _ I0) (Ne a 0 N0)) as S0. pose proof (proj1 (H _ I1) (Ne a 1 N1)) as S1.
    rewrite E, sum_weighted_move in S0, S1 by assumption. destruct (Rle_dec 0 (w j)); nra.
  - destruct (Req_dec (b j) 0) as [|N0]; [tauto|]. destruct (Req_dec (b j) 1) as [|N1]; [tauto | exfalso].
    assert (I0 := move_inside b j 0 Hb ltac:(lra)). assert (I1 := move_inside b j 1 Hb ltac:(lra)).
    pose proof (proj2 (H _ I0) (Ne b 0 N0)) as S0. pose proof (proj2 (H _ I1) (Ne b 1 N1)) as S1.
    rewrite E, sum_weighted_move in S0, S1 by assumption. destruct (Rle_dec 0 (w j)); nra.
Qed.

(** Unique extrema occur: (x_1 + x_2)/2. *)
Lemma unique_satisfiable : satisfiable (unique square) aff2 any_phi.
Proof.
  exists (shared (pt 0 0) 0 (fun _ => 1 / 2)), (pt 0 0), (pt 1 1), 0, 1. split; [|exact Logic.I].
  destruct (shares_fiber (pt 0 0) (pt 1 1) 0 1 (fun _ => 1 / 2) (shared (pt 0 0) 0 (fun _ => 1 / 2))) as [G A];
    try (apply pt_inside); try lra; [|reflexivity|].
  - split; [intros; lra | split; [|simpl; lra]]. intros j _. unfold free. pattern j.
    apply every_coordinate; simpl; by_cases.
  - split; [exact G|]. split; [exact A|]. intros x Hx.
    assert (E : shared (pt 0 0) 0 (fun _ => 1 / 2) x = (x one + x two) / 2).
    { unfold shared. simpl. fold one two. pose proof (Hx one). pose proof (Hx two). rewrite !Rabs_right by lra. lra. }
    rewrite E. pose proof (Hx one). pose proof (Hx two). split; intros N.
    + assert (x one <> 0 \/ x two <> 0); [|lra].
      destruct (Req_dec (x one) 0) as [Z1|]; [|tauto]. destruct (Req_dec (x two) 0) as [Z2|]; [|tauto].
      exfalso. apply N. apply FunctionalExtensionality.functional_extensionality. apply every_coordinate; assumption.
    + assert (x one <> 1 \/ x two <> 1); [|lra].
      destruct (Req_dec (x one) 1) as [Z1|]; [|tauto]. destruct (Req_dec (x two) 1) as [Z2|]; [|tauto].
      exfalso. apply N. apply FunctionalExtensionality.functional_extensionality. apply every_coordinate; assumption.
Qed.

Theorem theorem_6_proof_coefficients :
  forall a1 a2 b1 b2 m M w1 w2 c,
  w1 * a1 + w2 * a2 + c = m -> w1 * b1 + w2 * b2 + c = M -> a1 * b2 - b1 * a2 <> 0 ->
  w1 = (b2 * m - a2 * M + (a2 - b2) * c) / (a1 * b2 - b1 * a2)
  /\ w2 = (- b1 * m + a1 * M + (b1 - a1) * c) / (a1 * b2 - b1 * a2).
Proof. intros a1 a2 b1 b2 m M w1 w2 c <- <- N. split; field; exact N. Qed.

(** f_c for x_min = (0, 1) and x_max = (1, 0). *)
Definition f_c (m M c : R) : square -> R := fun x => (M - c) * x one + (m - c) * x two + c.

Definition theorem_6_proof_only_constraint_printed : Prop :=
  forall m M c, 0 <= m <= M -> M <= 1 -> all_functions square (f_c m M c) ->
  any2 (f_c m M c) (pt 0 1) (pt 1 0) m M.

Theorem theorem_6_proof_only_constraint_refuted : ~ theorem_6_proof_only_constraint_printed.
Proof.
  intros H. destruct (H (1 / 2) (1 / 2) 0) as (_ & _ & _ & _ & B); try lra.
  - intros x Hx. pose proof (Hx one). pose proof (Hx two). unfold f_c. lra.
  - specialize (B (pt 0 0) (pt_inside 0 0 ltac:(lra) ltac:(lra))). unfold f_c in B. simpl in B. lra.
Qed.

Theorem theorem_6_proof_equal_extrema :
  forall d, always (any_selection (hypercube d)) (affine (hypercube d)) (fun a b _ _ => forall j, a j = b j)
    (fun a b m M => m = M /\ is_radius (any_selection (hypercube d)) (affine (hypercube d)) a b m M 0).
Proof.
  intros d f a b m M Hf E.
  assert (N : forall j, ~ free a b j).
  { intros j. unfold free. rewrite (E j). replace (b j - b j) with 0 by ring. rewrite Rabs_R0. lra. }
  split.
  - destruct (proj1 (affine_feasible_iff a b m M) (ex_intro _ f Hf)) as [_ [|(_ & j & F)]];
      [assumption | destruct (N j F)].
  - apply (affine_radius_zero a b m M f Hf). intros (i & _ & _ & F & _). exact (N i F).
Qed.

Lemma equal_extrema_satisfiable :
  forall d, satisfiable (any_selection (hypercube d)) (affine (hypercube d)) (fun a b _ _ => forall j, a j = b j).
Proof.
  intros d. exists (fun _ => 0), (fun _ => 0), (fun _ => 0), 0, 0. split; [|reflexivity].
  apply constant_in_fiber; simpl; intros; lra.
Qed.

Lemma recovered_if (P : condition square) :
  (forall a b m M, inside a -> inside b -> P a b m M ->
    Rabs (a one - b one) <> 1 \/ Rabs (a two - b two) <> 1) ->
  recovered_when any2 aff2 P.
Proof.
  intros H. destruct (affine_recovered 2) as (D & HD & R). exists D. split; [exact HD|].
  intros f a b m M Hf HP. apply R; [exact Hf|].
  destruct (fiber_domain a b m M f Hf) as (Ha & Hb & _).
  destruct (H a b m M Ha Hb HP); [apply not_two_free_first | apply not_two_free_second]; assumption.
Qed.

Definition at_point (p : square) (s t : R) : Prop := p one = s /\ p two = t.

(** Two members for opposite corners. *)
Lemma opposite_not_recovered (P : condition square) (a b : square) :
  inside a -> inside b -> free a b one -> free a b two -> P a b 0 1 -> ~ recovered_when any2 aff2 P.
Proof.
  intros Ha Hb F1 F2 HP. destruct (two_free_apart a b 0 1 one two Ha Hb one_not_two F1 F2) as (Hx & E1 & E2).
  apply (not_recovered_when any2 aff2 P (along a 0 1 one) (along a 0 1 two) a b 0 1 (move a one (b one))); auto.
  - apply member; auto; lra.
  - apply member; auto; lra.
  - rewrite E1, E2. lra.
Qed.

Definition theorem_6_proof_origin_recovered_printed : Prop :=
  recovered_when any2 aff2 (fun a _ _ _ => at_point a 0 0).

Theorem theorem_6_proof_origin_recovered_refuted : ~ theorem_6_proof_origin_recovered_printed.
Proof.
  apply (opposite_not_recovered _ (pt 0 0) (pt 1 1)); try (apply pt_inside; lra); unfold free, at_point; simpl;
    by_cases.
Qed.

Definition origin_and_side : condition square := fun a b _ _ =>
  at_point a 0 0 /\ ~ at_point b 1 1 \/ at_point b 0 0 /\ ~ at_point a 1 1.

Theorem theorem_6_proof_origin_recovered_repaired :
  recovered_when any2 aff2 origin_and_side.
Proof.
  apply recovered_if. intros a b m M Ha Hb H. pose proof (Ha one). pose proof (Ha two). pose proof (Hb one).
  pose proof (Hb two).
  unfold origin_and_side, at_point in H.
  destruct (Req_dec (Rabs (a one - b one)) 1) as [E1|]; [|tauto].
  destruct (Req_dec (Rabs (a two - b two)) 1) as [E2|]; [|tauto].
  exfalso. destruct H as [[[A1 A2] N]|[[B1 B2] N]]; apply N.
  - rewrite A1 in E1. rewrite A2 in E2. split; [revert E1 | revert E2]; by_cases.
  - rewrite B1 in E1. rewrite B2 in E2. split; [revert E1 | revert E2]; by_cases.
Qed.

Lemma origin_and_side_satisfiable : satisfiable any2 aff2 (fun a b m M => origin_and_side a b m M /\ m < M).
Proof.
  exists (along (pt 0 0) 0 1 one), (pt 0 0), (pt 1 0), 0, 1. split.
  - apply member; try (apply pt_inside); try lra. unfold free. simpl. by_cases.
  - unfold origin_and_side, at_point. simpl. lra.
Qed.

Definition theorem_6_proof_maximum_at_origin_recovered_printed : Prop :=
  recovered_when any2 aff2 (fun _ b _ _ => at_point b 0 0).

Theorem theorem_6_proof_maximum_at_origin_recovered_refuted :
  ~ theorem_6_proof_maximum_at_origin_recovered_printed.
Proof.
  apply (opposite_not_recovered _ (pt 1 1) (pt 0 0)); try (apply pt_inside; lra); unfold free, at_point; simpl;
    by_cases.
Qed.

Definition one_one : condition square := fun a b _ _ =>
  at_point a 1 1 /\ (at_point b 1 0 \/ at_point b 0 1) \/ at_point b 1 1 /\ (at_point a 1 0 \/ at_point a 0 1).

Theorem theorem_6_proof_one_one_recovered : recovered_when any2 aff2 one_one.
Proof.
  apply recovered_if. intros a b m M _ _ H. unfold one_one, at_point in H.
  destruct H as [[[-> ->] [[-> ->]|[-> ->]]]|[[-> ->] [[-> ->]|[-> ->]]]];
    [left | right | left | right]; replace (1 - 1) with 0 by ring; rewrite Rabs_R0; lra.
Qed.

Lemma one_one_satisfiable : satisfiable any2 aff2 (fun a b m M => one_one a b m M /\ m < M).
Proof.
  exists (along (pt 1 1) 0 1 two), (pt 1 1), (pt 1 0), 0, 1. split.
  - apply member; try (apply pt_inside); try lra. unfold free. simpl. by_cases.
  - unfold one_one, at_point. simpl. lra.
Qed.

(** The cases that the proof lists, and the two that it says are left. *)
Definition listed : condition square := fun a b m M =>
  (a one = b one /\ a two = b two) \/ at_point a 0 0 \/ at_point b 0 0 \/ one_one a b m M.
Definition left_over : condition square := fun a b _ _ =>
  at_point a 0 1 /\ at_point b 1 0 \/ at_point a 1 0 /\ at_point b 0 1.

Theorem theorem_6_proof_cases :
  always any2 aff2 (fun a b _ _ => corner a /\ corner b) (fun a b m M => listed a b m M \/ left_over a b m M).
Proof.
  intros _ a b m M _ [A B]. unfold listed, left_over, one_one, at_point.
  destruct (A one) as [A1|A1], (A two) as [A2|A2], (B one) as [B1|B1], (B two) as [B2|B2];
    rewrite A1, A2, B1, B2; lra || intuition.
Qed.

Lemma corners_satisfiable : satisfiable any2 aff2 (fun a b m M => (corner a /\ corner b) /\ m < M).
Proof.
  exists (along (pt 0 1) 0 1 one), (pt 0 1), (pt 1 0), 0, 1. split; [exact opposite_corners|]. split; [|lra].
  split; intros j; pattern j; apply every_coordinate; simpl; lra.
Qed.

Theorem theorem_6_proof_pair_1 :
  forall m M, 0 <= m <= M -> M <= 1 ->
  let f1 (x : square) := theorem_6_case_1_f1 0 1 1 0 m M (x one) (x two) in
  let f2 (x : square) := theorem_6_case_1_f2 0 1 1 0 m M (x one) (x two) in
  fiber any2 aff2 (pt 0 1) (pt 1 0) m M f1 /\ fiber any2 aff2 (pt 0 1) (pt 1 0) m M f2
  /\ M - m <= Rabs (f1 (pt 1 1) - f2 (pt 1 1)).
Proof.
  intros m M Hm HM f1 f2.
  assert (Ha := pt_inside 0 1 ltac:(lra) ltac:(lra)). assert (Hb := pt_inside 1 0 ltac:(lra) ltac:(lra)).
  assert (F : free (pt 0 1) (pt 1 0) one /\ free (pt 0 1) (pt 1 0) two) by (unfold free; simpl; split; by_cases).
  split; [|split].
  - apply (fiber_ext _ _ m M (along (pt 0 1) m M one)); [exact (member _ _ m M one Ha Hb Hm HM ltac:(tauto))|].
    intros x Hx. pose proof (Hx one). unfold f1, theorem_6_case_1_f1, along. simpl.
    rewrite (Rabs_right (x one - 0)) by lra. lra.
  - apply (fiber_ext _ _ m M (along (pt 0 1) m M two)); [exact (member _ _ m M two Ha Hb Hm HM ltac:(tauto))|].
    intros x Hx. pose proof (Hx two). unfold f2, theorem_6_case_1_f2, along. simpl.
    rewrite (Rabs_left1 (x two - 1)) by lra. lra.
  - unfold f1, f2, theorem_6_case_1_f1, theorem_6_case_1_f2. simpl. by_cases.
Qed.

Theorem theorem_6_proof_pair_2 :
  forall m M, 0 <= m <= M -> M <= 1 ->
  let f1 (x : square) := theorem_6_case_2_f1 1 0 0 1 m M (x one) (x two) in
  let f2 (x : square) := theorem_6_case_2_f2 1 0 0 1 m M (x one) (x two) in
  fiber any2 aff2 (pt 1 0) (pt 0 1) m M f1 /\ fiber any2 aff2 (pt 1 0) (pt 0 1) m M f2
  /\ M - m <= Rabs (f1 (pt 1 1) - f2 (pt 1 1)).
Proof.
  intros m M Hm HM f1 f2.
  assert (Ha := pt_inside 1 0 ltac:(lra) ltac:(lra)). assert (Hb := pt_inside 0 1 ltac:(lra) ltac:(lra)).
  assert (F : free (pt 1 0) (pt 0 1) one /\ free (pt 1 0) (pt 0 1) two) by (unfold free; simpl; split; by_cases).
  split; [|split].
  - apply (fiber_ext _ _ m M (along (pt 1 0) m M two)); [exact (member _ _ m M two Ha Hb Hm HM ltac:(tauto))|].
    intros x Hx. pose proof (Hx two). unfold f1, theorem_6_case_2_f1, along. simpl.
    rewrite (Rabs_right (x two - 0)) by lra. lra.
  - apply (fiber_ext _ _ m M (along (pt 1 0) m M one)); [exact (member _ _ m M one Ha Hb Hm HM ltac:(tauto))|].
    intros x Hx. pose proof (Hx one). unfold f2, theorem_6_case_2_f2, along. simpl.
    rewrite (Rabs_left1 (x one - 1)) by lra. lra.
  - unfold f1, f2, theorem_6_case_2_f1, theorem_6_case_2_f2. simpl. by_cases.
Qed.

(** ** Remarks 2 and 3 on affine functions *)

(** Remark 2: on unbounded inputs a non-constant affine function has a maximizer. *)
Definition remark_2_maximizer_printed : Prop :=
  forall w1 w2, w1 <> 0 \/ w2 <> 0 -> exists y1 y2, forall x1 x2, w1 * x1 + w2 * x2 <= w1 * y1 + w2 * y2.

Theorem remark_2_maximizer_refuted : ~ remark_2_maximizer_printed.
Proof.
  intros H. destruct (H 1 0 (or_introl R1_neq_R0)) as (y1 & y2 & B). specialize (B (y1 + 1) y2). lra.
Qed.

(** On the ball of radius r the maximizer is r w/||w||, and the only one; n is the Euclidean norm of w. *)
Theorem remark_2_maximizer_repaired :
  forall w1 w2 n r, 0 < n -> 0 < r -> n * n = w1 * w1 + w2 * w2 ->
  let z1 := r * w1 / n in let z2 := r * w2 / n in
  z1 * z1 + z2 * z2 <= r * r
  /\ forall y1 y2, y1 * y1 + y2 * y2 <= r * r ->
     w1 * y1 + w2 * y2 <= w1 * z1 + w2 * z2
     /\ (w1 * y1 + w2 * y2 = w1 * z1 + w2 * z2 -> y1 = z1 /\ y2 = z2).
Proof.
  intros w1 w2 n r Hn Hr E z1 z2.
  assert (W1 : w1 * r = n * z1) by (unfold z1; field; lra). assert (W2 : w2 * r = n * z2) by (unfold z2; field; lra).
  assert (Z : z1 * z1 + z2 * z2 = r * r).
  { apply (Rmult_eq_reg_l (n * n)); [|nra]. transitivity ((n * z1) * (n * z1) + (n * z2) * (n * z2)); [ring|].
    rewrite <- W1, <- W2. transitivity ((w1 * w1 + w2 * w2) * (r * r)); [ring|]. rewrite <- E. ring. }
  split; [lra|]. intros y1 y2 Y.
  (* the distance of y and z: |y - z|^2 = |y|^2 + |z|^2 - 2 y.z, and r w = n z *)
  assert (S : 0 <= (y1 - z1) * (y1 - z1) /\ 0 <= (y2 - z2) * (y2 - z2)) by (split; apply Rle_0_sqr).
  assert (T : 2 * (y1 * z1 + y2 * z2) <= 2 * (r * r)) by lra.
  assert (P : r * (w1 * y1 + w2 * y2) = n * (y1 * z1 + y2 * z2)).
  { transitivity ((w1 * r) * y1 + (w2 * r) * y2); [ring|]. rewrite W1, W2. ring. }
  assert (Q : r * (w1 * z1 + w2 * z2) = n * (r * r)).
  { transitivity ((w1 * r) * z1 + (w2 * r) * z2); [ring|]. rewrite W1, W2, <- Z. ring. }
  split.
  - apply (Rmult_le_reg_l r); [lra|]. rewrite P, Q. apply Rmult_le_compat_l; lra.
  - intros V. assert (U : y1 * z1 + y2 * z2 = r * r).
    { apply (Rmult_eq_reg_l n); [|lra]. rewrite <- P, <- Q, V. reflexivity. }
    assert (D1 : (y1 - z1) * (y1 - z1) = 0) by lra. assert (D2 : (y2 - z2) * (y2 - z2) = 0) by lra.
    apply Rmult_integral in D1. apply Rmult_integral in D2. lra.
Qed.

(** Remark 3: the pair of dimension 1 can be used in any coordinate in which x_min and x_max differ. *)
Definition remark_3_affine_printed : Prop :=
  always any2 aff2 any_phi (fun a b m M => forall j, a j <> b j -> affine_feasible (a j) (b j) m M).

Theorem remark_3_affine_refuted : ~ remark_3_affine_printed.
Proof.
  intros H. assert (F : fiber any2 aff2 (pt 0 0) (pt (1 / 2) 1) 0 1 (along (pt 0 0) 0 1 two)).
  { apply member; try (apply pt_inside); try lra. unfold free. simpl. by_cases. }
  specialize (H _ _ _ _ _ F Logic.I one). unfold affine_feasible in H. simpl in H.
  destruct H as [H|[_ H]]; [lra | lra | revert H; by_cases].
Qed.

Theorem remark_3_affine_repaired :
  forall d, always (any_selection (hypercube d)) (affine (hypercube d)) (fun _ _ m M => m < M)
    (fun a b m M => exists j, affine_feasible (a j) (b j) m M).
Proof.
  intros d f a b m M Hf V.
  destruct (proj1 (affine_feasible_iff a b m M) (ex_intro _ f Hf)) as [_ [E|(_ & j & F)]]; [lra|].
  exists j. right. exact (conj V F).
Qed.

Lemma varying_satisfiable :
  forall n, satisfiable (any_selection (hypercube (S n))) (affine (hypercube (S n))) (fun _ _ m M => m < M).
Proof.
  intros n. exists (along (fun _ => 0) 0 1 Fin.F1), (fun _ => 0), (fun _ => 1), 0, 1. split; [|lra].
  apply along_in_fiber; simpl; intros; try lra. unfold free. by_cases.
Qed.

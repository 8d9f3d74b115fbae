(** Theorem 7: on which side of the middle an affine function of two variables lies (B.3, B.5.9). *)

From Coq Require Import Reals Lra.
From FV Require Import Base Pairs Conditions Lipschitz Affine Theorem6.
Local Open Scope R_scope.

Definition side_bound_printed : quantity square :=
  fun a b m M => theorem_7_bound_printed (a one) (a two) (b one) (b two) m M.
Definition side_bound_repaired : quantity square :=
  fun a b m M => theorem_7_bound_repaired (a one) (a two) (b one) (b two) m M.

Lemma side_bound_repaired_is (a b : square) m M : m <= M -> side_bound_repaired a b m M = affine_side_bound a b m M.
Proof.
  intros H. unfold side_bound_repaired, theorem_7_bound_repaired, affine_side_bound, free_count. simpl. fold one two.
  repeat (destruct Rle_dec || destruct Req_EM_T || destruct Rlt_dec); lra.
Qed.

Definition theorem_7_printed : Prop := side_errs_at_least any2 aff2 side_bound_printed.

(** It fails for a constant. *)
Theorem theorem_7_refuted : ~ theorem_7_printed.
Proof.
  intros H.
  assert (F : fiber any2 aff2 (pt 0 1) (pt 0 1) 0 0 (fun _ => 0))
    by (apply constant_in_fiber; try apply pt_inside; lra).
  destruct (H (fun _ _ _ _ _ => 0) _ _ _ _ _ F) as (f' & [_ (_ & _ & _ & _ & B)] & E).
  destruct (E 0) as (x & Hx & L).
  - unfold side_bound_printed, theorem_7_bound_printed. simpl. by_cases.
  - specialize (B x Hx). revert L. unfold above. replace (f' x) with 0 by lra. destruct Rlt_dec; by_cases.
Qed.

(** And for a function that is not constant: without constants it would still be false. *)
Definition theorem_7_printed_without_constants : Prop :=
  side_errs_at_least_when any2 aff2 (fun _ _ m M => m < M) side_bound_printed.

Theorem theorem_7_without_constants_refuted : ~ theorem_7_printed_without_constants.
Proof.
  intros H. destruct (affine_side_errs_at_most 2) as (D & _ & R).
  destruct (H D _ _ _ _ _ corner_and_side ltac:(lra)) as (f' & F & E).
  specialize (R f' _ _ _ _ F). destruct (E 0) as (x & Hx & L).
  - unfold side_bound_printed, theorem_7_bound_printed. simpl. by_cases.
  - specialize (R x Hx). rewrite <- side_bound_repaired_is in R by lra. revert R.
    unfold side_bound_repaired, theorem_7_bound_repaired. simpl. by_cases.
Qed.

Theorem theorem_7_sharp : side_best_possible any2 aff2 side_bound_repaired.
Proof.
  apply (side_best_possible_ext _ _ affine_side_bound); [|exact (affine_side_best_possible 2)].
  intros f a b m M Hf. destruct (fiber_domain a b m M f Hf) as (_ & _ & Hm & _).
  symmetry. apply side_bound_repaired_is, Hm.
Qed.

Theorem theorem_7_repaired : side_errs_at_least any2 aff2 side_bound_repaired.
Proof. apply theorem_7_sharp. Qed.

(** In every dimension. *)
Theorem theorem_7_every_dimension :
  forall d, side_best_possible (any_selection (hypercube d)) (affine (hypercube d)) affine_side_bound.
Proof. exact affine_side_best_possible. Qed.

(** The bound of the solvers. *)
Lemma side_hidden_iff (a b : square) m M : m <= M ->
  (affine_d2_side_hidden (a one) (a two) (b one) (b two) m M <-> side_bound_repaired a b m M = 1).
Proof.
  intros H. unfold affine_d2_side_hidden, side_bound_repaired, theorem_7_bound_repaired.
  repeat destruct Rle_dec; lra.
Qed.

Lemma theorem_7_satisfiable : satisfiable any2 aff2 (fun a b m M => side_bound_repaired a b m M = 1).
Proof.
  exists (along (pt 0 1) 0 1 one), (pt 0 1), (pt 1 0), 0, 1. split; [exact opposite_corners|].
  unfold side_bound_repaired, theorem_7_bound_repaired. simpl. by_cases.
Qed.

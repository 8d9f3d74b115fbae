(** Proposition 1: the constant decoder, and that nothing better is possible on all functions. *)

From Coq Require Import Reals Lra Classical.
From FV Require Import Base Lift Ramp Theorem1.
Local Open Scope R_scope.

(** The decoder with the constant value (f_min + f_max)/2 has error <= (f_max - f_min)/2 on every f. *)
Theorem proposition_1 (I : domain) : cube I -> errs_at_most (any_selection I) (all_functions I) half_spread.
Proof. intros _. apply errs_at_most_half_spread. apply any_selection_selects. Qed.

(** It is the constant decoder that does. *)
Theorem proposition_1_constant_decoder (I : domain) (f : I -> R) a b m M :
  any_selection I f a b m M -> error_at_most f (fun _ => middle m M) ((M - m) / 2).
Proof.
  intros H. apply (constant_decoder_error (any_selection I) (fun _ => True) (any_selection_selects I) a b).
  split; [exact Logic.I | exact H].
Qed.

(** The best possible bound is (f_max - f_min)/2. *)
Theorem proposition_1_sharp (I : domain) : cube I -> radius_is (any_selection I) (all_functions I) half_spread.
Proof.
  intros HI. apply radius_from_bounds.
  - apply any_selection_selects.
  - exact (proposition_1 I HI).
  - exact (theorem_1_all I HI).
Qed.

(** Table 1 with exact answers, for Lipschitz, affine and constant functions. *)

From Coq Require Import Reals Lra.
From FV Require Import Base Pairs Conditions Ties Table1.
From FV Require Import Lipschitz Theorem4 Theorem5 Affine Theorem6 Theorem8 Conventions.
Local Open Scope R_scope.

(** The best error is c; f(x) can be predicted exactly where [exact], and the side of m_f where [side]. *)
Definition exact_row {I : domain} (Phi : convention I) (G : function_class I) (c : quantity I)
  (exact side : condition I) : Prop :=
  radius_is Phi G c
  /\ forall f a b m M, fiber Phi G a b m M f ->
     (exactly_predicted Phi G a b m M <-> exact a b m M) /\ (side_told Phi G a b m M <-> side a b m M).

Section Row.
Context {I : domain} (Phi : convention I) (Hsel : selects Phi) (G : function_class I).

Lemma radius_nonnegative a b m M r f : fiber Phi G a b m M f -> is_radius Phi G a b m M r -> 0 <= r.
Proof.
  intros Hf [Up _]. pose proof (proj1 (Hsel _ _ _ _ _ (proj2 Hf))) as Ha.
  assert (B : Rabs (f a - f a) <= 2 * r) by (apply Up; exists f, f, a; auto).
  pose proof (Rabs_pos (f a - f a)). lra.
Qed.

Lemma exactly_predicted_iff a b m M r f :
  fiber Phi G a b m M f -> is_radius Phi G a b m M r -> (exactly_predicted Phi G a b m M <-> r = 0).
Proof.
  intros Hf Hr. pose proof (radius_nonnegative a b m M r f Hf Hr) as Pos. split.
  - intros (g & Hg). destruct (Req_dec r 0) as [|N]; [assumption|].
    destruct (no_decoder_beats_the_radius Phi G a b m M r g 0 Hr ltac:(lra)) as (f' & x & Hf' & Hx & E).
    specialize (Hg f' Hf' x Hx). lra.
  - intros ->. exists (central_decoder Phi G Hsel a b m M). intros f' Hf'.
    exact (central_decoder_error Phi G Hsel a b m M 0 f' Hr Hf').
Qed.

Lemma side_told_iff c a b m M f : side_best_possible Phi G c -> fiber Phi G a b m M f ->
  c a b m M = 0 \/ c a b m M = 1 -> (side_told Phi G a b m M <-> c a b m M = 0).
Proof.
  intros [Low (D & _ & Up)] Hf Hc. split.
  - intros (g & Hg). destruct Hc as [|Hc]; [assumption|].
    destruct (Low (fun _ _ _ _ => g) f a b m M Hf) as (f' & Hf' & E). rewrite Hc in E.
    destruct (E 0 ltac:(lra)) as (x & Hx & E'). specialize (Hg f' Hf' x Hx). lra.
  - intros Z. exists (D a b m M). intros f' Hf'. rewrite <- Z. exact (Up f' a b m M Hf').
Qed.

End Row.

(** *** Lipschitz, d = 1 *)

Definition steepest (L : R) : condition interval := fun a b m M => m = M \/ Rabs (b - a) = 1 /\ M - m = L.

Definition lipschitz_side (L : R) : condition interval := fun a b m M =>
  m = M \/ (L * Rabs (b - a) = M - m
            /\ L * room_beyond a b <= (M - m) / 2 /\ L * (if Rlt_dec a b then 1 - b else b) < (M - m) / 2).

Theorem table_1_lipschitz : forall Phi, selects Phi -> inherits Phi -> forall L, 0 < L ->
  exact_row Phi (lip L) (bound_sharp L) (steepest L) (lipschitz_side L).
Proof.
  intros Phi Hsel Hin L HL. pose proof (proj1 (theorem_4_radius_under Phi Hsel Hin L HL)) as R.
  split; [exact R|]. intros f a b m M Hf. pose proof (fiber_any Phi Hsel _ a b m M f Hf) as Af. split.
  - pose proof (R f a b m M Hf) as Hr. rewrite (exactly_predicted_iff Phi Hsel _ a b m M _ f Hf Hr).
    pose proof (theorem_4_remark_zero_sharp_under Phi Hsel Hin L HL f a b m M Hf Logic.I) as Z.
    unfold steepest. rewrite <- Z. split.
    + intros E. rewrite <- E. exact Hr.
    + intros Hz. exact (is_radius_unique _ _ a b m M _ _ Hr Hz).
  - assert (C : side_bound L a b m M = 0 \/ side_bound L a b m M = 1)
      by (unfold side_bound; destruct hidden_dec; auto).
    rewrite (side_told_iff Phi _ (side_bound L) a b m M f (theorem_5_sharp_under Phi Hsel Hin L HL) Hf C).
    destruct (fiber_facts L a b m M f HL Af) as (_ & _ & Hm & _ & E). rewrite Rabs_minus_sym in E.
    unfold side_bound, lipschitz_side. destruct (hidden_dec L a b m M) as [H|N]; unfold hidden in *.
    + split; [intros; lra|]. destruct H as [V H]. intros [Z|Z]; lra.
    + split; [|intros; reflexivity]. intros _. destruct (Req_dec m M) as [|V]; [left; assumption | right].
      destruct (Req_dec (L * Rabs (b - a)) (M - m)) as [G|G]; [|exfalso; apply N; lra].
      split; [exact G|]. split; [apply Rnot_lt_le | apply Rnot_le_lt]; intros B; apply N; (split; [lra | tauto]).
Qed.

(** *** Affine functions of several variables: every d *)

Definition not_opposite {d} : condition (hypercube d) := fun a b m M => m = M \/ ~ two_free a b.

Theorem table_1_affine : forall d (Phi : convention (hypercube d)), selects Phi -> inherits Phi ->
  exact_row Phi (affine (hypercube d)) affine_bound not_opposite not_opposite.
Proof.
  intros d Phi Hsel Hin. pose proof (affine_radius_under Phi Hsel Hin) as R. split; [exact R|]. intros f a b m M Hf.
  destruct (fiber_domain a b m M f (fiber_any Phi Hsel _ a b m M f Hf)) as (_ & _ & Hm & _).
  pose proof (two_free_iff a b) as T. split.
  - rewrite (exactly_predicted_iff Phi Hsel _ a b m M _ f Hf (R f a b m M Hf)). unfold affine_bound, not_opposite.
    destruct (Rle_dec 2 (free_count a b)) as [H|H]; rewrite T in H; [|tauto]. split.
    + intros E. left. lra.
    + intros [E|E]; [lra | tauto].
  - assert (C : affine_side_bound a b m M = 0 \/ affine_side_bound a b m M = 1)
      by (unfold affine_side_bound; destruct Rle_dec; [destruct Rlt_dec|]; auto).
    rewrite (side_told_iff Phi _ affine_side_bound a b m M f (affine_side_under Phi Hsel Hin) Hf C).
    unfold affine_side_bound, not_opposite.
    destruct (Rle_dec 2 (free_count a b)) as [H|H]; rewrite T in H; [|tauto].
    destruct (Rlt_dec m M); split.
    + intros E. lra.
    + intros [E|E]; [lra | tauto].
    + intros _. left. lra.
    + reflexivity.
Qed.

(** *** Affine functions of one variable, and constants *)

Lemma recovered_row {I : domain} (Phi : convention I) (G : function_class I) :
  selects Phi -> errs_at_most Phi G (fun _ _ _ _ => 0) -> exact_row Phi G (fun _ _ _ _ => 0) any_phi any_phi.
Proof.
  intros Hsel (D & _ & H).
  assert (Same : forall f a b m M, fiber Phi G a b m M f -> forall x, inside x -> f x = D a b m M x).
  { intros f a b m M Hf x Hx. specialize (H f a b m M Hf x Hx). cbv beta in H. revert H. by_cases. }
  split.
  - intros f a b m M Hf. pose proof (proj1 (Hsel _ _ _ _ _ (proj2 Hf))) as Ha.
    apply (is_radius_intro Phi G a b m M 0 f f a); auto.
    + rewrite Rminus_diag_eq by reflexivity. rewrite Rabs_R0. ring.
    + intros g1 g2 y H1 H2 Hy. rewrite (Same g1 a b m M H1 y Hy), (Same g2 a b m M H2 y Hy).
      rewrite Rminus_diag_eq by reflexivity. rewrite Rabs_R0. lra.
  - intros f a b m M _. split; (split; [intros; exact Logic.I | intros _]); exists (D a b m M).
    + intros f' Hf'. exact (H f' a b m M Hf').
    + intros f' Hf' x Hx. unfold above. rewrite (Same f' a b m M Hf' x Hx).
      rewrite Rminus_diag_eq by reflexivity. rewrite Rabs_R0. lra.
Qed.

Theorem table_1_affine_in_one_variable : forall Phi, selects Phi ->
  exact_row Phi aff (fun _ _ _ _ => 0) any_phi any_phi.
Proof. intros Phi Hsel. exact (recovered_row Phi aff Hsel (theorem_8_affine Phi Hsel)). Qed.

Theorem table_1_constant : forall I, cube I -> forall Phi : convention I, selects Phi ->
  exact_row Phi (constant I) (fun _ _ _ _ => 0) any_phi any_phi.
Proof. intros I HI Phi Hsel. exact (recovered_row Phi (constant I) Hsel (theorem_8_constant I HI Phi Hsel)). Qed.

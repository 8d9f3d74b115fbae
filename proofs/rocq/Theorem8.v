(** Theorem 8: what can be recovered exactly (B.4, B.5.10). *)

From Coq Require Import Reals Lra List.
From Coq Require Fin.
From FV Require Import Base Pairs Conditions Lipschitz Affine.
Local Open Scope R_scope.

Notation any := (any_selection interval).
Notation aff := (affine interval).

Lemma affine_interval_iff (f : interval -> R) :
  aff f <-> all_functions interval f /\ exists w c, forall x, 0 <= x <= 1 -> f x = w * x + c.
Proof.
  split; intros [A H]; (split; [exact A|]).
  - destruct H as (g & (w & c & G) & H). destruct w as [|w ws].
    + exists 0, c. intros x Hx. rewrite (H x Hx), G. simpl. ring.
    + exists w, c. intros x Hx. rewrite (H x Hx), G. destruct ws; simpl; ring.
  - destruct H as (w & c & H). exists (fun x => w * x + c). split; [|exact H].
    exists (w :: nil), c. intros x. simpl. ring.
Qed.

(** ** The theorem *)

(** The decoder of the proof, cut off at 0 and 1, and f_min where x_min = x_max. *)
Definition line_decoder : decoder interval := fun a b m M x =>
  if Req_EM_T a b then m else Rmin 1 (Rmax 0 (theorem_8_decoder a b m M x)).

Lemma line_decoder_legal : legal line_decoder.
Proof.
  intros a b m M _ _ Hm _ x _. unfold line_decoder. destruct (Req_EM_T a b); [exact Hm|].
  set (t := theorem_8_decoder a b m M x). by_cases.
Qed.

Theorem theorem_8_proof_decoder :
  forall a b m M w c x, b - a <> 0 -> w * a + c = m -> w * b + c = M -> theorem_8_decoder a b m M x = w * x + c.
Proof. intros a b m M w c x N <- <-. unfold theorem_8_decoder. field. exact N. Qed.

(** Under every convention. *)
Theorem theorem_8_affine_decoder :
  forall Phi, selects Phi -> forall f a b m M, fiber Phi aff a b m M f ->
  forall x, 0 <= x <= 1 -> line_decoder a b m M x = f x.
Proof.
  intros Phi S f a b m M [Hf HP] x Hx. apply S in HP. destruct HP as (Ha & Hb & fa & fb & B).
  apply affine_interval_iff in Hf. destruct Hf as [A (w & c & E)].
  pose proof (B x Hx) as Bx. pose proof (A x Hx) as Ax. unfold line_decoder. destruct (Req_EM_T a b) as [Q|N].
  - subst b. lra.
  - rewrite (theorem_8_proof_decoder a b m M w c x); [|lra|rewrite <- fa, E; auto|rewrite <- fb, E; auto].
    rewrite <- (E x Hx). by_cases.
Qed.

Theorem theorem_8_affine : forall Phi, selects Phi -> errs_at_most Phi aff (fun _ _ _ _ => 0).
Proof.
  intros Phi S. exists line_decoder. split; [exact line_decoder_legal|].
  intros f a b m M Hf x Hx. rewrite (theorem_8_affine_decoder Phi S f a b m M Hf x Hx).
  replace (f x - f x) with 0 by ring. rewrite Rabs_R0. lra.
Qed.

Theorem theorem_8_constant :
  forall I, cube I -> forall Phi : convention I, selects Phi -> errs_at_most Phi (constant I) (fun _ _ _ _ => 0).
Proof.
  intros I _ Phi S. exists (fun _ _ m _ _ => m). split; [intros a b m M _ _ Hm _ x _; exact Hm|].
  intros f a b m M [[_ C] HP] x Hx. apply S in HP. destruct HP as (Ha & _ & fa & _).
  rewrite (C x a Hx Ha), fa. replace (m - m) with 0 by ring. rewrite Rabs_R0. lra.
Qed.

(** As printed: for both classes. *)
Theorem theorem_8 :
  errs_at_most any aff (fun _ _ _ _ => 0)
  /\ forall I, cube I -> errs_at_most (any_selection I) (constant I) (fun _ _ _ _ => 0).
Proof.
  split; [exact (theorem_8_affine any (any_selection_selects interval))|].
  intros I HI. exact (theorem_8_constant I HI _ (any_selection_selects I)).
Qed.

(** The radius is 0; no decoder has an error to lose. *)
Theorem theorem_8_radius : radius_is any aff (fun a b m M => affine_radius a b m M).
Proof.
  intros f a b m M Hf. assert (S := any_selection_selects interval).
  assert (Q : forall g1 g2 x, fiber any aff a b m M g1 -> fiber any aff a b m M g2 -> inside x ->
    Rabs (g1 x - g2 x) = 0).
  { intros g1 g2 x H1 H2 Hx. rewrite <- (theorem_8_affine_decoder any S g1 a b m M H1 x Hx).
    rewrite <- (theorem_8_affine_decoder any S g2 a b m M H2 x Hx). replace (_ - _) with 0 by ring. apply Rabs_R0. }
  destruct Hf as [Hf (Ha & Hp)]. assert (Hf' : fiber any aff a b m M f) by (split; [exact Hf | exact (conj Ha Hp)]).
  unfold affine_radius. apply (is_radius_intro any aff a b m M _ f f a); auto.
  - rewrite (Q f f a); auto. lra.
  - intros g1 g2 y H1 H2 Hy. rewrite (Q g1 g2 y); auto. lra.
Qed.

(** ** Which Φ a function of the class can have, as the solvers have it *)

Theorem affine_interval_fiber :
  forall a b m M, 0 <= a <= 1 -> 0 <= b <= 1 -> 0 <= m <= M -> M <= 1 ->
  ((exists f, fiber any aff a b m M f) <-> affine_feasible a b m M)
  /\ (m < M -> affine_feasible a b m M -> fiber any aff a b m M (affine_member_coordinate_0_upper a b m M)).
Proof.
  intros a b m M Ha Hb Hm HM.
  assert (Mem : m < M -> Rabs (a - b) = 1 -> fiber any aff a b m M (affine_member_coordinate_0_upper a b m M)).
  { intros V E. unfold affine_member_coordinate_0_upper.
    assert (K : a = 0 /\ b = 1 \/ a = 1 /\ b = 0) by (revert E; by_cases).
    split; [apply affine_interval_iff; split|].
    - intros x Hx. simpl in Hx. destruct K as [[-> ->]|[-> ->]]; nra.
    - exists ((M - m) * (1 - 2 * a)), (m + (M - m) * a). intros x _. ring.
    - unfold any_selection. simpl. split; [exact Ha|]. split; [exact Hb|].
      destruct K as [[-> ->]|[-> ->]]; (split; [ring | split; [ring | intros x Hx; nra]]). }
  unfold affine_feasible. split; [split|].
  - intros (f & Hf & (_ & _ & fa & fb & B)). apply affine_interval_iff in Hf. destruct Hf as [_ (w & c & E)].
    destruct (Req_dec m M) as [|N]; [tauto | right]. split; [lra|].
    pose proof (B 0 ltac:(simpl; lra)) as B0. pose proof (B 1 ltac:(simpl; lra)) as B1.
    rewrite E in B0, B1, fa, fb by lra.
    assert (K : a = 0 /\ b = 1 \/ a = 1 /\ b = 0); [|destruct K as [[-> ->]|[-> ->]]; by_cases].
    destruct (Rlt_dec 0 w) as [W|W].
    + left. split; nra.
    + right. assert (w < 0) by (destruct (Req_dec w 0) as [Z|]; [subst w; lra | lra]). split; nra.
  - intros [[E _]|[V E]].
    + subst M. exists (fun _ => m). split; [apply affine_interval_iff; split|].
      * intros x _. lra.
      * exists 0, m. intros x _. ring.
      * unfold any_selection. simpl. split; [exact Ha|]. split; [exact Hb|]. split; [reflexivity|].
        split; [reflexivity|]. intros; lra.
    + exists (affine_member_coordinate_0_upper a b m M). exact (Mem V E).
  - intros V [[E _]|[_ E]]; [lra | exact (Mem V E)].
Qed.

(** ** a_f and b_f (B.5.10) *)

Definition theorem_8_proof_defined_printed : Prop := always any aff any_phi (fun a b _ _ => a <> b).

Lemma constant_function_affine c a : 0 <= c <= 1 -> 0 <= a <= 1 -> fiber any aff a a c c (fun _ => c).
Proof.
  intros Hc Ha. split; [apply affine_interval_iff; split|].
  - intros x _. exact Hc.
  - exists 0, c. intros x _. ring.
  - unfold any_selection. simpl. repeat split; lra.
Qed.

Theorem theorem_8_proof_defined_refuted : ~ theorem_8_proof_defined_printed.
Proof. intros H. exact (H _ _ _ _ _ (constant_function_affine 0 0 ltac:(lra) ltac:(lra)) Logic.I eq_refl). Qed.

Theorem theorem_8_proof_defined_repaired : always any aff (fun _ _ m M => m < M) (fun a b _ _ => a <> b).
Proof. intros f a b m M [_ (_ & _ & fa & fb & _)] V E. subst b. lra. Qed.

Lemma theorem_8_satisfiable : satisfiable any aff (fun _ _ m M => m < M).
Proof.
  exists (affine_member_coordinate_0_upper 0 1 0 1), 0, 1, 0, 1. split; [|lra].
  apply affine_interval_fiber; try lra. right. split; [lra | by_cases].
Qed.

Lemma theorem_8_constant_satisfiable : forall I, cube I ->
  exists f a b m M, fiber (any_selection I) (constant I) a b m M f.
Proof.
  intros I HI. destruct (inside_exists HI) as (a & Ha). exists (fun _ => 0), a, a, 0, 0. split; [split|].
  - intros x _. lra.
  - reflexivity.
  - split; [exact Ha|]. split; [exact Ha|]. split; [reflexivity|]. split; [reflexivity|]. intros; lra.
Qed.

(** The class of functions of a point with one coordinate is the same: it too is recovered. *)
Theorem theorem_8_affine_cube :
  errs_at_most (any_selection (hypercube 1)) (affine (hypercube 1)) (fun _ _ _ _ => 0).
Proof.
  destruct (affine_recovered 1) as (D & HD & H). exists D. split; [exact HD|]. intros f a b m M Hf.
  apply H; [exact Hf|]. intros (i & k & N & _). apply N.
  assert (U : forall j : Fin.t 1, j = Fin.F1)
    by (intros j; apply (Fin.caseS' j); [reflexivity | intros l; inversion l]).
  rewrite (U i), (U k). reflexivity.
Qed.

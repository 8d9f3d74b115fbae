(** Theorem 5: on which side of the middle a Lipschitz function lies (B.3, B.5.7). *)

From Coq Require Import Reals Lra.
From FV Require Import Base Pairs Conditions Lipschitz Theorem4.
Local Open Scope R_scope.

(** ** As printed, every dimension *)

Theorem theorem_5 :
  forall I, cube I -> forall L, 0 < L ->
  side_errs_at_least_when (any_selection I) (lipschitz I L) (gentle L) varies.
Proof.
  intros I HI L HL D f a b m M Hf H. destruct (norm_or_empty I HI) as [(d & N) | E].
  - assert (F := fiber_feasible d N L HL a b m M f Hf). apply (proj1 (gentle_iff d L a b m M N HL)) in H.
    unfold varies. destruct (Req_EM_T m M) as [|V].
    + exists f. split; [exact Hf|]. apply error_at_least_trivial with a; [apply F | lra].
    + destruct (envelopes_halfway d N L a b m M F H) as [U W]. assert (F' := F). destruct F' as (Ha & Hb & Hm & _).
      apply (side_lemma (any_selection I) (lipschitz I L) a b m M (upper d L a b m M) (lower d L a b m M)
        _ (mix (1 / 2) a b)).
      * exact (upper_in_fiber d N L HL a b m M F).
      * exact (lower_in_fiber d N L HL a b m M F).
      * exact (middle_inside d N a b Ha Hb).
      * rewrite U. unfold middle. lra.
      * rewrite W. unfold middle. lra.
  - destruct Hf as [Hf _]. destruct (E L f HL Hf).
Qed.

Theorem theorem_5_d1 :
  forall L, 0 < L -> side_errs_at_least_when any (lip L) (first_condition L) varies.
Proof.
  intros L HL D f a b m M Hf H. apply (theorem_5 interval cube_interval L HL D f a b m M Hf).
  apply (gentle_iff _ L a b m M interval_sup_norm HL). unfold interval_distance.
  rewrite Rabs_minus_sym. exact H.
Qed.

(** ** The exact answer in dimension 1 *)

(** The room beyond x_min: what of [0, 1] lies on the side of x_min that x_max is not on. *)
Definition room_beyond (a b : R) : R := if Rlt_dec a b then a else 1 - a.

(** The side is hidden: the condition of the sharp statement. *)
Definition hidden (L a b m M : R) : Prop :=
  m < M /\ (M - m < L * Rabs (b - a)
            \/ (M - m) / 2 < L * room_beyond a b \/ (M - m) / 2 <= L * (if Rlt_dec a b then 1 - b else b)).

Lemma hidden_iff_side_hidden L a b m M : 0 < L ->
  0 <= a <= 1 -> 0 <= b <= 1 -> M - m <= L * Rabs (a - b) ->
  (hidden L a b m M <-> lipschitz_side_hidden a b m M L).
Proof.
  intros HL Ha Hb E. unfold hidden, lipschitz_side_hidden, room_beyond. rewrite (Rabs_minus_sym b a).
  destruct (Rlt_dec a b) as [ab|ba].
  - rewrite Rabs_left in * by lra. split; (intros [V H]; split; [exact V|]); nra.
  - rewrite Rabs_right in * by lra. split; (intros [V H]; split; [exact V|]); nra.
Qed.

Lemma hidden_dec L a b m M : {hidden L a b m M} + {~ hidden L a b m M}.
Proof.
  unfold hidden.
  destruct (Rlt_dec m M); [|right; tauto].
  destruct (Rlt_dec (M - m) (L * Rabs (b - a))); [left; tauto|].
  destruct (Rlt_dec ((M - m) / 2) (L * room_beyond a b)); [left; tauto|].
  destruct (Rle_dec ((M - m) / 2) (L * (if Rlt_dec a b then 1 - b else b))); [left | right]; tauto.
Qed.

(** 1 where the side is hidden. *)
Definition side_bound (L : R) : quantity interval := fun a b m M => if hidden_dec L a b m M then 1 else 0.

(** The side is hidden exactly if some x has room for both sides. *)
Lemma hidden_point L a b m M : 0 < L -> 0 <= a <= 1 -> 0 <= b <= 1 ->
  lipschitz_side_hidden a b m M L ->
  exists x, 0 <= x <= 1 /\ (M - m) / 2 < L * Rabs (x - a) /\ (M - m) / 2 <= L * Rabs (x - b).
Proof.
  intros HL Ha Hb [_ [[P Q]|[[P Q]|P]]].
  - exists 0. rewrite !Rabs_left1 by lra. lra.
  - exists 1. rewrite !Rabs_right by lra. lra.
  - exists ((a + b) / 2). split; [lra|].
    replace (Rabs ((a + b) / 2 - a)) with (Rabs (a - b) / 2) by by_cases.
    replace (Rabs ((a + b) / 2 - b)) with (Rabs (a - b) / 2) by by_cases. lra.
Qed.

Lemma no_hidden_point L a b m M x : 0 < L -> 0 <= a <= 1 -> 0 <= b <= 1 -> m < M ->
  ~ lipschitz_side_hidden a b m M L -> 0 <= x <= 1 ->
  L * Rabs (x - a) <= (M - m) / 2 \/ L * Rabs (x - b) < (M - m) / 2.
Proof.
  intros HL Ha Hb V H Hx.
  destruct (Rle_lt_dec (L * Rabs (x - a)) ((M - m) / 2)) as [|P]; [tauto|].
  destruct (Rlt_le_dec (L * Rabs (x - b)) ((M - m) / 2)) as [|Q]; [tauto | exfalso].
  apply H. unfold lipschitz_side_hidden. split; [exact V|].
  destruct (Rle_dec x a); destruct (Rle_dec x b).
  - left. rewrite Rabs_left1 in P, Q by lra. nra.
  - right; right. rewrite (Rabs_right (a - b)) by lra. rewrite Rabs_left1 in P by lra. rewrite Rabs_right in Q by lra.
    lra.
  - right; right. rewrite (Rabs_left1 (a - b)) by lra. rewrite Rabs_right in P by lra. rewrite Rabs_left1 in Q by lra.
    lra.
  - right; left. rewrite Rabs_right in P, Q by lra. nra.
Qed.

Theorem theorem_5_sharp_lower : forall L, 0 < L -> side_errs_at_least any (lip L) (side_bound L).
Proof.
  intros L HL D f a b m M Hf. assert (F := fiber_facts L a b m M f HL Hf). destruct F as (Ha & Hb & Hm & HM & E).
  unfold side_bound. destruct (hidden_dec L a b m M) as [H|_].
  - assert (V := proj1 H). apply hidden_iff_side_hidden in H; auto.
    destruct (hidden_point L a b m M HL Ha Hb H) as (x & Hx & P & Q).
    assert (F : lipschitz_feasible a b m M L) by (right; tauto).
    destruct (proj2 (lipschitz_fiber L HL a b m M Ha Hb Hm HM) F) as (U & W & _).
    apply (side_lemma any (lip L) a b m M _ _ _ x _ U W Hx); unfold lipschitz_upper, lipschitz_lower, middle.
    + apply Rmin_glb_lt; lra.
    + apply Rmax_lub; lra.
  - exists f. split; [exact Hf|]. apply error_at_least_trivial with a; [exact Ha | lra].
Qed.

(** The decoder lipschitz_upper is right wherever any is. *)
Theorem theorem_5_sharp_upper : forall L, 0 < L -> side_errs_at_most any (lip L) (side_bound L).
Proof.
  intros L HL. exists (fun a b m M => lipschitz_upper a b m M L). split.
  - intros a b m M _ _ Hm HM x _. unfold lipschitz_upper.
    assert (0 <= L * Rabs (x - a)) by (pose proof (Rabs_pos (x - a)); nra).
    set (t := L * Rabs (x - a)) in *. by_cases.
  - intros f a b m M Hf x Hx. assert (F := fiber_facts L a b m M f HL Hf). destruct F as (Ha & Hb & Hm & HM & E).
    unfold side_bound. destruct (hidden_dec L a b m M) as [_|N].
    + unfold above. repeat destruct Rlt_dec; by_cases.
    + assert (B : lipschitz_lower a b m M L x <= f x <= lipschitz_upper a b m M L x).
      { apply (fiber_between _ interval_sup_norm L HL a b m M f x Hf Hx). }
      assert (T : lipschitz_upper a b m M L x <= middle m M \/ middle m M < lipschitz_lower a b m M L x).
      { unfold middle. destruct (Req_dec m M) as [->|V].
        - left. unfold lipschitz_upper. pose proof (Rmin_l M (M + L * Rabs (x - a))). lra.
        - assert (N' : ~ lipschitz_side_hidden a b m M L) by (intros H; apply N, hidden_iff_side_hidden; auto).
          destruct (no_hidden_point L a b m M x HL Ha Hb ltac:(lra) N' Hx).
          + left. unfold lipschitz_upper. apply Rle_trans with (1 := Rmin_r _ _). lra.
          + right. unfold lipschitz_lower. apply Rlt_le_trans with (2 := Rmax_r _ _). lra. }
      unfold above. repeat destruct Rlt_dec; by_cases.
Qed.

Theorem theorem_5_sharp : forall L, 0 < L -> side_best_possible any (lip L) (side_bound L).
Proof. intros L HL. exact (conj (theorem_5_sharp_lower L HL) (theorem_5_sharp_upper L HL)). Qed.

(** Some non-constant function has a hidden side, and some has none. *)
Lemma hidden_satisfiable :
  satisfiable any (lip 1) (hidden 1)
  /\ satisfiable any (lip 1) (fun a b m M => m < M /\ ~ hidden 1 a b m M).
Proof.
  split.
  - exists (lipschitz_upper 0 1 0 (1 / 2) 1), 0, 1, 0, (1 / 2). split; [apply fiber_of; by_cases|].
    unfold hidden. split; [lra | left; by_cases].
  - exists (lipschitz_upper 0 1 0 1 1), 0, 1, 0, 1. split; [apply fiber_of; by_cases|].
    split; [lra|]. unfold hidden, room_beyond. destruct (Rlt_dec 0 1); [|lra].
    intros [_ [H|[H|H]]]; revert H; by_cases.
Qed.

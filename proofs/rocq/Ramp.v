(** Ramps: constant, then affine, then constant. Every pair of the proofs of Theorem 1, 2 and 3 is made of them. *)

From Coq Require Import Reals Lra.
From FV Require Import Base Lift Pairs.
Local Open Scope R_scope.

(** u up to p, v from q on, affine between. *)
Definition ramp (p q u v x : R) : R :=
  if Rle_dec x p then u else if Rle_dec x q then u + (v - u) / (q - p) * (x - p) else v.

(** (v - u)/(q - p) as a number s with s (q - p) = v - u. *)
Ltac name_slope s H :=
  match goal with
  | |- context [?n / (?q - ?p)] =>
      let D := fresh "D" in
      assert (D : q - p <> 0) by lra;
      assert (H : n / (q - p) * (q - p) = n) by (field; exact D);
      set (s := n / (q - p)) in *; clearbody s; clear D
  end.

Section Ramp.
Context (p q u v : R) (Hpq : p < q).

Lemma ramp_left x : x <= p -> ramp p q u v x = u.
Proof. intros H. unfold ramp. destruct Rle_dec; lra. Qed.

Lemma ramp_right x : q <= x -> ramp p q u v x = v.
Proof.
  intros H. unfold ramp. destruct Rle_dec; [lra|]. destruct Rle_dec; [|reflexivity].
  replace x with q by lra. field. lra.
Qed.

Lemma ramp_up_range x : u <= v -> u <= ramp p q u v x <= v.
Proof.
  intros H. unfold ramp. destruct Rle_dec; [lra|]. destruct Rle_dec; [|lra]. name_slope s Hs. split; nra.
Qed.

Lemma ramp_down_range x : v <= u -> v <= ramp p q u v x <= u.
Proof.
  intros H. unfold ramp. destruct Rle_dec; [lra|]. destruct Rle_dec; [|lra]. name_slope s Hs. split; nra.
Qed.

Lemma ramp_up_order x y : u <= v -> x <= y -> ramp p q u v x <= ramp p q u v y.
Proof.
  intros H Hxy. pose proof (ramp_up_range x H). pose proof (ramp_up_range y H). revert H0 H1.
  unfold ramp. repeat destruct Rle_dec; try lra. intros _ _.
  name_slope s Hs. assert (0 <= s) by nra. nra.
Qed.

Lemma ramp_down_order x y : v <= u -> x <= y -> ramp p q u v y <= ramp p q u v x.
Proof.
  intros H Hxy. pose proof (ramp_down_range x H). pose proof (ramp_down_range y H). revert H0 H1.
  unfold ramp. repeat destruct Rle_dec; try lra. intros _ _.
  name_slope s Hs. assert (s <= 0) by nra. nra.
Qed.

(** The hinge form: two ReLU units. *)
Lemma ramp_hinges x :
  ramp p q u v x = u + (v - u) / (q - p) * Rmax 0 (x - p) - (v - u) / (q - p) * Rmax 0 (x - q).
Proof.
  destruct (Rle_lt_dec x p) as [H1|H1].
  { rewrite ramp_left, !Rmax_left by lra. ring. }
  destruct (Rle_lt_dec x q) as [H2|H2].
  - unfold ramp. rewrite Rmax_right, Rmax_left by lra. repeat destruct Rle_dec; lra.
  - rewrite ramp_right, !Rmax_right by lra. field. lra.
Qed.

Lemma ramp_all : 0 <= u <= 1 -> 0 <= v <= 1 -> all_functions interval (ramp p q u v).
Proof.
  intros Hu Hv x _. destruct (Rle_lt_dec u v) as [H|H].
  - pose proof (ramp_up_range x H). lra.
  - pose proof (ramp_down_range x (Rlt_le _ _ H)). lra.
Qed.

Lemma ramp_non_decreasing : u <= v -> non_decreasing interval (ramp p q u v).
Proof. intros H x y _ _ Hxy. apply ramp_up_order; assumption. Qed.

Lemma ramp_non_increasing : v <= u -> non_increasing interval (ramp p q u v).
Proof. intros H x y _ _ Hxy. apply ramp_down_order; assumption. Qed.

(** A ramp that rises between a and b has its minimum at a and its maximum at b. *)
Lemma ramp_up_information (a b : interval) :
  u <= v -> inside a -> inside b -> a <= p -> q <= b -> any_selection interval (ramp p q u v) a b u v.
Proof.
  intros H Ha Hb Hap Hqb.
  refine (conj Ha (conj Hb (conj (ramp_left a _) (conj (ramp_right b _) _)))); try assumption.
  intros x _. apply ramp_up_range. exact H.
Qed.

Lemma ramp_down_information (a b : interval) :
  v <= u -> inside a -> inside b -> b <= p -> q <= a -> any_selection interval (ramp p q u v) a b v u.
Proof.
  intros H Ha Hb Hap Hqb.
  refine (conj Ha (conj Hb (conj (ramp_right a _) (conj (ramp_left b _) _)))); try assumption.
  intros x _. apply ramp_down_range. exact H.
Qed.

(** The weighted sums of two pairs of bounds. *)
Local Ltac mix_bounds :=
  match goal with
  | w : R, Hw : 0 <= ?w <= 1, X1 : ?v <= ?fx, X2 : ?lx <= ?fx, Y1 : ?v <= ?fy, Y2 : ?ly <= ?fy |- _ =>
      assert (v <= w * fx + (1 - w) * fy) by nra;
      assert (w * lx + (1 - w) * ly <= w * fx + (1 - w) * fy)
        by (apply Rplus_le_compat; apply Rmult_le_compat_l; lra);
      clear X1 X2 Y1 Y2
  end.

(** A ramp that rises up to the end of the interval is convex there: it is max(u, a line). *)
Lemma ramp_up_convex : 0 <= u -> u <= v -> v <= 1 -> q = 1 -> convex interval (ramp p q u v).
Proof.
  intros Hu Huv Hv Hq. split; [apply ramp_all; lra|]. simpl. intros x y w Hx Hy Hw.
  assert (Hmax : forall t, t <= 1 -> u <= ramp p q u v t /\ u + (v - u) / (q - p) * (t - p) <= ramp p q u v t).
  { intros t Ht. unfold ramp. name_slope s Hs. assert (0 <= s) by nra.
    repeat destruct Rle_dec; split; nra. }
  pose proof (Hmax x ltac:(lra)) as [X1 X2]. pose proof (Hmax y ltac:(lra)) as [Y1 Y2]. clear Hmax.
  set (fx := ramp p q u v x) in *. set (fy := ramp p q u v y) in *. clearbody fx fy.
  mix_bounds. assert (Hz : 0 <= w * x + (1 - w) * y <= 1) by (split; nra).
  unfold ramp. set (s := (v - u) / (q - p)) in *. clearbody s.
  destruct Rle_dec; [| destruct Rle_dec; [nra | lra]]. lra.
Qed.

Lemma ramp_down_convex : 0 <= v -> v <= u -> u <= 1 -> p = 0 -> convex interval (ramp p q u v).
Proof.
  intros Hu Huv Hv Hp. split; [apply ramp_all; lra|]. simpl. intros x y w Hx Hy Hw.
  assert (Hmax : forall t, 0 <= t -> v <= ramp p q u v t /\ u + (v - u) / (q - p) * (t - p) <= ramp p q u v t).
  { intros t Ht. unfold ramp. name_slope s Hs. assert (s <= 0) by nra.
    repeat destruct Rle_dec; split; nra. }
  pose proof (Hmax x ltac:(lra)) as [X1 X2]. pose proof (Hmax y ltac:(lra)) as [Y1 Y2]. clear Hmax.
  set (fx := ramp p q u v x) in *. set (fy := ramp p q u v y) in *. clearbody fx fy.
  mix_bounds. assert (Hz : 0 <= w * x + (1 - w) * y <= 1) by (split; nra).
  unfold ramp. set (s := (v - u) / (q - p)) in *. clearbody s.
  destruct Rle_dec; [| destruct Rle_dec; [nra | lra]].
  assert (E : s * (w * x + (1 - w) * y - p) = 0) by (replace (w * x + (1 - w) * y - p) with 0 by lra; ring).
  lra.
Qed.

End Ramp.

(** ** The paper's pairs are ramps *)

Ltac pieces := unfold ramp; repeat destruct Rle_dec; try lra; try (field; lra).

(** The same where the pieces of the two functions meet at different sides of the breakpoint e. *)
Ltac pieces_at x e :=
  destruct (Req_dec x e) as [->|]; pieces.

Lemma theorem_1_f1_is_ramp p q m M : p < q ->
  forall x, theorem_1_f1 p q m M x = ramp ((p + q) / 2) q m M x.
Proof. intros H x. unfold theorem_1_f1. pieces. Qed.

Lemma theorem_1_f2_is_ramp p q m M : p < q ->
  forall x, theorem_1_f2 p q m M x = ramp p ((p + q) / 2) m M x.
Proof. intros H x. unfold theorem_1_f2. pieces. Qed.

Lemma theorem_1_reflection_repaired_f1_is_ramp p q m M : q < p ->
  forall x, theorem_1_reflection_repaired_f1 p q m M x = ramp ((p + q) / 2) p M m x.
Proof. intros H x. unfold theorem_1_reflection_repaired_f1. pieces. Qed.

Lemma theorem_1_reflection_repaired_f2_is_ramp p q m M : q < p ->
  forall x, theorem_1_reflection_repaired_f2 p q m M x = ramp q ((p + q) / 2) M m x.
Proof. intros H x. unfold theorem_1_reflection_repaired_f2. pieces. Qed.

Lemma theorem_3_f1_is_ramp p m M : p < 1 ->
  forall x, x <= 1 -> theorem_3_f1 p 1 m M x = ramp p 1 m M x.
Proof. intros H x Hx. unfold theorem_3_f1. pieces. Qed.

Lemma theorem_3_f2_is_ramp p m M : p < 1 ->
  forall x, x <= 1 -> theorem_3_f2 p 1 m M x = ramp ((p + 1) / 2) 1 m M x.
Proof. intros H x Hx. unfold theorem_3_f2. pieces. Qed.

Lemma theorem_3_repaired_g1_is_ramp p m M : 0 < p ->
  forall x, 0 <= x -> theorem_3_repaired_g1 p 0 m M x = ramp 0 p M m x.
Proof. intros H x Hx. unfold theorem_3_repaired_g1.
  destruct (Req_dec x 0) as [->|]; [pieces|]. pieces_at x p. Qed.

Lemma theorem_3_repaired_g2_is_ramp p m M : 0 < p ->
  forall x, 0 <= x -> theorem_3_repaired_g2 p 0 m M x = ramp 0 (p / 2) M m x.
Proof. intros H x Hx. unfold theorem_3_repaired_g2.
  destruct (Req_dec x 0) as [->|]; [pieces|]. pieces_at x (p / 2). Qed.

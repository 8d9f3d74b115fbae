(** Affine functions on [0, 1]^d, every d: what Φ says of them. *)

From Coq Require Import Reals Lra List FunctionalExtensionality Classical.
From Coq Require Fin.
From FV Require Import Base Pairs Conditions Lipschitz.
Import ListNotations.
Local Open Scope R_scope.

(** ** Sums over the coordinates *)

Fixpoint sum {d : nat} : (Fin.t d -> R) -> R :=
  match d with
  | O => fun _ => 0
  | S n => fun v => v Fin.F1 + sum (fun j => v (Fin.FS j))
  end.

Section Sums.
Context {d : nat}.
Implicit Types v w x : Fin.t d -> R.

Lemma sum_ext v w : (forall j, v j = w j) -> sum v = sum w.
Proof. intros E. replace v with w by (extensionality j; auto). reflexivity. Qed.

Lemma sum_plus v w : sum (fun j => v j + w j) = sum v + sum w.
Proof. induction d; simpl; [lra|]. rewrite IHn. lra. Qed.

Lemma sum_minus v w : sum (fun j => v j - w j) = sum v - sum w.
Proof. induction d; simpl; [lra|]. rewrite IHn. lra. Qed.

Lemma sum_scale k v : sum (fun j => k * v j) = k * sum v.
Proof. induction d; simpl; [lra|]. rewrite IHn. lra. Qed.

Lemma sum_le v w : (forall j, v j <= w j) -> sum v <= sum w.
Proof.
  induction d; intros H; simpl; [lra|]. apply Rplus_le_compat; [apply H | apply IHn]. intros j. apply H.
Qed.

Lemma sum_zero v : (forall j, v j = 0) -> sum v = 0.
Proof. induction d; intros H; simpl; [lra|]. rewrite H, IHn by auto. lra. Qed.

Lemma sum_positive v : 0 < sum v -> exists j, 0 < v j.
Proof.
  induction d; simpl; intros H; [lra|]. destruct (Rle_dec (v Fin.F1) 0).
  - destruct (IHn (fun j => v (Fin.FS j))) as (j & Hj); [lra|]. exists (Fin.FS j). exact Hj.
  - exists Fin.F1. lra.
Qed.

End Sums.

Lemma sum_single {d} (v : Fin.t d -> R) (i : Fin.t d) : (forall j, j <> i -> v j = 0) -> sum v = v i.
Proof.
  induction i as [n|n i IH]; intros H; simpl.
  - rewrite sum_zero; [lra|]. intros j. apply H. discriminate.
  - rewrite (IH (fun j => v (Fin.FS j))), H; [lra | discriminate |].
    intros j N. apply H. intros E. apply N, Fin.FS_inj, E.
Qed.

(** The point x with coordinate i moved to t. *)
Definition move {d} (x : Fin.t d -> R) (i : Fin.t d) (t : R) : Fin.t d -> R :=
  fun j => if Fin.eq_dec j i then t else x j.

Section Moves.
Context {d : nat}.
Implicit Types (x w : Fin.t d -> R) (i j : Fin.t d).

Lemma move_here x i t : move x i t i = t.
Proof. unfold move. destruct (Fin.eq_dec i i); tauto. Qed.

Lemma move_there x i t j : j <> i -> move x i t j = x j.
Proof. unfold move. destruct (Fin.eq_dec j i); tauto. Qed.

Lemma sum_weighted_move w x i t :
  sum (fun j => w j * move x i t j) = sum (fun j => w j * x j) + w i * (t - x i).
Proof.
  assert (E : sum (fun j => w j * move x i t j - w j * x j) = w i * (t - x i)).
  { rewrite (sum_single _ i); [rewrite move_here; ring|]. intros j N. rewrite move_there by exact N. ring. }
  rewrite sum_minus in E. lra.
Qed.

Lemma sum_move x i t : sum (move x i t) = sum x + (t - x i).
Proof.
  rewrite (sum_ext (move x i t) (fun j => 1 * move x i t j)) by (intros; ring).
  rewrite sum_weighted_move, sum_scale. lra.
Qed.

Lemma sum_move_zero i t : sum (move (fun _ => 0) i t) = t.
Proof. rewrite sum_move, (sum_zero (fun _ => 0)) by auto. ring. Qed.

Lemma move_inside (x : hypercube d) i t : inside x -> 0 <= t <= 1 -> inside (move x i t : hypercube d).
Proof. intros X T j. unfold move. destruct (Fin.eq_dec j i); [exact T | apply X]. Qed.

End Moves.

(** ** The class in terms of sums *)

Lemma dot_entries d w (x : Fin.t d -> R) :
  dot w (entries d x) = sum (fun j => nth (number j) w 0 * x j).
Proof.
  revert w. induction d as [|d IH]; intros w; simpl; [destruct w; reflexivity|].
  destruct w as [|s w]; simpl.
  - rewrite sum_zero; [ring|]. intros j. destruct (number (Fin.FS j)); simpl; ring.
  - rewrite IH. f_equal. apply sum_ext. intros j.
    assert (E : number (Fin.FS j) = S (number j)).
    { unfold number. simpl. destruct (Fin.to_nat j). reflexivity. }
    rewrite E. reflexivity.
Qed.

Lemma dot_entries_entries d (v x : Fin.t d -> R) : dot (entries d v) (entries d x) = sum (fun j => v j * x j).
Proof. induction d as [|d IH]; simpl; [reflexivity|]. rewrite IH. reflexivity. Qed.

Lemma affine_iff d f :
  affine (hypercube d) f <->
  all_functions (hypercube d) f
  /\ exists w c, forall x : hypercube d, inside x -> f x = sum (fun j => w j * x j) + c.
Proof.
  split; intros [A H]; (split; [exact A|]).
  - destruct H as (g & (w & c & G) & H). exists (fun j => nth (number j) w 0), c.
    intros x Hx. rewrite (H x Hx), G. simpl. rewrite dot_entries. reflexivity.
  - destruct H as (w & c & H). exists (fun x => sum (fun j => w j * x j) + c). split; [|exact H].
    exists (entries d w), c. intros x. simpl. rewrite dot_entries_entries. reflexivity.
Qed.

(** ** The fiber *)

(** S: the coordinates in which a and b lie at the two ends. *)
Definition free {d} (a b : Fin.t d -> R) (j : Fin.t d) : Prop := Rabs (a j - b j) = 1.

(** How Δ is shared among the coordinates of S. *)
Definition shares {d} (a b : hypercube d) (m M : R) (v : Fin.t d -> R) : Prop :=
  (forall j, 0 <= v j) /\ (forall j, v j <> 0 -> free a b j) /\ sum v = M - m.

(** m + Σ v_j |x_j - a_j|. *)
Definition shared {d} (a : hypercube d) (m : R) (v : Fin.t d -> R) (x : hypercube d) : R :=
  m + sum (fun j => v j * Rabs (x j - a j)).

Section Fiber.
Context {d : nat} (a b : hypercube d) (m M : R).
Notation Phi := (any_selection (hypercube d)).
Notation G := (affine (hypercube d)).

Lemma free_ends j : inside a -> inside b -> free a b j -> a j = 0 /\ b j = 1 \/ a j = 1 /\ b j = 0.
Proof. intros Ha Hb. specialize (Ha j). specialize (Hb j). unfold free. intros H. by_cases. Qed.

Lemma ends_free j : a j = 0 /\ b j = 1 \/ a j = 1 /\ b j = 0 -> free a b j.
Proof. unfold free. intros [[-> ->]|[-> ->]]; by_cases. Qed.

(** A slope that is not zero belongs to a free coordinate, and f rises from a to b along it. *)
Lemma slope_free (w : Fin.t d -> R) c j :
  inside a -> inside b ->
  (forall x : hypercube d, inside x -> sum (fun j => w j * a j) + c <= sum (fun j => w j * x j) + c
                                       <= sum (fun j => w j * b j) + c) ->
  w j <> 0 -> free a b j /\ 0 <= w j * (b j - a j).
Proof.
  intros Ha Hb H N.
  pose proof (H _ (move_inside a j 0 Ha ltac:(lra))) as A0. pose proof (H _ (move_inside a j 1 Ha ltac:(lra))) as A1.
  pose proof (H _ (move_inside b j 0 Hb ltac:(lra))) as B0. pose proof (H _ (move_inside b j 1 Hb ltac:(lra))) as B1.
  rewrite sum_weighted_move in A0, A1, B0, B1. pose proof (Ha j). pose proof (Hb j).
  destruct (Rlt_dec 0 (w j)).
  - assert (Ea : a j = 0) by nra. assert (Eb : b j = 1) by nra. split; [apply ends_free; lra | rewrite Ea, Eb; lra].
  - assert (Ea : a j = 1) by nra. assert (Eb : b j = 0) by nra. split; [apply ends_free; lra | rewrite Ea, Eb; lra].
Qed.

Lemma fiber_shares f : fiber Phi G a b m M f ->
  exists v, shares a b m M v /\ forall x : hypercube d, inside x -> f x = shared a m v x.
Proof.
  intros [Hf (Ha & Hb & fa & fb & H)]. apply affine_iff in Hf. destruct Hf as (_ & w & c & E).
  rewrite E in fa, fb by assumption.
  assert (S : forall j, w j <> 0 -> free a b j /\ 0 <= w j * (b j - a j)).
  { intros j. apply (slope_free w c j Ha Hb). intros x Hx. specialize (H x Hx). rewrite E in H by exact Hx. lra. }
  exists (fun j => w j * (b j - a j)). split; [split; [|split]|].
  - intros j. destruct (Req_dec (w j) 0) as [Z|Z]; [rewrite Z; lra | apply S, Z].
  - intros j Z. apply S. intros Z'. apply Z. rewrite Z'. ring.
  - rewrite <- fa, <- fb. replace (_ + c - _) with (sum (fun j => w j * b j) - sum (fun j => w j * a j)) by ring.
    rewrite <- sum_minus. apply sum_ext. intros. ring.
  - intros x Hx. rewrite (E x Hx). unfold shared. rewrite <- fa.
    rewrite (sum_ext (fun j => w j * x j) (fun j => w j * a j + w j * (b j - a j) * Rabs (x j - a j))), sum_plus;
      [ring|].
    intros j. destruct (Req_dec (w j) 0) as [Z|Z]; [rewrite Z; ring|].
    pose proof (Hx j). destruct (free_ends j Ha Hb (proj1 (S j Z))) as [[-> ->]|[-> ->]].
    + rewrite Rabs_right by lra. ring.
    + rewrite Rabs_left1 by lra. ring.
Qed.

Lemma shares_fiber v f : inside a -> inside b -> 0 <= m -> M <= 1 ->
  shares a b m M v -> (forall x : hypercube d, inside x -> f x = shared a m v x) -> fiber Phi G a b m M f.
Proof.
  intros Ha Hb Hm HM (P & F & T) E.
  assert (Z : forall j, v j = 0 \/ free a b j) by (intros j; destruct (Req_dec (v j) 0); auto).
  assert (B : forall x : hypercube d, inside x -> m <= shared a m v x <= M).
  { intros x Hx. unfold shared.
    assert (B : forall j, 0 <= v j * Rabs (x j - a j) <= v j).
    { intros j. pose proof (P j). assert (0 <= Rabs (x j - a j) <= 1); [|nra].
      pose proof (Hx j). pose proof (Ha j). by_cases. }
    assert (L : sum (fun _ : Fin.t d => 0) <= sum (fun j => v j * Rabs (x j - a j)))
      by (apply sum_le; intros; apply B).
    assert (sum (fun j => v j * Rabs (x j - a j)) <= sum v) by (apply sum_le; intros; apply B).
    rewrite sum_zero in L by auto. lra. }
  split.
  - apply affine_iff. split.
    + intros x Hx. rewrite (E x Hx). specialize (B x Hx). lra.
    + exists (fun j => v j * (1 - 2 * a j)), (m + sum (fun j => v j * a j)). intros x Hx. rewrite (E x Hx).
      unfold shared.
      rewrite (sum_ext _ (fun j => v j * (1 - 2 * a j) * x j + v j * a j)), sum_plus; [ring|].
      intros j. pose proof (Hx j). destruct (Z j) as [->|S]; [ring|].
      destruct (free_ends j Ha Hb S) as [[-> _]|[-> _]].
      * rewrite Rabs_right by lra. ring.
      * rewrite Rabs_left1 by lra. ring.
  - split; [exact Ha|]. split; [exact Hb|]. rewrite !E by assumption. split; [|split].
    + unfold shared. rewrite sum_zero; [ring|]. intros j. replace (a j - a j) with 0 by ring. rewrite Rabs_R0. ring.
    + unfold shared. rewrite (sum_ext _ v); [lra|]. intros j.
      destruct (Z j) as [->|S]; [ring|]. rewrite Rabs_minus_sym, S. ring.
    + intros x Hx. rewrite (E x Hx). exact (B x Hx).
Qed.

(** The members are exactly m + Σ v_j |x_j - a_j| with v >= 0, v = 0 outside S and Σ v = Δ. *)
Theorem affine_fiber f : inside a -> inside b -> 0 <= m -> M <= 1 ->
  (fiber Phi G a b m M f
   <-> exists v, shares a b m M v /\ forall x : hypercube d, inside x -> f x = shared a m v x).
Proof.
  intros Ha Hb Hm HM. split; [apply fiber_shares|]. intros (v & S & E). exact (shares_fiber v f Ha Hb Hm HM S E).
Qed.

(** All of Δ on one coordinate. *)
Definition along (i : Fin.t d) (x : hypercube d) : R := m + (M - m) * Rabs (x i - a i).

Lemma along_in_fiber i : inside a -> inside b -> 0 <= m <= M -> M <= 1 -> free a b i -> fiber Phi G a b m M (along i).
Proof.
  intros Ha Hb Hm HM F. apply (shares_fiber (move (fun _ => 0) i (M - m))); auto; try lra.
  - split; [|split].
    + intros j. unfold move. destruct (Fin.eq_dec j i); lra.
    + intros j. unfold move. destruct (Fin.eq_dec j i) as [->|]; [auto | lra].
    + apply sum_move_zero.
  - intros x _. unfold along, shared. rewrite (sum_single _ i); [rewrite move_here; ring|].
    intros j N. rewrite move_there by exact N. ring.
Qed.

Lemma fiber_ext f g : fiber Phi G a b m M f -> (forall x : hypercube d, inside x -> g x = f x) ->
  fiber Phi G a b m M g.
Proof.
  intros [[A (h & Hh & E)] (Ha & Hb & fa & fb & H)] Q. split; [split|].
  - intros x Hx. rewrite (Q x Hx). exact (A x Hx).
  - exists h. split; [exact Hh|]. intros x Hx. rewrite (Q x Hx). exact (E x Hx).
  - split; [exact Ha|]. split; [exact Hb|]. rewrite !Q by assumption. split; [exact fa|]. split; [exact fb|].
    intros x Hx. rewrite (Q x Hx). exact (H x Hx).
Qed.

Lemma fiber_domain f : fiber Phi G a b m M f -> inside a /\ inside b /\ 0 <= m <= M /\ M <= 1.
Proof.
  intros [[A _] (Ha & Hb & fa & fb & H)]. pose proof (A a Ha). pose proof (A b Hb). pose proof (H a Ha).
  split; [exact Ha|]. split; [exact Hb|]. lra.
Qed.

(** Φ is feasible iff it is the Φ of a constant or S is not empty. *)
Theorem affine_feasible_iff :
  (exists f, fiber Phi G a b m M f)
  <-> (inside a /\ inside b /\ 0 <= m <= M /\ M <= 1) /\ (m = M \/ m < M /\ exists j, free a b j).
Proof.
  split.
  - intros (f & Hf). assert (D := fiber_domain f Hf). split; [exact D|].
    destruct (Req_dec m M) as [|N]; [tauto | right]. split; [lra|].
    destruct (fiber_shares f Hf) as (v & (P & F & T) & _).
    destruct (sum_positive v) as (j & Hj); [lra|]. exists j. apply F. lra.
  - intros ((Ha & Hb & Hm & HM) & [E|[V (j & F)]]).
    + exists (fun _ => m). apply (shares_fiber (fun _ => 0)); auto; try lra.
      * split; [intros; lra | split; [intros; lra | rewrite sum_zero; [lra | auto]]].
      * intros x _. unfold shared. rewrite sum_zero; [ring | intros; ring].
    + exists (along j). apply along_in_fiber; auto.
Qed.

(** The envelopes: every member lies between two members that put all of Δ on one free coordinate. *)
Theorem affine_envelopes f (x : hypercube d) : fiber Phi G a b m M f -> m < M -> inside x ->
  (exists j, free a b j /\ f x <= along j x) /\ (exists j, free a b j /\ along j x <= f x).
Proof.
  intros Hf V Hx. destruct (fiber_shares f Hf) as (v & (P & F & T) & E). specialize (E x Hx).
  assert (Z : sum (fun j => v j * (f x - along j x)) = 0).
  { rewrite (sum_ext _ (fun j => (f x - m) * v j - (M - m) * (v j * Rabs (x j - a j))))
      by (intros; unfold along; ring).
    rewrite sum_minus, !sum_scale, T. rewrite E. unfold shared. ring. }
  destruct (sum_positive v) as (i & Hi); [lra|].
  assert (Hfree : forall j, 0 < v j -> free a b j) by (intros j Hj; apply F; lra).
  split; apply NNPP; intros No.
  - assert (0 < sum (fun j => v j * (f x - along j x))); [|lra].
    assert (K : forall j, move (fun _ => 0) i (v i * (f x - along i x)) j <= v j * (f x - along j x)).
    { intros j. unfold move. destruct (Fin.eq_dec j i) as [->|]; [lra|].
      destruct (Rle_lt_or_eq_dec 0 (v j) (P j)) as [Hj|<-]; [|lra].
      apply Rmult_le_pos; [apply P|]. apply Rnot_lt_le. intros Q. apply No. exists j. split; [auto | lra]. }
    apply sum_le in K. rewrite sum_move_zero in K.
    assert (0 < f x - along i x) by (apply Rnot_le_lt; intros Q; apply No; exists i; split; [auto | lra]). nra.
  - assert (sum (fun j => v j * (f x - along j x)) < 0); [|lra].
    assert (K : forall j, v j * (f x - along j x) <= move (fun _ => 0) i (v i * (f x - along i x)) j).
    { intros j. unfold move. destruct (Fin.eq_dec j i) as [->|]; [lra|].
      destruct (Rle_lt_or_eq_dec 0 (v j) (P j)) as [Hj|<-]; [|lra].
      assert (f x - along j x <= 0); [|nra]. apply Rnot_lt_le. intros Q. apply No. exists j. split; [auto | lra]. }
    apply sum_le in K. rewrite sum_move_zero in K.
    assert (f x - along i x < 0) by (apply Rnot_le_lt; intros Q; apply No; exists i; split; [auto | lra]). nra.
Qed.

(** ** The radius *)

Definition two_free : Prop := exists i k, i <> k /\ free a b i /\ free a b k.

(** At the point that differs from a in one free coordinate only, the shares 0 and Δ are seen. *)
Lemma two_free_apart i k :
  inside a -> inside b -> i <> k -> free a b i -> free a b k ->
  let x := move a i (b i) : hypercube d in inside x /\ along i x = M /\ along k x = m.
Proof.
  intros Ha Hb N Fi Fk x. unfold x, along. split; [apply move_inside; [exact Ha | apply Hb]|].
  rewrite move_here, (move_there a i (b i) k) by auto. rewrite Rabs_minus_sym, Fi.
  replace (a k - a k) with 0 by ring. rewrite Rabs_R0. split; ring.
Qed.

Theorem affine_radius_two f : fiber Phi G a b m M f -> two_free -> is_radius Phi G a b m M ((M - m) / 2).
Proof.
  intros Hf (i & k & N & Fi & Fk). destruct (fiber_domain f Hf) as (Ha & Hb & Hm & HM).
  destruct (two_free_apart i k Ha Hb N Fi Fk) as (Hx & Ei & Ek).
  apply (is_radius_intro Phi G a b m M _ (along i) (along k) (move a i (b i))).
  - exact (along_in_fiber i Ha Hb Hm HM Fi).
  - exact (along_in_fiber k Ha Hb Hm HM Fk).
  - exact Hx.
  - rewrite Ei, Ek, Rabs_right; lra.
  - intros g1 g2 y [_ (_ & _ & _ & _ & H1)] [_ (_ & _ & _ & _ & H2)] Hy. specialize (H1 y Hy). specialize (H2 y Hy).
    by_cases.
Qed.

(** With fewer than two free coordinates f is determined. *)
Theorem affine_determined f1 f2 (x : hypercube d) :
  fiber Phi G a b m M f1 -> fiber Phi G a b m M f2 -> ~ two_free -> inside x -> f1 x = f2 x.
Proof.
  intros H1 H2 N Hx. destruct (fiber_domain f1 H1) as (Ha & Hb & Hm & HM).
  destruct (Req_dec m M) as [E|V].
  - destruct H1 as [_ (_ & _ & _ & _ & H1)], H2 as [_ (_ & _ & _ & _ & H2)]. specialize (H1 x Hx).
    specialize (H2 x Hx). lra.
  - destruct (fiber_shares f1 H1) as (v & (P & F & T) & E1).
    destruct (fiber_shares f2 H2) as (w & (P' & F' & T') & E2).
    destruct (sum_positive v) as (i & Hi); [lra|]. assert (Fi : free a b i) by (apply F; lra).
    assert (Only : forall u : Fin.t d -> R, (forall j, u j <> 0 -> free a b j) -> forall j, j <> i -> u j = 0).
    { intros u Hu j Hj. apply NNPP. intros Z. apply N. exists j, i. auto. }
    assert (Ei : v i = w i) by (rewrite <- (sum_single v i (Only v F)), <- (sum_single w i (Only w F')); lra).
    rewrite (E1 x Hx), (E2 x Hx). unfold shared. f_equal. apply sum_ext. intros j.
    destruct (Fin.eq_dec j i) as [->|Nj]; [rewrite Ei; reflexivity|].
    rewrite (Only v F j Nj), (Only w F' j Nj). reflexivity.
Qed.

Theorem affine_radius_zero f : fiber Phi G a b m M f -> ~ two_free -> is_radius Phi G a b m M 0.
Proof.
  intros Hf N. destruct (fiber_domain f Hf) as (Ha & _).
  apply (is_radius_intro Phi G a b m M 0 f f a); auto.
  - replace (f a - f a) with 0 by ring. rewrite Rabs_R0. lra.
  - intros g1 g2 y H1 H2 Hy. rewrite (affine_determined g1 g2 y H1 H2 N Hy).
    replace (g2 y - g2 y) with 0 by ring. rewrite Rabs_R0. lra.
Qed.

(** |S|. *)
Definition free_count : R := sum (fun j => if Req_EM_T (Rabs (a j - b j)) 1 then 1 else 0).

Lemma two_free_iff : 2 <= free_count <-> two_free.
Proof.
  unfold free_count. set (u := fun j => if Req_EM_T (Rabs (a j - b j)) 1 then 1 else 0).
  assert (U : forall j, (free a b j /\ u j = 1) \/ (~ free a b j /\ u j = 0)).
  { intros j. unfold u, free. destruct (Req_EM_T _ _); auto. }
  assert (Fr : forall j, 0 < u j -> free a b j) by (intros j Hj; destruct (U j) as [[? ?]|[? ?]]; [assumption | lra]).
  split.
  - intros H. destruct (sum_positive u) as (i & Hi); [lra|].
    destruct (sum_positive (move u i 0)) as (k & Hk).
    { rewrite sum_move. destruct (U i) as [[? ?]|[? ?]]; lra. }
    assert (N : k <> i) by (intros ->; rewrite move_here in Hk; lra). rewrite move_there in Hk by exact N.
    exists i, k. auto.
  - intros (i & k & N & Fi & Fk).
    assert (K : forall j, move (move (fun _ => 0) i 1) k 1 j <= u j).
    { intros j. unfold move. destruct (Fin.eq_dec j k) as [->|]; [|destruct (Fin.eq_dec j i) as [->|]].
      - destruct (U k) as [[? ?]|[? ?]]; [lra | tauto].
      - destruct (U i) as [[? ?]|[? ?]]; [lra | tauto].
      - destruct (U j) as [[? ?]|[? ?]]; lra. }
    apply sum_le in K. rewrite sum_move, (move_there (fun _ => 0) i 1 k), sum_move_zero in K by auto. lra.
Qed.

End Fiber.

(** Δ/2 where |S| >= 2, and 0 elsewhere. *)
Definition affine_bound {d} : quantity (hypercube d) :=
  fun a b m M => if Rle_dec 2 (free_count a b) then (M - m) / 2 else 0.

Theorem affine_radius_is : forall d, radius_is (any_selection (hypercube d)) (affine (hypercube d)) affine_bound.
Proof.
  intros d f a b m M Hf. unfold affine_bound.
  destruct (Rle_dec 2 (free_count a b)) as [H|H]; rewrite two_free_iff in H.
  - exact (affine_radius_two a b m M f Hf H).
  - exact (affine_radius_zero a b m M f Hf H).
Qed.

Theorem affine_errs_at_least :
  forall d, errs_at_least (any_selection (hypercube d)) (affine (hypercube d)) affine_bound.
Proof.
  intros d. apply errs_at_least_iff_any, errs_at_least_when_intro. intros f a b m M Hf _.
  destruct (fiber_domain a b m M f Hf) as (Ha & Hb & Hm & HM). unfold affine_bound.
  destruct (Rle_dec 2 (free_count a b)) as [H|_].
  - apply two_free_iff in H. destruct H as (i & k & N & Fi & Fk).
    destruct (two_free_apart a b m M i k Ha Hb N Fi Fk) as (Hx & Ei & Ek).
    exists (along a m M i), (along a m M k).
    split; [exact (along_in_fiber a b m M i Ha Hb Hm HM Fi)|].
    split; [exact (along_in_fiber a b m M k Ha Hb Hm HM Fk)|].
    exists (move a i (b i)). split; [exact Hx|]. rewrite Ei, Ek. rewrite Rabs_right; lra.
  - exists f, f. split; [exact Hf|]. split; [exact Hf|]. exists a. split; [exact Ha|].
    pose proof (Rabs_pos (f a - f a)). lra.
Qed.

Theorem affine_errs_at_most :
  forall d, errs_at_most (any_selection (hypercube d)) (affine (hypercube d)) affine_bound.
Proof.
  intros d.
  apply (radius_is_optimal_error _ (affine (hypercube d)) (any_selection_selects (hypercube d))), affine_radius_is.
Qed.

Theorem affine_best_possible :
  forall d, best_possible (any_selection (hypercube d)) (affine (hypercube d)) affine_bound.
Proof. intros d. exact (conj (affine_radius_is d) (conj (affine_errs_at_least d) (affine_errs_at_most d))). Qed.

(** One decoder recovers every f whose a and b are not two coordinates apart. *)
Theorem affine_recovered :
  forall d, recovered_when (any_selection (hypercube d)) (affine (hypercube d)) (fun a b _ _ => ~ two_free a b).
Proof.
  intros d. apply errs_at_most_when_from_radius; [apply any_selection_selects|].
  intros f a b m M Hf N. exact (affine_radius_zero a b m M f Hf N).
Qed.

(** ** The side of the middle *)

(** 1 where |S| >= 2 and f is not constant. *)
Definition affine_side_bound {d} : quantity (hypercube d) :=
  fun a b m M => if Rle_dec 2 (free_count a b) then (if Rlt_dec m M then 1 else 0) else 0.

Theorem affine_side_errs_at_least :
  forall d, side_errs_at_least (any_selection (hypercube d)) (affine (hypercube d)) affine_side_bound.
Proof.
  intros d D f a b m M Hf. destruct (fiber_domain a b m M f Hf) as (Ha & Hb & Hm & HM).
  assert (Trivial : exists f', fiber (any_selection (hypercube d)) (affine (hypercube d)) a b m M f'
    /\ error_at_least (above (middle m M) f') (above (middle m M) (D a b m M)) 0).
  { exists f. split; [exact Hf|]. apply error_at_least_trivial with a; [exact Ha | lra]. }
  unfold affine_side_bound. destruct (Rle_dec 2 (free_count a b)) as [H|_]; [|exact Trivial].
  destruct (Rlt_dec m M) as [V|_]; [|exact Trivial].
  apply two_free_iff in H. destruct H as (i & k & N & Fi & Fk).
  destruct (two_free_apart a b m M i k Ha Hb N Fi Fk) as (Hx & Ei & Ek).
  apply (side_lemma _ (affine (hypercube d)) a b m M (along a m M i) (along a m M k) _ (move a i (b i))).
  - exact (along_in_fiber a b m M i Ha Hb Hm HM Fi).
  - exact (along_in_fiber a b m M k Ha Hb Hm HM Fk).
  - exact Hx.
  - rewrite Ei. unfold middle. lra.
  - rewrite Ek. unfold middle. lra.
Qed.

Theorem affine_side_errs_at_most :
  forall d, side_errs_at_most (any_selection (hypercube d)) (affine (hypercube d)) affine_side_bound.
Proof.
  intros d. destruct (affine_errs_at_most d) as (D & HD & H). exists D. split; [exact HD|].
  intros f a b m M Hf x Hx. specialize (H f a b m M Hf x Hx). unfold affine_bound in H. unfold affine_side_bound.
  assert (One : Rabs (above (middle m M) f x - above (middle m M) (D a b m M) x) <= 1)
    by (unfold above; repeat destruct Rlt_dec; by_cases).
  assert (Same : f x = D a b m M x -> Rabs (above (middle m M) f x - above (middle m M) (D a b m M) x) <= 0)
    by (intros E; unfold above; rewrite E; destruct Rlt_dec; by_cases).
  destruct (fiber_domain a b m M f Hf) as (Ha & Hb & Hm & HM).
  destruct (Rle_dec 2 (free_count a b)).
  - destruct (Rlt_dec m M); [exact One|]. apply Same. assert (m = M) by lra. subst M. clear One Same. by_cases.
  - apply Same. clear One Same. by_cases.
Qed.

Theorem affine_side_best_possible :
  forall d, side_best_possible (any_selection (hypercube d)) (affine (hypercube d)) affine_side_bound.
Proof. intros d. exact (conj (affine_side_errs_at_least d) (affine_side_errs_at_most d)). Qed.

(** Lipschitz functions on every cube: the McShane envelopes, the radius of information, and when it
    is known on which side of the middle f(x) lies. *)

From Coq Require Import Reals Lra List.
From Coq Require Fin.
From FV Require Import Base Pairs Conditions.
Local Open Scope R_scope.

(** Decide every comparison of a goal in linear arithmetic. *)
Ltac by_cases :=
  unfold Rmin, Rmax, Rabs in *; try lra;
  repeat match goal with
         | |- context [Rle_dec ?x ?y] => destruct (Rle_dec x y); try lra
         | |- context [Rcase_abs ?x] => destruct (Rcase_abs x); try lra
         | H : context [Rle_dec ?x ?y] |- _ => destruct (Rle_dec x y); try lra
         | H : context [Rcase_abs ?x] |- _ => destruct (Rcase_abs x); try lra
         end.

(** ** The sup norm as a number *)

(** d(x, y) = ||x - y||. There is none on the cube of dimension 0. *)
Record sup_norm {I : domain} (d : I -> I -> R) : Prop := {
  within_iff : forall t x y, within t x y <-> d x y <= t;
  norm_zero : forall x, d x x = 0;
  norm_sym : forall x y, d x y = d y x;
  norm_triangle : forall x y z, d x z <= d x y + d y z;
  norm_middle_left : forall x y, d (mix (1 / 2) x y) x = d x y / 2;
  norm_middle_right : forall x y, d (mix (1 / 2) x y) y = d x y / 2;
  middle_inside : forall x y : I, inside x -> inside y -> inside (mix (1 / 2) x y)
}.

Fixpoint largest {n : nat} : (Fin.t (S n) -> R) -> R :=
  match n with
  | O => fun v => v Fin.F1
  | S k => fun v => Rmax (v Fin.F1) (@largest k (fun j => v (Fin.FS j)))
  end.

Lemma largest_le n (v : Fin.t (S n) -> R) t : largest v <= t <-> forall j, v j <= t.
Proof.
  induction n as [|n IH]; simpl.
  - split; [intros H j | intros H; apply H].
    apply (Fin.caseS' j); [exact H | intros i; inversion i].
  - split.
    + intros H j. apply (Fin.caseS' j).
      * apply Rle_trans with (2 := H), Rmax_l.
      * apply (proj1 (IH (fun j => v (Fin.FS j)))). apply Rle_trans with (2 := H), Rmax_r.
    + intros H. apply Rmax_lub; [apply H | apply (proj2 (IH (fun j => v (Fin.FS j)))); intros j; apply H].
Qed.

Lemma le_largest n (v : Fin.t (S n) -> R) j : v j <= largest v.
Proof. revert j. apply largest_le. lra. Qed.

(** Some coordinate is the largest. *)
Lemma largest_reached n (v : Fin.t (S n) -> R) : exists j, largest v = v j.
Proof.
  induction n as [|n IH]; simpl; [exists Fin.F1; reflexivity|].
  destruct (IH (fun j => v (Fin.FS j))) as (j & E). rewrite E.
  destruct (Rle_dec (v Fin.F1) (v (Fin.FS j)));
    [exists (Fin.FS j); apply Rmax_right | exists Fin.F1; apply Rmax_left]; lra.
Qed.

Definition interval_distance (x y : interval) : R := Rabs (x - y).

Definition cube_distance {n : nat} (x y : hypercube (S n)) : R := largest (fun j => Rabs (x j - y j)).

Lemma interval_sup_norm : sup_norm interval_distance.
Proof. constructor; unfold interval_distance; simpl; intros; try reflexivity; by_cases. Qed.

Lemma cube_sup_norm n : sup_norm (@cube_distance n).
Proof.
  constructor; unfold cube_distance; simpl; intros.
  - symmetry. apply (largest_le n (fun j => Rabs (x j - y j))).
  - apply Rle_antisym.
    + apply largest_le. intros j. by_cases.
    + apply Rle_trans with (2 := le_largest n _ Fin.F1). by_cases.
  - apply Rle_antisym; apply largest_le; intros j;
      [pose proof (le_largest n (fun j => Rabs (y j - x j)) j) as H
      | pose proof (le_largest n (fun j => Rabs (x j - y j)) j) as H];
      cbv beta in H; rewrite Rabs_minus_sym; exact H.
  - apply largest_le. intros j.
    pose proof (le_largest n (fun j => Rabs (x j - y j)) j) as H1.
    pose proof (le_largest n (fun j => Rabs (y j - z j)) j) as H2. cbv beta in H1, H2.
    apply Rle_trans with (Rabs (x j - y j) + Rabs (y j - z j)); [|lra]. clear. by_cases.
  - apply Rle_antisym.
    + apply largest_le. intros j. pose proof (le_largest n (fun j => Rabs (x j - y j)) j) as H. cbv beta in H.
      apply Rle_trans with (Rabs (x j - y j) / 2); [|lra]. clear. by_cases.
    + destruct (largest_reached n (fun j => Rabs (x j - y j))) as (j & E). rewrite E.
      apply Rle_trans with (2 := le_largest n _ j). clear. by_cases.
  - apply Rle_antisym.
    + apply largest_le. intros j. pose proof (le_largest n (fun j => Rabs (x j - y j)) j) as H. cbv beta in H.
      apply Rle_trans with (Rabs (x j - y j) / 2); [|lra]. clear. by_cases.
    + destruct (largest_reached n (fun j => Rabs (x j - y j))) as (j & E). rewrite E.
      apply Rle_trans with (2 := le_largest n _ j). clear. by_cases.
  - specialize (H j). specialize (H0 j). lra.
Qed.

(** ** The class in terms of the norm *)

Section Fiber.
Context {I : domain} (d : I -> I -> R) (N : sup_norm d) (L : R) (HL : 0 < L).
Notation Phi := (any_selection I).
Notation G := (lipschitz I L).

Lemma norm_nonneg x y : 0 <= d x y.
Proof. pose proof (norm_triangle d N x y x) as H. rewrite (norm_zero d N), (norm_sym d N y x) in H. lra. Qed.

Lemma rise_triangle x y z : L * d x z <= L * d x y + L * d y z.
Proof. pose proof (norm_triangle d N x y z). nra. Qed.

Lemma rise_nonneg x y : 0 <= L * d x y.
Proof. pose proof (norm_nonneg x y). nra. Qed.

Lemma rise_zero x : L * d x x = 0.
Proof. rewrite (norm_zero d N). ring. Qed.

Lemma lipschitz_iff f :
  G f <-> all_functions I f /\ forall x y, inside x -> inside y -> Rabs (f x - f y) <= L * d x y.
Proof.
  split; intros [A H]; (split; [exact A|]).
  - intros x y Hx Hy. apply H; auto. apply (within_iff d N). lra.
  - intros x y t Hx Hy Ht. apply (within_iff d N) in Ht. apply Rle_trans with (L * d x y); [auto | nra].
Qed.

Definition feasible (a b : I) (m M : R) : Prop :=
  inside a /\ inside b /\ 0 <= m <= M /\ M <= 1 /\ M - m <= L * d a b.

(** The McShane extensions, cut off at m and M. *)
Definition upper (a b : I) (m M : R) (x : I) : R := Rmin M (m + L * d x a).
Definition lower (a b : I) (m M : R) (x : I) : R := Rmax m (M - L * d x b).

Lemma fiber_feasible a b m M f : fiber Phi G a b m M f -> feasible a b m M.
Proof.
  intros [Hf (Ha & Hb & fa & fb & H)]. apply lipschitz_iff in Hf. destruct Hf as [A C].
  pose proof (A a Ha). pose proof (A b Hb). pose proof (H b Hb). pose proof (C a b Ha Hb) as E.
  rewrite fa, fb in *. repeat split; auto; try lra. clear - E. by_cases.
Qed.

Lemma upper_in_fiber a b m M : feasible a b m M -> fiber Phi G a b m M (upper a b m M).
Proof.
  intros (Ha & Hb & Hm & HM & E).
  assert (R : forall x, m <= upper a b m M x <= M).
  { intros x. unfold upper. pose proof (rise_nonneg x a). by_cases. }
  split; [apply lipschitz_iff; split|].
  - intros x _. pose proof (R x). lra.
  - intros x y _ _. unfold upper. pose proof (rise_triangle x y a). pose proof (rise_triangle y x a).
    rewrite (norm_sym d N y x) in *. by_cases.
  - repeat split; auto; try apply R; unfold upper.
    + rewrite rise_zero. by_cases.
    + rewrite (norm_sym d N b a). by_cases.
Qed.

Lemma lower_in_fiber a b m M : feasible a b m M -> fiber Phi G a b m M (lower a b m M).
Proof.
  intros (Ha & Hb & Hm & HM & E).
  assert (R : forall x, m <= lower a b m M x <= M).
  { intros x. unfold lower. pose proof (rise_nonneg x b). by_cases. }
  split; [apply lipschitz_iff; split|].
  - intros x _. pose proof (R x). lra.
  - intros x y _ _. unfold lower. pose proof (rise_triangle x y b). pose proof (rise_triangle y x b).
    rewrite (norm_sym d N y x) in *. by_cases.
  - repeat split; auto; try apply R; unfold lower.
    + by_cases.
    + rewrite rise_zero. by_cases.
Qed.

Lemma fiber_between a b m M f x :
  fiber Phi G a b m M f -> inside x -> lower a b m M x <= f x <= upper a b m M x.
Proof.
  intros [Hf (Ha & Hb & fa & fb & H)] Hx. apply lipschitz_iff in Hf. destruct Hf as [_ C].
  pose proof (C x a Hx Ha). pose proof (C x b Hx Hb). pose proof (H x Hx). rewrite fa, fb in *.
  unfold lower, upper. by_cases.
Qed.

(** Φ is feasible exactly if some function of the class has it. *)
Theorem fiber_exists_iff a b m M : (exists f, fiber Phi G a b m M f) <-> feasible a b m M.
Proof.
  split;
    [intros (f & H); exact (fiber_feasible a b m M f H)
    | intros H; exists (upper a b m M); exact (upper_in_fiber a b m M H)].
Qed.

(** upper - lower, from the rises over ||x - a|| and ||x - b||. *)
Definition width (Delta p q : R) : R := Rmin (Rmin Delta p) (Rmin q (p + q - Delta)).

Lemma upper_minus_lower a b m M x :
  upper a b m M x - lower a b m M x = width (M - m) (L * d x a) (L * d x b).
Proof. unfold upper, lower, width. by_cases. Qed.

(** The radius is half the largest distance between the envelopes. *)
Theorem radius_from_width a b m M r x :
  feasible a b m M -> inside x -> width (M - m) (L * d x a) (L * d x b) = 2 * r ->
  (forall y, inside y -> width (M - m) (L * d y a) (L * d y b) <= 2 * r) ->
  is_radius Phi G a b m M r.
Proof.
  intros F Hx E B. pose proof (upper_in_fiber a b m M F) as U. pose proof (lower_in_fiber a b m M F) as W.
  apply (is_radius_intro Phi G a b m M r _ _ x U W Hx).
  - rewrite <- E, <- upper_minus_lower. apply Rabs_right.
    pose proof (fiber_between a b m M _ x U Hx). lra.
  - intros g1 g2 y H1 H2 Hy. specialize (B y Hy). rewrite <- upper_minus_lower in B.
    pose proof (fiber_between a b m M g1 y H1 Hy). pose proof (fiber_between a b m M g2 y H2 Hy).
    clear - B H H0. by_cases.
Qed.

Theorem radius_iff_width a b m M r :
  feasible a b m M ->
  (is_radius Phi G a b m M r
   <-> is_lub (fun t => exists x, inside x /\ t = width (M - m) (L * d x a) (L * d x b)) (2 * r)).
Proof.
  intros F. pose proof (upper_in_fiber a b m M F) as U. pose proof (lower_in_fiber a b m M F) as W.
  assert (E : forall s,
    is_upper_bound (fun t => exists f1 f2 x,
      fiber Phi G a b m M f1 /\ fiber Phi G a b m M f2 /\ inside x /\ t = Rabs (f1 x - f2 x)) s
    <-> is_upper_bound (fun t => exists x, inside x /\ t = width (M - m) (L * d x a) (L * d x b)) s).
  { intros s. split; intros B.
    - intros t (x & Hx & ->). rewrite <- upper_minus_lower. apply Rle_trans with (1 := Rle_abs _).
      apply B. exists (upper a b m M), (lower a b m M), x. auto.
    - intros t (g1 & g2 & x & H1 & H2 & Hx & ->).
      assert (Hs : width (M - m) (L * d x a) (L * d x b) <= s) by (apply B; exists x; auto).
      rewrite <- upper_minus_lower in Hs.
      pose proof (fiber_between a b m M g1 x H1 Hx). pose proof (fiber_between a b m M g2 x H2 Hx).
      clear - Hs H H0. by_cases. }
  unfold is_radius, is_lub. split; intros [B1 B2]; (split; [apply E, B1 | intros s Hs; apply B2, E, Hs]).
Qed.

(** Halfway between a and b the envelopes are as far apart as there is room. *)
Lemma envelopes_halfway a b m M :
  feasible a b m M -> 2 * (M - m) <= L * d a b ->
  upper a b m M (mix (1 / 2) a b) = M /\ lower a b m M (mix (1 / 2) a b) = m.
Proof.
  intros _ H. unfold upper, lower. rewrite (norm_middle_left d N), (norm_middle_right d N). split; by_cases.
Qed.

End Fiber.

(** Theorem 3: convex functions (B.3, B.5.5). The printed constant 1/4 is right but not the best: it is 1/2. *)

From Coq Require Fin.
From Coq Require Import Reals Lra Classical FunctionalExtensionality.
From FV Require Import Base Lift Ramp Pairs.
Local Open Scope R_scope.

(** ** Where a convex function has its maximum *)

(** From b one can go a little away from a, unless b is at an end and a is not at the same. *)
Lemma room_beyond s t : 0 <= s <= 1 -> 0 <= t <= 1 -> ~ (t = 1 /\ s < 1) -> ~ (t = 0 /\ 0 < s) ->
  exists e, 0 < e /\ forall w, 0 <= w <= e -> 0 <= t + w * (t - s) <= 1.
Proof.
  intros Hs Ht H1 H0. destruct (Req_dec t 0) as [E0|N0].
  { exists 1. split; [lra|]. intros w Hw. replace s with 0 by lra. subst t. lra. }
  destruct (Req_dec t 1) as [E1|N1].
  { exists 1. split; [lra|]. intros w Hw. replace s with 1 by lra. subst t. lra. }
  exists (Rmin t (1 - t)). split; [apply Rmin_glb_lt; lra|].
  intros w Hw. pose proof (Rmin_l t (1 - t)). pose proof (Rmin_r t (1 - t)). split; nra.
Qed.

Lemma common_room d (P : Fin.t d -> R -> Prop) :
  (forall j, exists e, 0 < e /\ forall w, 0 <= w <= e -> P j w) ->
  exists e, 0 < e /\ forall j w, 0 <= w <= e -> P j w.
Proof.
  induction d as [|d IH]; intros H.
  - exists 1. split; [lra|]. intros j. apply (Fin.case0 (fun j => forall w, 0 <= w <= 1 -> P j w) j).
  - destruct (H Fin.F1) as (e1 & P1 & H1).
    destruct (IH (fun j => P (Fin.FS j)) (fun j => H (Fin.FS j))) as (e2 & P2 & H2).
    exists (Rmin e1 e2). split; [apply Rmin_glb_lt; assumption|].
    pose proof (Rmin_l e1 e2). pose proof (Rmin_r e1 e2).
    intros j. apply (Fin.caseS' j (fun j => forall w, 0 <= w <= Rmin e1 e2 -> P j w)).
    + intros w Hw. apply H1. lra.
    + intros i w Hw. apply H2. lra.
Qed.

(** b is at an end of the coordinate, and a is not at that end. *)
Definition end_coordinate {I : domain} (pi : I -> R) (a b : I) : Prop :=
  (pi b = 1 /\ pi a < 1) \/ (pi b = 0 /\ 0 < pi a).

Lemma share_of_the_way e : 0 < e -> 0 < e / (1 + e) <= 1.
Proof.
  intros He. split; [apply Rdiv_lt_0_compat; lra|].
  apply Rmult_le_reg_r with (1 + e); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
Qed.

(** b lies between a and a point y of the domain, and is not y. *)
Definition between_from {I : domain} (a b : I) : Prop := exists y w, inside y /\ 0 < w <= 1 /\ mix w a y = b.

Lemma between_from_interval (a b : R) : 0 <= a <= 1 -> 0 <= b <= 1 -> ~ (b = 1 /\ a < 1) -> ~ (b = 0 /\ 0 < a) ->
  between_from (I := interval) a b.
Proof.
  intros Ha Hb H1 H0. destruct (room_beyond a b Ha Hb H1 H0) as (e & He & H).
  exists (b + e * (b - a)), (e / (1 + e)). split; [apply (H e); lra|]. split; [apply share_of_the_way; exact He|].
  simpl. field. lra.
Qed.

Lemma between_from_hypercube d (a b : hypercube d) : inside a -> inside b ->
  (forall j, ~ end_coordinate (fun x : hypercube d => x j) a b) -> between_from a b.
Proof.
  intros Ha Hb Hno.
  destruct (common_room d (fun j w => 0 <= b j + w * (b j - a j) <= 1)) as (e & He & H).
  - intros j. apply room_beyond; [apply Ha | apply Hb | |]; intros H; apply (Hno j); [left | right]; exact H.
  - exists (fun j => b j + e * (b j - a j)), (e / (1 + e)). split; [intros j; apply H; lra|].
    split; [apply share_of_the_way; exact He|]. extensionality j. simpl. field. lra.
Qed.

(** A convex function that is not constant does not have its maximum between its minimizer and another point. *)
Lemma convex_maximum_not_between (I : domain) (f : I -> R) a b m M :
  fiber (any_selection I) (convex I) a b m M f -> m < M -> ~ between_from a b.
Proof.
  intros [[_ C] (Ha & _ & Fa & Fb & F)] HmM (y & w & Hy & Hw & E).
  pose proof (C a y w Ha Hy ltac:(lra)) as H. rewrite E, Fa, Fb in H. specialize (F y Hy). nra.
Qed.

Theorem convex_maximum_at_an_end (I : domain) : cube I -> forall (f : I -> R) a b m M,
  fiber (any_selection I) (convex I) a b m M f -> m < M ->
  exists pi, coordinate I pi /\ end_coordinate pi a b.
Proof.
  intros [|d] f a b m M Hf HmM; apply NNPP; intros Hno;
    apply (convex_maximum_not_between _ f a b m M Hf HmM); destruct Hf as [_ (Ha & Hb & _)].
  - assert (N : ~ end_coordinate (I := interval) (fun x => x) a b).
    { intros H. apply Hno. exists (fun x => x). split; [apply coordinate_interval | exact H]. }
    apply between_from_interval; [exact Ha | exact Hb | |]; intros H; apply N; [left | right]; exact H.
  - apply between_from_hypercube; [exact Ha | exact Hb |]. intros j H. apply Hno.
    exists (fun x : hypercube d => x j). split; [apply coordinate_hypercube | exact H].
Qed.

(** ** The pairs of the proof *)

(** x_max = 1, x_min < 1: equations (10) and (11). *)
Theorem theorem_3_pair : forall (a m M : R), 0 <= a -> a < 1 -> 0 <= m -> m <= M -> M <= 1 ->
  let f1 := theorem_3_f1 a 1 m M in
  let f2 := theorem_3_f2 a 1 m M in
  (convex interval f1 /\ any_selection interval f1 a 1 m M)
  /\ (convex interval f2 /\ any_selection interval f2 a 1 m M)
  /\ f1 ((a + 1) / 2) - f2 ((a + 1) / 2) = (M - m) / 2.
Proof.
  intros a m M Ha Ha1 Hm HmM HM. cbv zeta.
  assert (A1 : agree (I := interval) (ramp a 1 m M) (theorem_3_f1 a 1 m M)).
  { intros x Hx. symmetry. apply theorem_3_f1_is_ramp; simpl in Hx; lra. }
  assert (A2 : agree (I := interval) (ramp ((a + 1) / 2) 1 m M) (theorem_3_f2 a 1 m M)).
  { intros x Hx. symmetry. apply theorem_3_f2_is_ramp; simpl in Hx; lra. }
  refine (conj (conj _ _) (conj (conj _ _) _)).
  - apply (agree_convex _ _ A1 cube_interval). apply ramp_up_convex; lra.
  - apply (agree_any_selection _ _ A1). apply ramp_up_information; simpl; lra.
  - apply (agree_convex _ _ A2 cube_interval). apply ramp_up_convex; lra.
  - apply (agree_any_selection _ _ A2). apply ramp_up_information; simpl; lra.
  - unfold theorem_3_f1, theorem_3_f2. repeat destruct Rle_dec; try lra. field. lra.
Qed.

(** x_max = 0, x_min > 0: g1(x) = f1(1 - x) and g2(x) = f2(1 - x), with x_min itself in (10) and (11). *)
Definition theorem_3_reflected_pair_printed : Prop :=
  forall (a m M : R), 0 < a -> a < 1 -> 0 <= m -> m <= M -> M <= 1 ->
  any_selection interval (theorem_3_printed_g1 a 0 m M) a 0 m M
  /\ any_selection interval (theorem_3_printed_g2 a 0 m M) a 0 m M
  /\ (M - m) / 2 <= Rabs (theorem_3_printed_g1 a 0 m M (a / 2) - theorem_3_printed_g2 a 0 m M (a / 2)).

Theorem theorem_3_reflected_pair_refuted : ~ theorem_3_reflected_pair_printed.
Proof.
  intros H. destruct (H (1 / 4) 0 1) as ((_ & _ & E & _) & _); try lra.
  revert E. unfold theorem_3_printed_g1. destruct Rle_dec; lra.
Qed.

(** The same with 1 - x_min in place of x_min. *)
Theorem theorem_3_reflected_pair_repaired : forall (a m M : R), 0 < a -> a <= 1 -> 0 <= m -> m <= M -> M <= 1 ->
  let g1 := theorem_3_repaired_g1 a 0 m M in
  let g2 := theorem_3_repaired_g2 a 0 m M in
  (convex interval g1 /\ any_selection interval g1 a 0 m M)
  /\ (convex interval g2 /\ any_selection interval g2 a 0 m M)
  /\ g1 (a / 2) - g2 (a / 2) = (M - m) / 2.
Proof.
  intros a m M Ha Ha1 Hm HmM HM. cbv zeta.
  assert (A1 : agree (I := interval) (ramp 0 a M m) (theorem_3_repaired_g1 a 0 m M)).
  { intros x Hx. symmetry. apply theorem_3_repaired_g1_is_ramp; simpl in Hx; lra. }
  assert (A2 : agree (I := interval) (ramp 0 (a / 2) M m) (theorem_3_repaired_g2 a 0 m M)).
  { intros x Hx. symmetry. apply theorem_3_repaired_g2_is_ramp; simpl in Hx; lra. }
  refine (conj (conj _ _) (conj (conj _ _) _)).
  - apply (agree_convex _ _ A1 cube_interval). apply ramp_down_convex; lra.
  - apply (agree_any_selection _ _ A1). apply ramp_down_information; simpl; lra.
  - apply (agree_convex _ _ A2 cube_interval). apply ramp_down_convex; lra.
  - apply (agree_any_selection _ _ A2). apply ramp_down_information; simpl; lra.
  - rewrite <- (A1 (a / 2)), <- (A2 (a / 2)) by (simpl; lra). rewrite (ramp_right 0 (a / 2)) by lra.
    unfold ramp. repeat destruct Rle_dec; try lra. field. lra.
Qed.

(** ** Theorem 3 *)

(** In every dimension the fiber of a convex function that is not constant contains the lift of a pair. *)
Lemma convex_fiber_contains_pair (I : domain) (f : I -> R) a b m M :
  cube I -> fiber (any_selection I) (convex I) a b m M f -> m < M ->
  exists f1 f2 x, fiber (any_selection I) (convex I) a b m M f1 /\ fiber (any_selection I) (convex I) a b m M f2
  /\ inside x /\ f1 x - f2 x = (M - m) / 2.
Proof.
  intros HI Hf HmM. destruct (convex_maximum_at_an_end I HI f a b m M Hf HmM) as (pi & Hpi & He).
  destruct Hf as [[Gf _] (Ha & Hb & Fa & Fb & F)].
  assert (Rm : 0 <= m <= 1) by (rewrite <- Fa; apply (Gf a Ha)).
  assert (RM : 0 <= M <= 1) by (rewrite <- Fb; apply (Gf b Hb)).
  pose proof (coordinate_inside I pi Hpi a Ha) as Pa.
  destruct He as [[Eb La] | [Eb La]].
  - destruct (theorem_3_pair (pi a) m M) as ((C1 & I1) & (C2 & I2) & S); try lra.
    destruct (coordinate_onto I pi Hpi ((pi a + 1) / 2)) as (x & Hx & Ex); [lra|].
    exists (lift pi (theorem_3_f1 (pi a) 1 m M)), (lift pi (theorem_3_f2 (pi a) 1 m M)), x.
    refine (conj (conj _ _) (conj (conj _ _) (conj Hx _)));
      try (apply lift_convex; assumption); try (apply lift_any_selection; rewrite ?Eb; assumption).
    unfold lift. rewrite Ex. exact S.
  - destruct (theorem_3_reflected_pair_repaired (pi a) m M) as ((C1 & I1) & (C2 & I2) & S); try lra.
    destruct (coordinate_onto I pi Hpi (pi a / 2)) as (x & Hx & Ex); [lra|].
    exists (lift pi (theorem_3_repaired_g1 (pi a) 0 m M)), (lift pi (theorem_3_repaired_g2 (pi a) 0 m M)), x.
    refine (conj (conj _ _) (conj (conj _ _) (conj Hx _)));
      try (apply lift_convex; assumption); try (apply lift_any_selection; rewrite ?Eb; assumption).
    unfold lift. rewrite Ex. exact S.
Qed.

Theorem theorem_3 (I : domain) : cube I ->
  errs_at_least (any_selection I) (convex I) (fun a b m M => (M - m) / 4).
Proof.
  intros HI D f a b m M Hf. destruct (Rle_lt_dec M m) as [H|H].
  - exists f. split; [exact Hf|]. destruct Hf as [_ (Ha & _)]. apply (error_at_least_trivial a); [exact Ha | lra].
  - destruct (convex_fiber_contains_pair I f a b m M HI Hf H) as (f1 & f2 & x & H1 & H2 & Hx & E).
    apply (pair_lemma _ _ a b m M f1 f2); [exact H1 | exact H2|].
    apply error_reaches_at_least. exists x. split; [exact Hx|]. rewrite E.
    unfold Rabs. destruct Rcase_abs; lra.
Qed.

(** The first function of the pair stays; the second may rise as late as one likes. *)
Lemma late_rise a m M e : 0 <= a -> a < 1 -> m < M -> e < M - m ->
  exists p, a <= p < 1 /\ e < Rabs (ramp a 1 m M p - ramp p 1 m M p).
Proof.
  intros Ha Ha1 HmM He. set (c := Rmax 0 e). assert (Hc : 0 <= c < M - m).
  { unfold c, Rmax. destruct Rle_dec; lra. }
  assert (Hec : e <= c) by apply Rmax_r. clearbody c.
  assert (Hs : exists t, 0 < t <= 1 / 2 /\ c < (1 - t) * (M - m)).
  { exists ((M - m - c) / (2 * (M - m))).
    assert (E : (M - m - c) / (2 * (M - m)) * (M - m) = (M - m - c) / 2) by (field; lra).
    set (t := (M - m - c) / (2 * (M - m))) in *. clearbody t. repeat split; nra. }
  destruct Hs as (t & Ht & Hct). exists (1 - t * (1 - a)). split; [split; nra|].
  rewrite (ramp_left (1 - t * (1 - a))) by nra.
  assert (E : ramp a 1 m M (1 - t * (1 - a)) = m + (1 - t) * (M - m)).
  { unfold ramp. destruct Rle_dec; [nra|]. destruct Rle_dec; [field; lra | nra]. }
  rewrite E. unfold Rabs. destruct Rcase_abs; lra.
Qed.

Lemma early_fall a m M e : 0 < a -> a <= 1 -> m < M -> e < M - m ->
  exists p, 0 < p <= a /\ e < Rabs (ramp 0 a M m p - ramp 0 p M m p).
Proof.
  intros Ha Ha1 HmM He. destruct (late_rise (1 - a) m M e) as (p & Hp & H); try lra.
  exists (1 - p). split; [lra|].
  replace (ramp 0 a M m (1 - p)) with (ramp (1 - a) 1 m M p).
  - replace (ramp 0 (1 - p) M m (1 - p)) with (ramp p 1 m M p); [exact H|].
    rewrite ramp_left, ramp_right by lra. reflexivity.
  - unfold ramp. destruct (Req_dec p (1 - a)) as [->|N]; repeat destruct Rle_dec; try lra; field; lra.
Qed.

(** The best possible bound is (f_max - f_min)/2: for every decoder some f' reaches it. *)
Theorem theorem_3_errs_at_least_half_spread (I : domain) : cube I ->
  errs_at_least (any_selection I) (convex I) half_spread.
Proof.
  intros HI D f a b m M Hf. unfold half_spread. destruct (Rle_lt_dec M m) as [H|H].
  { exists f. split; [exact Hf|]. destruct Hf as [_ (Ha & _)]. apply (error_at_least_trivial a); [exact Ha | lra]. }
  destruct (convex_maximum_at_an_end I HI f a b m M Hf H) as (pi & Hpi & He).
  destruct Hf as [[Gf _] (Ha & Hb & Fa & Fb & F)].
  assert (Rm : 0 <= m <= 1) by (rewrite <- Fa; apply (Gf a Ha)).
  assert (RM : 0 <= M <= 1) by (rewrite <- Fb; apply (Gf b Hb)).
  pose proof (coordinate_inside I pi Hpi a Ha) as Pa.
  destruct He as [[Eb La] | [Eb La]].
  - assert (Member : forall p, pi a <= p < 1 -> fiber (any_selection I) (convex I) a b m M (lift pi (ramp p 1 m M))).
    { intros p Hp. split; [apply lift_convex; [exact Hpi | apply ramp_up_convex; lra]|].
      apply lift_any_selection; auto. apply ramp_up_information; rewrite ?Eb; simpl; lra. }
    apply (anchor_lemma _ _ a b m M (lift pi (ramp (pi a) 1 m M))); [apply Member; lra|].
    intros e He. destruct (late_rise (pi a) m M e) as (p & Hp & E); try lra.
    exists (lift pi (ramp p 1 m M)). split; [apply Member; lra|].
    destruct (coordinate_onto I pi Hpi p) as (x & Hx & Ex); [lra|].
    exists x. split; [exact Hx|]. unfold lift. rewrite Ex. exact E.
  - assert (Member : forall p, 0 < p <= pi a -> fiber (any_selection I) (convex I) a b m M (lift pi (ramp 0 p M m))).
    { intros p Hp. split; [apply lift_convex; [exact Hpi | apply ramp_down_convex; lra]|].
      apply lift_any_selection; auto. apply ramp_down_information; rewrite ?Eb; simpl; lra. }
    apply (anchor_lemma _ _ a b m M (lift pi (ramp 0 (pi a) M m))); [apply Member; lra|].
    intros e He. destruct (early_fall (pi a) m M e) as (p & Hp & E); try lra.
    exists (lift pi (ramp 0 p M m)). split; [apply Member; lra|].
    destruct (coordinate_onto I pi Hpi p) as (x & Hx & Ex); [lra|].
    exists x. split; [exact Hx|]. unfold lift. rewrite Ex. exact E.
Qed.

Theorem theorem_3_sharp (I : domain) : cube I -> radius_is (any_selection I) (convex I) half_spread.
Proof.
  intros HI. apply radius_from_bounds.
  - apply any_selection_selects.
  - apply errs_at_most_half_spread, any_selection_selects.
  - exact (theorem_3_errs_at_least_half_spread I HI).
Qed.

(** ** Sentences of the theorem and its proof *)

(** No convex function crosses the line from (x_min, f_min) to (x_max, f_max) between the two. *)
Theorem theorem_3_diagonal (I : domain) (f : I -> R) a b m M w :
  fiber (any_selection I) (convex I) a b m M f -> 0 <= w <= 1 -> f (mix w a b) <= M - w * (M - m).
Proof.
  intros [[_ C] (Ha & Hb & Fa & Fb & _)] Hw. specialize (C a b w Ha Hb Hw). rewrite Fa, Fb in C. lra.
Qed.

(** In one dimension. *)
Lemma convex_ends (f : interval -> R) a b m M : fiber (any_selection interval) (convex interval) a b m M f -> m < M ->
  (b = 1 /\ a < 1) \/ (b = 0 /\ 0 < a).
Proof.
  intros Hf HmM. apply NNPP. intros Hno. apply (convex_maximum_not_between interval f a b m M Hf HmM).
  destruct Hf as [_ (Ha & Hb & _)]. apply between_from_interval; auto.
Qed.

(** A constant function has any two points as its information. *)
Lemma constant_information (a b : R) : 0 <= a <= 1 -> 0 <= b <= 1 ->
  fiber (any_selection interval) (convex interval) a b 0 0 (fun _ => 0).
Proof.
  intros Ha Hb. split.
  - split; [intros x _; lra | intros; lra].
  - unfold any_selection. simpl. repeat apply conj; try lra. intros; lra.
Qed.

Definition convex_information (P : R -> R -> R -> R -> Prop) : Prop :=
  forall (f : interval -> R) a b m M, fiber (any_selection interval) (convex interval) a b m M f -> P a b m M.

(** For any convex f, one of x_min or x_max is 0 or 1. *)
Definition theorem_3_extremum_at_an_end_printed : Prop :=
  convex_information (fun a b m M => a = 0 \/ a = 1 \/ b = 0 \/ b = 1).

Theorem theorem_3_extremum_at_an_end_refuted : ~ theorem_3_extremum_at_an_end_printed.
Proof.
  intros H.
  destruct (H _ _ _ _ _ (constant_information (1 / 2) (1 / 2) ltac:(lra) ltac:(lra))) as [E | [E | [E | E]]]; lra.
Qed.

Theorem theorem_3_extremum_at_an_end_repaired : convex_information (fun a b m M => m < M -> b = 0 \/ b = 1).
Proof. intros f a b m M Hf HmM. destruct (convex_ends f a b m M Hf HmM) as [[E _] | [E _]]; auto. Qed.

(** x_min = 0 implies x_max = 1, and x_min = 1 implies x_max = 0. *)
Definition theorem_3_minimum_at_zero_printed : Prop :=
  convex_information (fun a b m M => (a = 0 -> b = 1) /\ (a = 1 -> b = 0)).

Theorem theorem_3_minimum_at_zero_refuted : ~ theorem_3_minimum_at_zero_printed.
Proof.
  intros H. destruct (H _ _ _ _ _ (constant_information 0 0 ltac:(lra) ltac:(lra))) as [E _].
  specialize (E eq_refl). lra.
Qed.

Theorem theorem_3_minimum_at_zero_repaired :
  convex_information (fun a b m M => m < M -> (a = 0 -> b = 1) /\ (a = 1 -> b = 0)).
Proof. intros f a b m M Hf HmM. destruct (convex_ends f a b m M Hf HmM) as [[E L] | [E L]]; split; intros; lra. Qed.

(** The three cases of the proof. *)
Definition theorem_3_cases_printed : Prop :=
  convex_information (fun a b m M => (b = 1 /\ a < 1) \/ (b = 0 /\ 0 < a) \/ a = b).

Theorem theorem_3_cases_refuted : ~ theorem_3_cases_printed.
Proof.
  intros H.
  destruct (H _ _ _ _ _ (constant_information (1 / 3) (2 / 3) ltac:(lra) ltac:(lra))) as [[E _] | [[E _] | E]]; lra.
Qed.

Theorem theorem_3_cases_repaired :
  convex_information (fun a b m M => (b = 1 /\ a < 1) \/ (b = 0 /\ 0 < a) \/ m = M).
Proof.
  intros f a b m M Hf. destruct (Rle_lt_dec M m) as [H|H].
  - destruct Hf as [_ (Ha & _ & _ & _ & F)]. specialize (F a Ha). right. right. lra.
  - destruct (convex_ends f a b m M Hf H) as [E|E]; auto.
Qed.

(** ** The theorem is about something *)

Theorem theorem_3_non_vacuous :
  (exists a b f, fiber (any_selection interval) (convex interval) a b 0 1 f)
  /\ forall d, exists a b f, fiber (any_selection (hypercube (S d))) (convex (hypercube (S d))) a b 0 1 f.
Proof.
  assert (H : forall (I : domain) pi, coordinate I pi ->
    exists a b f, fiber (any_selection I) (convex I) a b 0 1 f).
  { intros I pi Hpi. destruct (coordinate_onto I pi Hpi 0) as (a & Ha & Ea); [lra|].
    destruct (coordinate_onto I pi Hpi 1) as (b & Hb & Eb); [lra|].
    exists a, b, (lift pi (ramp 0 1 0 1)). split; [apply lift_convex; [exact Hpi | apply ramp_up_convex; lra]|].
    apply lift_any_selection; auto. apply ramp_up_information; simpl; lra. }
  split; [exact (H interval _ coordinate_interval)|].
  intros d. exact (H (hypercube (S d)) _ (coordinate_hypercube (S d) Fin.F1)).
Qed.

Lemma theorem_3_pair_non_vacuous :
  (exists a m M : R, 0 <= a /\ a < 1 /\ 0 <= m /\ m < M /\ M <= 1)
  /\ (exists a m M : R, 0 < a /\ a < 1 /\ 0 <= m /\ m < M /\ M <= 1).
Proof. split; [exists 0, 0, 1 | exists (1 / 2), 0, 1]; lra. Qed.

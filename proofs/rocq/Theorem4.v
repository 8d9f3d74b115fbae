(** Theorem 4: Lipschitz functions (B.3, B.5.6), its remarks and the sentences of its proof. *)

From Coq Require Import Reals Lra.
From Coq Require Fin.
From FV Require Import Base Pairs Conditions Lipschitz.
Local Open Scope R_scope.

Notation lip L := (lipschitz interval L).
Notation any := (any_selection interval).

(** ** The conditions of the theorem *)

(** 2|f_max - f_min| <= L ||x_max - x_min||, in every dimension. *)
Definition gentle {I : domain} (L : R) : condition I :=
  fun a b m M => forall t, within t a b -> 2 * (M - m) <= L * t.

(** In dimension 1, as the theorem has it. *)
Definition first_condition (L : R) : condition interval := fun a b m M => theorem_4_first_condition a b m M L.
Definition second_condition (L : R) : condition interval := fun a b m M => theorem_4_second_condition a b m M L.

Definition second_bound_printed (L : R) : quantity interval :=
  fun a b m M => theorem_4_second_bound_printed a b m M L.
Definition second_bound_repaired (L : R) : quantity interval :=
  fun a b m M => theorem_4_second_bound_repaired a b m M L.
Definition bound_sharp (L : R) : quantity interval := fun a b m M => theorem_4_bound_sharp a b m M L.
Definition radius (L : R) : quantity interval := fun a b m M => lipschitz_radius a b m M L.

(** ** First inequality, every dimension *)

(** On the cube of dimension 0 no function is Lipschitz: every distance is "at most -1". *)
Lemma norm_or_empty (I : domain) :
  cube I -> (exists d : I -> I -> R, sup_norm d) \/ (forall L f, 0 < L -> ~ lipschitz I L f).
Proof.
  intros [|[|n]].
  - left. exists interval_distance. exact interval_sup_norm.
  - right. intros L f HL [_ H]. pose (x := (fun _ => 0) : hypercube 0).
    assert (E : Rabs (f x - f x) <= L * -1) by (apply H; intros j; inversion j).
    pose proof (Rabs_pos (f x - f x)). lra.
  - left. exists cube_distance. exact (cube_sup_norm n).
Qed.

Lemma gentle_iff {I : domain} (d : I -> I -> R) L a b m M :
  sup_norm d -> 0 < L -> (gentle L a b m M <-> 2 * (M - m) <= L * d a b).
Proof.
  intros N HL. split.
  - intros H. apply H, (within_iff d N). lra.
  - intros H t Ht. apply (within_iff d N) in Ht. nra.
Qed.

Theorem theorem_4_first_inequality :
  forall I, cube I -> forall L, 0 < L ->
  errs_at_least_when (any_selection I) (lipschitz I L) (gentle L) half_spread.
Proof.
  intros I HI L HL. destruct (norm_or_empty I HI) as [(d & N) | E].
  - apply errs_at_least_when_intro. intros f a b m M Hf H.
    apply (fiber_feasible d N L HL) in Hf. apply (proj1 (gentle_iff d L a b m M N HL)) in H.
    exists (upper d L a b m M), (lower d L a b m M).
    split; [exact (upper_in_fiber d N L HL a b m M Hf)|].
    split; [exact (lower_in_fiber d N L HL a b m M Hf)|].
    exists (mix (1 / 2) a b). destruct (envelopes_halfway d N L a b m M Hf H) as [-> ->].
    destruct Hf as (Ha & Hb & Hm & _). split; [exact (middle_inside d N a b Ha Hb)|].
    unfold half_spread. by_cases.
  - intros D f a b m M [Hf _]. destruct (E L f HL Hf).
Qed.

Theorem theorem_4_first_inequality_d1 :
  forall L, 0 < L -> errs_at_least_when any (lip L) (first_condition L) half_spread.
Proof.
  intros L HL D f a b m M Hf H. apply (theorem_4_first_inequality interval cube_interval L HL D f a b m M Hf).
  apply (gentle_iff _ L a b m M interval_sup_norm HL). unfold interval_distance.
  rewrite Rabs_minus_sym. exact H.
Qed.

(** In every dimension d >= 1 there are functions that meet the condition and are not constant. *)
Lemma gentle_satisfiable {I : domain} (d : I -> I -> R) (a b : I) L :
  sup_norm d -> 0 < L -> inside a -> inside b -> d a b = 1 ->
  satisfiable (any_selection I) (lipschitz I L) (fun a b m M => gentle L a b m M /\ m < M).
Proof.
  intros N HL Ha Hb E. pose (M := Rmin 1 (L / 2)).
  assert (0 < M <= 1 /\ M <= L / 2) by (unfold M; by_cases).
  exists (upper d L a b 0 M), a, b, 0, M. split.
  - apply (upper_in_fiber d N L HL). unfold feasible. rewrite E. repeat split; auto; lra.
  - split; [apply (gentle_iff d L a b 0 M N HL); rewrite E; lra | lra].
Qed.

Lemma theorem_4_first_inequality_satisfiable L :
  0 < L ->
  satisfiable any (lip L) (fun a b m M => gentle L a b m M /\ m < M)
  /\ forall n, satisfiable (any_selection (hypercube (S n))) (lipschitz (hypercube (S n)) L)
       (fun a b m M => gentle L a b m M /\ m < M).
Proof.
  intros HL. split; [|intros n].
  - apply (gentle_satisfiable _ (0 : interval) (1 : interval) L interval_sup_norm HL); simpl; try lra.
    unfold interval_distance. by_cases.
  - apply (gentle_satisfiable cube_distance ((fun _ => 0) : hypercube (S n)) (fun _ => 1) L (cube_sup_norm n) HL);
      simpl; intros; try lra.
    unfold cube_distance. apply Rle_antisym.
    + apply largest_le. intros j. by_cases.
    + apply Rle_trans with (2 := le_largest n _ Fin.F1). by_cases.
Qed.

(** ** The exact answer in dimension 1 *)

(** [feasible], [upper] and [lower] are what the solvers have. *)
Lemma feasible_interval L a b m M : 0 < L ->
  (feasible interval_distance L a b m M
   <-> (0 <= a <= 1 /\ 0 <= b <= 1 /\ 0 <= m <= M /\ M <= 1) /\ lipschitz_feasible a b m M L).
Proof.
  intros HL. unfold feasible, lipschitz_feasible, interval_distance. simpl.
  pose proof (Rabs_pos (a - b)). assert (0 <= L * Rabs (a - b)) by nra.
  intuition (try lra).
Qed.

Lemma upper_interval L a b m M x : upper interval_distance L a b m M x = lipschitz_upper a b m M L x.
Proof. reflexivity. Qed.

Lemma lower_interval L a b m M x : lower interval_distance L a b m M x = lipschitz_lower a b m M L x.
Proof. reflexivity. Qed.

Theorem lipschitz_fiber :
  forall L, 0 < L -> forall a b m M, 0 <= a <= 1 -> 0 <= b <= 1 -> 0 <= m <= M -> M <= 1 ->
  ((exists f, fiber any (lip L) a b m M f) <-> lipschitz_feasible a b m M L)
  /\ (lipschitz_feasible a b m M L ->
      fiber any (lip L) a b m M (lipschitz_upper a b m M L)
      /\ fiber any (lip L) a b m M (lipschitz_lower a b m M L)
      /\ forall f x, fiber any (lip L) a b m M f -> 0 <= x <= 1 ->
         lipschitz_lower a b m M L x <= f x <= lipschitz_upper a b m M L x).
Proof.
  intros L HL a b m M Ha Hb Hm HM. split.
  - rewrite (fiber_exists_iff interval_distance interval_sup_norm L HL), feasible_interval by assumption. tauto.
  - intros F. assert (F' : feasible interval_distance L a b m M) by (apply feasible_interval; tauto).
    split; [exact (upper_in_fiber _ interval_sup_norm L HL a b m M F')|].
    split; [exact (lower_in_fiber _ interval_sup_norm L HL a b m M F')|].
    intros f x Hf Hx. exact (fiber_between _ interval_sup_norm L HL a b m M f x Hf Hx).
Qed.

(** Lengths in units of 1/L: an interval [0, E] with points A <= B in it. *)
Lemma width_sym Delta p q : width Delta p q = width Delta q p.
Proof. unfold width. by_cases. Qed.

Lemma width_bound Delta E A B X :
  0 <= X <= E -> 0 <= A -> B <= E -> 0 <= Delta <= B - A ->
  width Delta (Rabs (X - A)) (Rabs (X - B)) <= Rmin Delta (Rmax (Rmax A (E - B)) (B - A - Delta)).
Proof.
  intros. unfold width. destruct (Rle_dec X A); [|destruct (Rle_dec X B)];
    [rewrite !Rabs_left1 by lra | rewrite (Rabs_right (X - A)), (Rabs_left1 (X - B)) by lra
    | rewrite !Rabs_right by lra];
    by_cases.
Qed.

Lemma width_reached Delta E A B :
  0 <= A -> B <= E -> 0 <= Delta <= B - A ->
  exists X, 0 <= X <= E
  /\ width Delta (Rabs (X - A)) (Rabs (X - B)) = Rmin Delta (Rmax (Rmax A (E - B)) (B - A - Delta)).
Proof.
  intros. unfold width.
  destruct (Rle_dec (E - B) A); [destruct (Rle_dec (B - A - Delta) A) | destruct (Rle_dec (B - A - Delta) (E - B))];
  [exists 0 | exists ((A + B) / 2) | exists E | exists ((A + B) / 2)]; (split; [lra|]);
  [rewrite !Rabs_left1 by lra | rewrite (Rabs_right (_ - A)), (Rabs_left1 (_ - B)) by lra
  | rewrite !Rabs_right by lra | rewrite (Rabs_right (_ - A)), (Rabs_left1 (_ - B)) by lra]; by_cases.
Qed.

Lemma scaled_distance L x y : 0 < L -> L * Rabs (x - y) = Rabs (L * x - L * y).
Proof. intros. rewrite <- Rmult_minus_distr_l, Rabs_mult, (Rabs_right L) by lra. reflexivity. Qed.

Lemma twice_radius_ordered L a b m M : 0 < L -> a <= b ->
  2 * lipschitz_radius a b m M L = Rmin (M - m) (Rmax (Rmax (L * a) (L - L * b)) (L * b - L * a - (M - m))).
Proof.
  intros. unfold lipschitz_radius. rewrite (Rmin_left a b), (Rmax_right a b) by assumption.
  replace (L * (1 - b)) with (L - L * b) by ring. replace (L * (b - a)) with (L * b - L * a) by ring. lra.
Qed.

Lemma radius_sym L a b m M : lipschitz_radius a b m M L = lipschitz_radius b a m M L.
Proof. unfold lipschitz_radius. rewrite (Rmin_comm a b), (Rmax_comm a b). reflexivity. Qed.

Lemma width_radius_ordered L a b m M : 0 < L -> 0 <= a -> b <= 1 -> a <= b -> 0 <= M - m <= L * Rabs (a - b) ->
  (forall x, 0 <= x <= 1 -> width (M - m) (L * Rabs (x - a)) (L * Rabs (x - b)) <= 2 * lipschitz_radius a b m M L)
  /\ exists x, 0 <= x <= 1
     /\ width (M - m) (L * Rabs (x - a)) (L * Rabs (x - b)) = 2 * lipschitz_radius a b m M L.
Proof.
  intros HL Ha Hb Hab H. rewrite (Rabs_left1 (a - b)) in H by lra.
  assert (0 <= L * a) by nra. assert (L * b <= L) by nra.
  rewrite twice_radius_ordered by assumption. split.
  - intros x Hx. rewrite !scaled_distance by assumption. apply width_bound; try lra. split; nra.
  - destruct (width_reached (M - m) L (L * a) (L * b)) as (X & HX & E); try lra.
    assert (EX : L * (X / L) = X) by (field; lra).
    exists (X / L). split; [split; apply Rmult_le_reg_l with L; lra|].
    rewrite !scaled_distance, EX by assumption. exact E.
Qed.

Lemma width_radius L a b m M : 0 < L -> 0 <= a <= 1 -> 0 <= b <= 1 -> 0 <= M - m <= L * Rabs (a - b) ->
  (forall x, 0 <= x <= 1 -> width (M - m) (L * Rabs (x - a)) (L * Rabs (x - b)) <= 2 * lipschitz_radius a b m M L)
  /\ exists x, 0 <= x <= 1
     /\ width (M - m) (L * Rabs (x - a)) (L * Rabs (x - b)) = 2 * lipschitz_radius a b m M L.
Proof.
  intros HL Ha Hb H. destruct (Rle_dec a b); [apply width_radius_ordered; tauto|].
  rewrite Rabs_minus_sym in H. rewrite radius_sym.
  destruct (width_radius_ordered L b a m M) as [U (x & Hx & E)]; try tauto; try lra. split.
  - intros y Hy. rewrite width_sym. auto.
  - exists x. rewrite width_sym. auto.
Qed.

Theorem theorem_4_radius : forall L, 0 < L -> radius_is any (lip L) (radius L).
Proof.
  intros L HL f a b m M Hf. apply (fiber_feasible _ interval_sup_norm L HL) in Hf.
  assert (F := Hf). destruct F as (Ha & Hb & Hm & HM & E). unfold interval_distance in E.
  destruct (width_radius L a b m M HL Ha Hb) as [U (x & Hx & W)]; [lra|].
  exact (radius_from_width _ interval_sup_norm L HL a b m M _ x Hf Hx W U).
Qed.

(** For every decoder some f' reaches it. *)
Theorem theorem_4_sharp_attained : forall L, 0 < L -> errs_at_least any (lip L) (radius L).
Proof.
  intros L HL. apply errs_at_least_iff_any, errs_at_least_when_intro. intros f a b m M Hf _.
  apply (fiber_feasible _ interval_sup_norm L HL) in Hf. assert (F := Hf). destruct F as (Ha & Hb & Hm & HM & E).
  unfold interval_distance in E. destruct (width_radius L a b m M HL Ha Hb) as [_ (x & Hx & W)]; [lra|].
  exists (upper interval_distance L a b m M), (lower interval_distance L a b m M).
  split; [exact (upper_in_fiber _ interval_sup_norm L HL a b m M Hf)|].
  split; [exact (lower_in_fiber _ interval_sup_norm L HL a b m M Hf)|].
  exists x. split; [exact Hx|]. rewrite upper_minus_lower. unfold interval_distance, radius. rewrite W. apply Rle_abs.
Qed.

(** Some decoder, with values in [0, 1], has no larger error. *)
Theorem theorem_4_sharp_optimal : forall L, 0 < L -> errs_at_most any (lip L) (radius L).
Proof.
  intros L HL. apply (radius_is_optimal_error any (lip L) (any_selection_selects interval)), theorem_4_radius, HL.
Qed.

(** The formula of the theorem's sharp form, and the solvers' formula of the radius. *)
Lemma bound_sharp_is_radius L a b m M : 0 < L -> bound_sharp L a b m M = radius L a b m M.
Proof.
  intros HL. unfold bound_sharp, radius, theorem_4_bound_sharp, lipschitz_radius.
  rewrite (RmaxRmult (Rmin a b) (1 - Rmax a b) L) by lra.
  replace (Rabs (b - a)) with (Rmax a b - Rmin a b); [lra | by_cases].
Qed.

Theorem theorem_4_sharp :
  forall L, 0 < L -> best_possible any (lip L) (bound_sharp L) /\ best_possible any (lip L) (radius L).
Proof.
  intros L HL. assert (B : best_possible any (lip L) (radius L)).
  { split; [exact (theorem_4_radius L HL)|].
    split; [exact (theorem_4_sharp_attained L HL) | exact (theorem_4_sharp_optimal L HL)]. }
  split; [|exact B]. apply (best_possible_ext _ _ (radius L)); [|exact B].
  intros f a b m M _. symmetry. apply bound_sharp_is_radius, HL.
Qed.

(** ** Second inequality *)

Definition theorem_4_second_inequality_printed : Prop :=
  forall L, 0 < L -> errs_at_least_when any (lip L) (second_condition L) (second_bound_printed L).

Theorem theorem_4_second_inequality_refuted : ~ theorem_4_second_inequality_printed.
Proof.
  intros H. specialize (H 1 ltac:(lra)). revert H.
  assert (F : feasible interval_distance 1 1 (1 / 2) 0 (1 / 3)).
  { unfold feasible, interval_distance. simpl. repeat split; by_cases. }
  apply (not_errs_at_least_when any (lip 1) _ _ (fun _ => middle 0 (1 / 3))
    (upper interval_distance 1 1 (1 / 2) 0 (1 / 3)) 1 (1 / 2) 0 (1 / 3) ((1 / 3 - 0) / 2)).
  - apply (upper_in_fiber _ interval_sup_norm 1 ltac:(lra) _ _ _ _ F).
  - unfold second_condition, theorem_4_second_condition. by_cases.
  - unfold second_bound_printed, theorem_4_second_bound_printed. by_cases.
  - intros f' Hf'. exact (constant_decoder_error any (lip 1) (any_selection_selects interval) _ _ _ _ f' Hf').
Qed.

Theorem theorem_4_second_inequality_repaired :
  forall L, 0 < L -> errs_at_least_when any (lip L) (second_condition L) (second_bound_repaired L).
Proof.
  intros L HL D f a b m M Hf _. destruct (theorem_4_sharp_attained L HL D f a b m M Hf) as (f' & Hf' & E).
  exists f'. split; [exact Hf'|]. intros e He. apply E.
  rewrite <- bound_sharp_is_radius by assumption.
  unfold second_bound_repaired, bound_sharp, theorem_4_second_bound_repaired, theorem_4_bound_sharp in *.
  set (u := L * Rmax (Rmin a b) (1 - Rmax a b)) in *. set (v := L * Rabs (b - a) - (M - m)).
  apply Rlt_le_trans with (1 := He). clear. by_cases.
Qed.

Lemma second_condition_satisfiable : forall L, 0 < L -> satisfiable any (lip L) (second_condition L).
Proof.
  intros L HL. set (b := Rmin 1 (1 / L)).
  assert (HLb : L * (1 / L) = 1) by (field; lra).
  assert (0 < 1 / L) by (apply Rmult_lt_0_compat; [lra | apply Rinv_0_lt_compat; lra]).
  assert (Hb : 0 < b <= 1 /\ 0 < L * b <= 1) by (unfold b, Rmin; destruct (Rle_dec 1 (1 / L)); nra).
  assert (E : Rabs (0 - b) = b) by (clear - Hb; by_cases).
  exists (upper interval_distance L 0 b 0 (L * b)), 0, b, 0, (L * b). split.
  - apply (upper_in_fiber _ interval_sup_norm L HL). unfold feasible, interval_distance. simpl. rewrite E.
    repeat split; lra.
  - unfold second_condition, theorem_4_second_condition. rewrite Rabs_minus_sym, E. lra.
Qed.

(** ** The remarks after the theorem *)

Lemma fiber_facts L a b m M f : 0 < L -> fiber any (lip L) a b m M f ->
  0 <= a <= 1 /\ 0 <= b <= 1 /\ 0 <= m <= M /\ M <= 1 /\ M - m <= L * Rabs (a - b).
Proof. intros HL H. exact (fiber_feasible _ interval_sup_norm L HL a b m M f H). Qed.

Lemma radius_value L a b m M f r : 0 < L ->
  fiber any (lip L) a b m M f -> is_radius any (lip L) a b m M r -> r = lipschitz_radius a b m M L.
Proof. intros HL Hf Hr. exact (is_radius_unique _ _ a b m M _ _ Hr (theorem_4_radius L HL f a b m M Hf)). Qed.

(** A member of the fiber, from five inequalities. *)
Lemma fiber_of L a b m M : 0 < L -> 0 <= a <= 1 -> 0 <= b <= 1 -> 0 <= m <= M -> M <= 1 ->
  M - m <= L * Rabs (a - b) -> fiber any (lip L) a b m M (lipschitz_upper a b m M L).
Proof.
  intros HL Ha Hb Hm HM E. apply (upper_in_fiber _ interval_sup_norm L HL). unfold feasible, interval_distance.
  simpl. tauto.
Qed.

Theorem theorem_4_remark_spread :
  forall I, cube I -> forall L, 0 < L ->
  always (any_selection I) (lipschitz I L) any_phi (fun a b m M => forall t, within t a b -> M - m <= L * t).
Proof.
  intros I HI L HL f a b m M Hf _ t Ht. destruct (norm_or_empty I HI) as [(d & N) | E].
  - apply (fiber_feasible d N L HL) in Hf. destruct Hf as (_ & _ & _ & _ & H).
    apply (within_iff d N) in Ht. nra.
  - destruct Hf as [Hf _]. destruct (E L f HL Hf).
Qed.

Theorem theorem_4_remark_tight :
  forall I, cube I -> forall L, 0 < L ->
  errs_at_most_when (any_selection I) (lipschitz I L) (gentle L) half_spread.
Proof.
  intros I _ L _. destruct (errs_at_most_half_spread (any_selection I) (lipschitz I L) (any_selection_selects I))
    as (D & HD & H).
  exists D. split; [exact HD|]. intros f a b m M Hf _. exact (H f a b m M Hf).
Qed.

Lemma rmax_rmin_zero a b : 0 <= a <= 1 -> 0 <= b <= 1 ->
  (Rmax (Rmin a b) (1 - Rmax a b) = 0 <-> Rabs (b - a) = 1).
Proof. intros. split; intros H'; by_cases. Qed.

Theorem theorem_4_remark_zero :
  forall L, 0 < L -> always any (lip L) (second_condition L)
    (fun a b m M => second_bound_printed L a b m M = 0 <-> Rabs (b - a) = 1 /\ M - m > L / 2).
Proof.
  intros L HL f a b m M Hf H. apply fiber_facts in Hf; [|exact HL]. destruct Hf as (Ha & Hb & _).
  unfold second_condition, theorem_4_second_condition, second_bound_printed, theorem_4_second_bound_printed in *.
  rewrite <- (rmax_rmin_zero a b Ha Hb). split.
  - intros E. apply Rmult_integral in E. destruct E as [E|E]; [lra|]. split; [exact E|].
    apply rmax_rmin_zero in E; auto. rewrite E in H. lra.
  - intros [-> _]. ring.
Qed.

Theorem theorem_4_remark_zero_sharp :
  forall L, 0 < L -> always any (lip L) any_phi
    (fun a b m M => is_radius any (lip L) a b m M 0 <-> m = M \/ Rabs (b - a) = 1 /\ M - m = L).
Proof.
  intros L HL f a b m M Hf _. assert (F := fiber_facts L a b m M f HL Hf). destruct F as (Ha & Hb & Hm & HM & E).
  assert (Q : lipschitz_radius a b m M L = 0 <-> m = M \/ Rabs (b - a) = 1 /\ M - m = L).
  { assert (O : forall p q, 0 <= p <= 1 -> 0 <= q <= 1 -> p <= q -> M - m <= L * Rabs (p - q) ->
      (2 * lipschitz_radius p q m M L = 0 <-> m = M \/ Rabs (q - p) = 1 /\ M - m = L)).
    { intros p q Hp Hq pq G. rewrite twice_radius_ordered by assumption.
      rewrite (Rabs_left1 (p - q)) in G by lra. rewrite (Rabs_right (q - p)) by lra.
      assert (0 <= L * p) by nra. assert (L * q <= L) by nra. split.
      - intros Z. destruct (Req_dec m M) as [|V]; [tauto | right].
        assert (L * p = 0) by (revert Z; by_cases). assert (L * q = L) by (revert Z; by_cases).
        assert (M - m = L) by (revert Z; by_cases). split; [nra | assumption].
      - intros [->|[P S]]; [by_cases|]. assert (p = 0) by lra. assert (q = 1) by lra. subst p q. by_cases. }
    destruct (Rle_dec a b) as [ab|ba].
    - rewrite <- (O a b) by assumption. lra.
    - rewrite radius_sym, Rabs_minus_sym. rewrite <- (O b a); try tauto; try lra. rewrite Rabs_minus_sym. exact E. }
  rewrite <- Q. split.
  - intros Hr. symmetry. exact (radius_value L a b m M f 0 HL Hf Hr).
  - intros Z. rewrite <- Z. exact (theorem_4_radius L HL f a b m M Hf).
Qed.

Definition theorem_4_remark_zero_is_tight_printed : Prop :=
  forall L, 0 < L -> always any (lip L) (second_condition L)
    (fun a b m M => second_bound_printed L a b m M = 0 -> is_radius any (lip L) a b m M 0).

Theorem theorem_4_remark_zero_is_tight_refuted : ~ theorem_4_remark_zero_is_tight_printed.
Proof.
  intros H. assert (HL : 0 < 2 / 3) by lra.
  assert (F : fiber any (lip (2 / 3)) 0 1 0 (1 / 2) (lipschitz_upper 0 1 0 (1 / 2) (2 / 3)))
    by (apply fiber_of; by_cases).
  assert (Z : is_radius any (lip (2 / 3)) 0 1 0 (1 / 2) 0).
  { apply (H (2 / 3) HL _ 0 1 0 (1 / 2) F).
    - unfold second_condition, theorem_4_second_condition. by_cases.
    - unfold second_bound_printed, theorem_4_second_bound_printed. by_cases. }
  apply (radius_value _ _ _ _ _ _ _ HL F) in Z. revert Z. unfold lipschitz_radius. by_cases.
Qed.

Theorem theorem_4_remark_steepest :
  forall L, 0 < L -> always any (lip L) (fun _ _ m M => M - m = L)
    (fun a b m M => Rabs (b - a) = 1 /\ is_radius any (lip L) a b m M 0).
Proof.
  intros L HL f a b m M Hf S. assert (F := fiber_facts L a b m M f HL Hf). destruct F as (Ha & Hb & Hm & HM & E).
  assert (P : Rabs (b - a) = 1).
  { rewrite S in E. rewrite Rabs_minus_sym. apply Rle_antisym; [by_cases|].
    apply Rmult_le_reg_l with L; lra. }
  split; [exact P|]. apply (theorem_4_remark_zero_sharp L HL f a b m M Hf Logic.I). tauto.
Qed.

Theorem theorem_4_remark_steepest_recovered :
  forall L, 0 < L -> recovered_when any (lip L) (fun _ _ m M => M - m = L).
Proof.
  intros L HL. apply errs_at_most_when_from_radius; [exact (any_selection_selects interval)|].
  intros f a b m M Hf S. exact (proj2 (theorem_4_remark_steepest L HL f a b m M Hf S)).
Qed.

Lemma steepest_satisfiable : satisfiable any (lip 1) (fun _ _ m M => M - m = 1).
Proof. exists (lipschitz_upper 0 1 0 1 1), 0, 1, 0, 1. split; [apply fiber_of; by_cases | lra]. Qed.

(** ** The sentences of the proof (B.5.6) *)

(** |f(x) - f(y)| <= L|x - y|, whatever the range. *)
Definition slope_at_most (L : R) (f : interval -> R) : Prop :=
  forall x y, 0 <= x <= 1 -> 0 <= y <= 1 -> Rabs (f x - f y) <= L * Rabs (x - y).

Lemma slope_if_ordered (f : interval -> R) L :
  (forall x y, 0 <= x <= 1 -> 0 <= y <= 1 -> x <= y -> Rabs (f x - f y) <= L * (y - x)) -> slope_at_most L f.
Proof.
  intros H x y Hx Hy. destruct (Rle_dec x y).
  - rewrite (Rabs_left1 (x - y)) by lra. replace (- (x - y)) with (y - x) by ring. auto.
  - rewrite (Rabs_minus_sym (f x)), (Rabs_right (x - y)) by lra. apply H; lra.
Qed.

Lemma slope_bounds g D L : 0 < g -> 0 <= D <= L * g -> 0 <= D / g <= L.
Proof.
  intros. assert (D / g * g = D) by (field; lra). split; apply Rmult_le_reg_r with g; lra.
Qed.

Lemma late_ramp a b m M x : a < b ->
  2 * (M - m) / (b - a) * x + (2 * m * b - M * a - M * b) / (b - a) = m + 2 * (M - m) / (b - a) * (x - (a + b) / 2).
Proof. intros. field. lra. Qed.

Lemma early_ramp a b m M x : a < b ->
  2 * (M - m) / (b - a) * x + (m * b + m * a - 2 * M * a) / (b - a) = m + 2 * (M - m) / (b - a) * (x - a).
Proof. intros. field. lra. Qed.

Lemma ramp a b m M x : a < b ->
  (M - m) / (b - a) * x + (m * b - M * a) / (b - a) = m + (M - m) / (b - a) * (x - a).
Proof. intros. field. lra. Qed.

Lemma lip_iff L f : 0 < L -> (lip L f <-> all_functions interval f /\ slope_at_most L f).
Proof. intros HL. exact (lipschitz_iff _ interval_sup_norm L HL f). Qed.

(** The hypotheses of the proof. *)
Definition ordered (a b m M L : R) : Prop := 0 <= a /\ a < b /\ b <= 1 /\ 0 <= m <= M /\ M <= 1 /\ 0 < L.

Lemma theorem_1_pair_slope a b m M L : ordered a b m M L -> theorem_4_first_condition a b m M L ->
  slope_at_most L (theorem_1_f1 a b m M) /\ slope_at_most L (theorem_1_f2 a b m M).
Proof.
  unfold theorem_4_first_condition. intros (Ha & ab & Hb & Hm & HM & HL) G. rewrite Rabs_right in G by lra.
  assert (S : 0 <= 2 * (M - m) / (b - a) <= L) by (apply slope_bounds; lra).
  assert (E : 2 * (M - m) / (b - a) * (b - a) = 2 * (M - m)) by (field; lra).
  split; apply slope_if_ordered; intros x y Hx Hy xy; unfold theorem_1_f1, theorem_1_f2;
    rewrite ?late_ramp, ?early_ramp by lra;
    set (s := 2 * (M - m) / (b - a)) in *; clearbody s; apply Rabs_le; repeat destruct (Rle_dec _ _); nra.
Qed.

Lemma theorem_1_pair_information a b m M L : ordered a b m M L ->
  any (theorem_1_f1 a b m M) a b m M /\ any (theorem_1_f2 a b m M) a b m M.
Proof.
  intros (Ha & ab & Hb & Hm & HM & HL).
  assert (S : 0 <= 2 * (M - m) / (b - a)) by (apply Rmult_le_pos; [lra | apply Rlt_le, Rinv_0_lt_compat; lra]).
  assert (E : 2 * (M - m) / (b - a) * (b - a) = 2 * (M - m)) by (field; lra).
  unfold any_selection. simpl.
  split; (split; [lra | split; [lra | split; [|split; [|intros x Hx]]]]); unfold theorem_1_f1, theorem_1_f2;
    rewrite ?late_ramp, ?early_ramp by lra;
    set (s := 2 * (M - m) / (b - a)) in *; clearbody s; repeat destruct (Rle_dec _ _); nra.
Qed.

Theorem theorem_4_proof_first_pair :
  forall a b m M L, ordered a b m M L -> theorem_4_first_condition a b m M L ->
  fiber any (lip L) a b m M (theorem_1_f1 a b m M) /\ fiber any (lip L) a b m M (theorem_1_f2 a b m M).
Proof.
  intros a b m M L O G. destruct (theorem_1_pair_slope a b m M L O G) as [S1 S2].
  destruct (theorem_1_pair_information a b m M L O) as [I1 I2]. destruct O as (_ & _ & _ & Hm & HM & HL).
  split; (split; [apply (lip_iff L _ HL); split; [intros x Hx | assumption] | assumption]).
  - destruct I1 as (_ & _ & _ & _ & H). specialize (H x Hx). lra.
  - destruct I2 as (_ & _ & _ & _ & H). specialize (H x Hx). lra.
Qed.

Lemma first_pair_satisfiable : ordered 0 1 0 (1 / 2) 1 /\ theorem_4_first_condition 0 1 0 (1 / 2) 1.
Proof. unfold ordered, theorem_4_first_condition. split; [lra | by_cases]. Qed.

(** The second pair: x_min < x_max and L(x_max - x_min)/2 < Δ <= L(x_max - x_min). *)
Definition second_case (a b m M L : R) : Prop :=
  ordered a b m M L /\ M - m <= L * (b - a) /\ theorem_4_second_condition a b m M L.

Lemma second_case_satisfiable : second_case 0 (1 / 2) 0 (1 / 2) (3 / 2).
Proof. unfold second_case, ordered, theorem_4_second_condition. repeat split; by_cases. Qed.

Theorem theorem_4_proof_second_pair_slope :
  forall a b m M L, second_case a b m M L ->
  slope_at_most L (theorem_4_f1 a b m M L) /\ slope_at_most L (theorem_4_f2 a b m M L).
Proof.
  intros a b m M L ((Ha & ab & Hb & Hm & HM & HL) & G & _).
  assert (S : 0 <= (M - m) / (b - a) <= L) by (apply slope_bounds; lra).
  assert (E : (M - m) / (b - a) * (b - a) = M - m) by (field; lra).
  split; apply slope_if_ordered; intros x y Hx Hy xy; unfold theorem_4_f1, theorem_4_f2;
    rewrite ?ramp by lra;
    set (s := (M - m) / (b - a)) in *; clearbody s; apply Rabs_le; repeat destruct (Rle_dec _ _); nra.
Qed.

Definition theorem_4_proof_second_pair_range_printed : Prop :=
  forall a b m M L, second_case a b m M L ->
  all_functions interval (theorem_4_f1 a b m M L) /\ all_functions interval (theorem_4_f2 a b m M L).

Theorem theorem_4_proof_second_pair_range_refuted : ~ theorem_4_proof_second_pair_range_printed.
Proof.
  intros H. destruct (H _ _ _ _ _ second_case_satisfiable) as [_ H2].
  specialize (H2 1 ltac:(simpl; lra)). revert H2. unfold theorem_4_f2. by_cases.
Qed.

Definition theorem_4_proof_second_pair_information_printed : Prop :=
  forall a b m M L, second_case a b m M L ->
  any (theorem_4_f1 a b m M L) a b m M /\ any (theorem_4_f2 a b m M L) a b m M.

Theorem theorem_4_proof_second_pair_information_refuted : ~ theorem_4_proof_second_pair_information_printed.
Proof.
  intros H. destruct (H _ _ _ _ _ second_case_satisfiable) as [_ (_ & _ & _ & _ & H2)].
  specialize (H2 1 ltac:(simpl; lra)). revert H2. unfold theorem_4_f2. by_cases.
Qed.

Theorem theorem_4_proof_second_pair_separation :
  forall a b m M L, second_case a b m M L ->
  (a > 1 - b -> Rabs (theorem_4_f1 a b m M L 0 - theorem_4_f2 a b m M L 0) >= L * a)
  /\ (a <= 1 - b -> Rabs (theorem_4_f1 a b m M L 1 - theorem_4_f2 a b m M L 1) >= L * (1 - b)).
Proof.
  intros a b m M L ((Ha & ab & Hb & Hm & HM & HL) & G & _). unfold theorem_4_f1, theorem_4_f2. split; intros.
  - destruct (Rle_dec 0 a); by_cases.
  - destruct (Rle_dec 1 a); [lra|]. destruct (Rle_dec 1 b); [|by_cases].
    assert (b = 1) by lra. subst b. by_cases.
Qed.

Lemma clip_closer m M u v t : m <= M -> Rabs (u - v) <= t -> Rabs (Rmin M (Rmax m u) - Rmin M (Rmax m v)) <= t.
Proof. intros. by_cases. Qed.

Lemma clip_between m M u : m <= M -> m <= Rmin M (Rmax m u) <= M.
Proof. intros. by_cases. Qed.

Lemma clipped_in_fiber a b m M L (f : R -> R) : ordered a b m M L -> slope_at_most L f -> f a = m -> f b = M ->
  fiber any (lip L) a b m M (fun x => Rmin M (Rmax m (f x))).
Proof.
  intros (Ha & ab & Hb & Hm & HM & HL) S fa fb. split; [apply (lip_iff L _ HL); split|].
  - intros x _. pose proof (clip_between m M (f x)). lra.
  - intros x y Hx Hy. apply clip_closer; [lra | exact (S x y Hx Hy)].
  - unfold any_selection. simpl. rewrite fa, fb. repeat split; try lra; try apply clip_between; try lra; by_cases.
Qed.

Theorem theorem_4_proof_second_pair_repaired :
  forall a b m M L, second_case a b m M L ->
  fiber any (lip L) a b m M (theorem_4_clipped_f1 a b m M L)
  /\ fiber any (lip L) a b m M (theorem_4_clipped_f2 a b m M L)
  /\ (a > 1 - b ->
      Rabs (theorem_4_clipped_f1 a b m M L 0 - theorem_4_clipped_f2 a b m M L 0) >= Rmin (M - m) (L * a))
  /\ (a <= 1 - b ->
      Rabs (theorem_4_clipped_f1 a b m M L 1 - theorem_4_clipped_f2 a b m M L 1) >= Rmin (M - m) (L * (1 - b))).
Proof.
  intros a b m M L C. destruct (theorem_4_proof_second_pair_slope a b m M L C) as [S1 S2].
  destruct C as (O & G & _).
  assert (V : theorem_4_f1 a b m M L a = m /\ theorem_4_f1 a b m M L b = M
    /\ theorem_4_f2 a b m M L a = m /\ theorem_4_f2 a b m M L b = M).
  { destruct O as (Ha & ab & Hb & _). assert (E : (M - m) / (b - a) * (b - a) = M - m) by (field; lra).
    unfold theorem_4_f1, theorem_4_f2. rewrite !ramp, E by lra. repeat split; by_cases. }
  destruct V as (V1 & V2 & V3 & V4).
  split; [exact (clipped_in_fiber a b m M L _ O S1 V1 V2)|].
  split; [exact (clipped_in_fiber a b m M L _ O S2 V3 V4)|].
  destruct O as (Ha & ab & Hb & Hm & HM & HL). unfold theorem_4_clipped_f1, theorem_4_clipped_f2.
  split; intros.
  - assert (0 < L * a) by nra. destruct (Rle_dec 0 a); [|lra]. by_cases.
  - destruct (Rle_dec 1 a); [lra|]. destruct (Rle_dec 1 b).
    + assert (b = 1) by lra. subst b. by_cases.
    + assert (0 < L * (1 - b)) by nra. by_cases.
Qed.

(** ** Sentences of B.2 and Remark 3 on Lipschitz functions *)

(** Footnote 2: no f but constants can be recovered exactly. *)
Definition footnote_2_lipschitz_printed : Prop :=
  forall L, 0 < L -> always any (lip L) (fun _ _ m M => m < M)
    (fun a b m M => forall r, is_radius any (lip L) a b m M r -> 0 < r).

Theorem footnote_2_lipschitz_refuted : ~ footnote_2_lipschitz_printed.
Proof.
  intros H. assert (HL : 0 < 1 / 4) by lra.
  assert (F : fiber any (lip (1 / 4)) 0 1 0 (1 / 4) (lipschitz_upper 0 1 0 (1 / 4) (1 / 4)))
    by (apply fiber_of; by_cases).
  specialize (H (1 / 4) HL _ 0 1 0 (1 / 4) F ltac:(lra) 0).
  assert (0 < 0); [|lra]. apply H. apply (theorem_4_remark_zero_sharp _ HL _ _ _ _ _ F Logic.I). right. by_cases.
Qed.

Definition not_the_steepest (L : R) : condition interval := fun a b m M => m < M /\ ~ (M - m = L /\ Rabs (a - b) = 1).

Theorem footnote_2_lipschitz_repaired :
  forall L, 0 < L -> always any (lip L) (not_the_steepest L)
    (fun a b m M => forall r, is_radius any (lip L) a b m M r -> 0 < r).
Proof.
  intros L HL f a b m M Hf [V S] r Hr.
  assert (0 <= r).
  { destruct Hr as [U _]. destruct Hf as [Hf1 Hf2]. assert (Rabs (f a - f a) <= 2 * r).
    { apply U. exists f, f, a. unfold fiber. assert (Ha := proj1 Hf2). auto. }
    pose proof (Rabs_pos (f a - f a)). lra. }
  destruct (Req_dec r 0) as [Z|]; [|lra]. subst r.
  apply (theorem_4_remark_zero_sharp L HL f a b m M Hf Logic.I) in Hr. rewrite Rabs_minus_sym in Hr.
  destruct Hr as [Hr|[P Q]]; [lra | tauto].
Qed.

Lemma not_the_steepest_satisfiable : satisfiable any (lip 1) (not_the_steepest 1).
Proof.
  exists (lipschitz_upper 0 1 0 (1 / 2) 1), 0, 1, 0, (1 / 2). split; [apply fiber_of; by_cases|].
  unfold not_the_steepest. lra.
Qed.

(** B.2: the best possible error is 0 or (f_max - f_min)/2. *)
Definition section_b_2_dichotomy_printed : Prop :=
  forall L, 0 < L -> always any (lip L) any_phi
    (fun a b m M => is_radius any (lip L) a b m M 0 \/ is_radius any (lip L) a b m M ((M - m) / 2)).

Theorem section_b_2_dichotomy_refuted : ~ section_b_2_dichotomy_printed.
Proof.
  intros H. assert (HL : 0 < 2 / 3) by lra.
  assert (F : fiber any (lip (2 / 3)) 1 0 0 (1 / 2) (lipschitz_upper 1 0 0 (1 / 2) (2 / 3)))
    by (apply fiber_of; by_cases).
  destruct (H (2 / 3) HL _ 1 0 0 (1 / 2) F Logic.I) as [Z|Z];
    apply (radius_value _ _ _ _ _ _ _ HL F) in Z; revert Z; unfold lipschitz_radius; by_cases.
Qed.

(** Remark 3: the pair of dimension 1 can be used in any coordinate in which x_min and x_max differ. *)
Definition remark_3_lipschitz_printed : Prop :=
  forall L, 0 < L -> always (any_selection (hypercube 2)) (lipschitz (hypercube 2) L) any_phi
    (fun a b m M => forall j, a j <> b j -> lipschitz_feasible (a j) (b j) m M L).

Theorem remark_3_lipschitz_refuted : ~ remark_3_lipschitz_printed.
Proof.
  intros H. assert (HL : 0 < 1 / 3) by lra.
  pose (a := (fun _ => 0) : hypercube 2).
  pose (b := (fun j => match j with Fin.F1 => 1 / 2 | Fin.FS _ => 1 end) : hypercube 2).
  assert (F : feasible cube_distance (1 / 3) a b 0 (1 / 4)).
  { unfold feasible, cube_distance, a, b. simpl. repeat split; try lra; try (destruct j; lra). by_cases. }
  specialize (H (1 / 3) HL _ a b 0 (1 / 4) (upper_in_fiber _ (cube_sup_norm 1) _ HL a b _ _ F) Logic.I Fin.F1).
  unfold a, b, lipschitz_feasible in H. destruct H as [H|[_ H]]; [lra | lra | revert H; by_cases].
Qed.

Theorem remark_3_lipschitz_repaired :
  forall d L, 0 < L -> always (any_selection (hypercube d)) (lipschitz (hypercube d) L) (fun _ _ m M => m < M)
    (fun a b m M => exists j, lipschitz_feasible (a j) (b j) m M L).
Proof.
  intros [|n] L HL f a b m M Hf V.
  - destruct Hf as [Hf _]. destruct (norm_or_empty _ (cube_hypercube 0)) as [(d & N) | E]; [|destruct (E L f HL Hf)].
    assert (W : d a b <= -1) by (apply (within_iff d N); intros j; inversion j).
    pose proof (norm_nonneg d N a b). lra.
  - apply (fiber_feasible _ (cube_sup_norm n) L HL) in Hf. destruct Hf as (_ & _ & _ & _ & E).
    destruct (largest_reached n (fun j => Rabs (a j - b j))) as (j & J).
    exists j. right. split; [exact V|]. unfold cube_distance in E. rewrite J in E. exact E.
Qed.

(** So does the sharp bound of dimension 1, in every dimension. *)
Theorem theorem_4_lifted :
  forall d L (j : Fin.t d), 0 < L ->
  errs_at_least_when (any_selection (hypercube d)) (lipschitz (hypercube d) L)
    (fun a b m M => lipschitz_feasible (a j) (b j) m M L)
    (fun a b m M => lipschitz_radius (a j) (b j) m M L).
Proof.
  intros d L j HL. apply errs_at_least_when_intro. intros f a b m M Hf E.
  destruct Hf as [[Hf _] (Ha & Hb & fa & fb & H)].
  assert (F : feasible interval_distance L (a j) (b j) m M).
  { apply (feasible_interval L (a j) (b j) m M HL).
    pose proof (Hf a Ha). pose proof (Hf b Hb). pose proof (H b Hb). pose proof (Ha j). pose proof (Hb j).
    rewrite fa, fb in *. repeat split; try lra. exact E. }
  assert (Lift : forall g, fiber any (lip L) (a j) (b j) m M g ->
    fiber (any_selection (hypercube d)) (lipschitz (hypercube d) L) a b m M (fun x => g (x j))).
  { intros g [[G1 G2] (_ & _ & ga & gb & G3)]. split; split.
    - intros x Hx. apply G1, Hx.
    - intros x y t Hx Hy Ht. apply G2; [apply Hx | apply Hy | apply Ht].
    - exact Ha.
    - split; [exact Hb | split; [exact ga | split; [exact gb | intros x Hx; apply G3, Hx]]]. }
  destruct F as (Ha' & Hb' & Hm & HM & G). unfold interval_distance in G.
  destruct (width_radius L (a j) (b j) m M HL Ha' Hb') as [_ (x & Hx & W)]; [lra|].
  assert (F : feasible interval_distance L (a j) (b j) m M)
    by (repeat split; try apply Ha'; try apply Hb'; try lra; exact G).
  exists (fun y => upper interval_distance L (a j) (b j) m M (y j)),
    (fun y => lower interval_distance L (a j) (b j) m M (y j)).
  split; [exact (Lift _ (upper_in_fiber _ interval_sup_norm L HL _ _ _ _ F))|].
  split; [exact (Lift _ (lower_in_fiber _ interval_sup_norm L HL _ _ _ _ F))|].
  exists (fun _ => x). split; [intros _; exact Hx|].
  rewrite upper_minus_lower. unfold interval_distance. rewrite W. apply Rle_abs.
Qed.

(** The exact answers of Pairs.v in one dimension are those of the fibers: which Φ there are, the envelopes as
    suprema and infima over the fiber, the radius of information, and when the side of the midpoint is hidden. *)

From Coq Require Import Reals Lra List Classical FunctionalExtensionality.
From FV Require Import Base Lift Ramp NeuralNetworks Theorem1 Theorem2 Theorem3 Ties Table1 Pairs.
Import ListNotations.
Local Open Scope R_scope.

(** A value of Φ, whatever the class. *)
Definition is_phi (a b m M : R) : Prop := 0 <= a <= 1 /\ 0 <= b <= 1 /\ 0 <= m /\ m <= M /\ M <= 1.

Section Exact.
Context (G : function_class interval).
Context (feasible : R -> R -> R -> R -> Prop) (lower upper : R -> R -> R -> R -> R -> R).
Context (radius : R -> R -> R -> R -> R) (side_hidden : R -> R -> R -> R -> Prop).

Local Definition members := fiber (any_selection interval) G.

Definition exact_answers : Prop :=
  (forall a b m M, (exists f, members a b m M f) <-> is_phi a b m M /\ feasible a b m M)
  /\ (forall a b m M f x, members a b m M f -> 0 <= x <= 1 ->
      is_lub (fun t => exists g, members a b m M g /\ t = g x) (upper a b m M x)
      /\ is_lub (fun t => exists g, members a b m M g /\ t = - g x) (- lower a b m M x))
  /\ radius_is (any_selection interval) G (fun a b m M => radius a b m M)
  /\ (forall a b m M f, members a b m M f ->
      (side_told (any_selection interval) G a b m M <-> ~ side_hidden a b m M)).

(** What remains to be shown of a class whose radius is half the spread. *)
Lemma exact_answers_from :
  (forall f, G f -> all_functions interval f) ->
  (forall a b m M, radius a b m M = (M - m) / 2) ->
  (forall a b m M, side_hidden a b m M <-> m < M) ->
  usual_row (any_selection interval) G ->
  (forall a b m M, is_phi a b m M -> feasible a b m M -> exists f, members a b m M f) ->
  (forall a b m M f, members a b m M f -> feasible a b m M) ->
  (forall a b m M f x, members a b m M f -> 0 <= x <= 1 -> lower a b m M x <= f x <= upper a b m M x) ->
  (forall a b m M f x, members a b m M f -> 0 <= x <= 1 ->
     (exists g, members a b m M g /\ g x = upper a b m M x)
     /\ (exists g, members a b m M g /\ g x = lower a b m M x)) ->
  exact_answers.
Proof.
  intros HG Hradius Hhidden [Hrow Hrow'] Hexists Hnecessary Hvalid Hattained.
  assert (Hphi : forall a b m M f, members a b m M f -> is_phi a b m M).
  { intros a b m M f Hf.
    destruct (range_of_fiber interval G _ a b m M f HG (any_selection_selects _) Hf) as (R1 & R2 & R3).
    destruct Hf as [_ (Ha & Hb & _)]. simpl in Ha, Hb. unfold is_phi. lra. }
  refine (conj _ (conj _ (conj _ _))).
  - intros a b m M. split; [intros (f & Hf); split; eauto | intros [Hp Hf]; auto].
  - intros a b m M f x Hf Hx. destruct (Hattained a b m M f x Hf Hx) as ((g & Hg & Eg) & (k & Hk & Ek)).
    split; split.
    + intros t (f' & Hf' & ->). apply (Hvalid a b m M f' x Hf' Hx).
    + intros u Hu. rewrite <- Eg. apply Hu. exists g. auto.
    + intros t (f' & Hf' & ->). pose proof (Hvalid a b m M f' x Hf' Hx). lra.
    + intros u Hu. rewrite <- Ek. apply Hu. exists k. auto.
  - intros f a b m M Hf. rewrite Hradius. exact (Hrow f a b m M Hf).
  - intros a b m M f Hf. destruct (Hrow' f a b m M Hf) as [_ E]. rewrite E, Hhidden.
    destruct (Hphi a b m M f Hf) as (_ & _ & _ & R2 & _). lra.
Qed.

End Exact.

(** A constant function has any two points as its information, in every class. *)
Lemma constant_any_selection a b m : 0 <= a <= 1 -> 0 <= b <= 1 -> any_selection interval (fun _ => m) a b m m.
Proof. intros Ha Hb. refine (conj Ha (conj Hb (conj eq_refl (conj eq_refl _)))). intros; lra. Qed.

Lemma constant_network m : 0 <= m <= 1 -> neural_network interval (fun _ => m).
Proof.
  intros Hm. split; [intros x _; exact Hm|]. exists {| hidden := []; output := ([], m) |}.
  intros x _. unfold evaluate, pre_activation. simpl. ring.
Qed.

(** ** All functions, and the continuous piecewise affine ones *)

(** From M down to m at p, and up to M again, within r. *)
Definition well (p r m M x : R) : R := 1 * (1 * ramp (p - r) p M m x + 1 * ramp p (p + r) m M x) + - m * 1.

(** From m up to M at p, and down to m again, within r. *)
Definition peak (p r m M x : R) : R := 1 * (1 * ramp (p - r) p m M x + 1 * ramp p (p + r) M m x) + - M * 1.

Section Wells.
Context (p r m M : R) (Hr : 0 < r) (Hm : 0 <= m) (HmM : m <= M) (HM : M <= 1).

Lemma well_values x : (x = p -> well p r m M x = m) /\ (x <= p - r \/ p + r <= x -> well p r m M x = M)
  /\ m <= well p r m M x <= M.
Proof.
  unfold well. destruct (Rle_lt_dec x p) as [L|L].
  - rewrite (ramp_left p) by lra. pose proof (ramp_down_range (p - r) p M m ltac:(lra) x HmM).
    refine (conj _ (conj _ _)); [intros -> ; rewrite ramp_right by lra; ring | | lra].
    intros [E|E]; [rewrite ramp_left by lra; ring | lra].
  - rewrite (ramp_right (p - r)) by lra. pose proof (ramp_up_range p (p + r) m M ltac:(lra) x HmM).
    refine (conj _ (conj _ _)); [intros E; lra | | lra].
    intros [E|E]; [lra | rewrite ramp_right by lra; ring].
Qed.

Lemma peak_values x : (x = p -> peak p r m M x = M) /\ (x <= p - r \/ p + r <= x -> peak p r m M x = m)
  /\ m <= peak p r m M x <= M.
Proof.
  unfold peak. destruct (Rle_lt_dec x p) as [L|L].
  - rewrite (ramp_left p) by lra. pose proof (ramp_up_range (p - r) p m M ltac:(lra) x HmM).
    refine (conj _ (conj _ _)); [intros -> ; rewrite ramp_right by lra; ring | | lra].
    intros [E|E]; [rewrite ramp_left by lra; ring | lra].
  - rewrite (ramp_right (p - r)) by lra. pose proof (ramp_down_range p (p + r) M m ltac:(lra) x HmM).
    refine (conj _ (conj _ _)); [intros E; lra | | lra].
    intros [E|E]; [lra | rewrite ramp_right by lra; ring].
Qed.

Lemma ramp_network q s u v : q < s -> exists N, forall x : interval, inside x ->
  ramp q s u v x = evaluate N (coordinates x).
Proof.
  intros H. destruct (ramp_is_network interval (fun x => x) q s u v coordinate_interval H) as (N & HN).
  exists N. intros x _. exact (HN x).
Qed.

Lemma one_network : exists N, forall x : interval, inside x -> 1 = evaluate N (coordinates x).
Proof. destruct (constant_network 1 ltac:(lra)) as [_ N]. exact N. Qed.

Lemma well_network : neural_network interval (well p r m M).
Proof.
  split; [intros x _; pose proof (well_values x); lra|].
  apply (networks_combine interval 1 (- m)
    (fun x => 1 * ramp (p - r) p M m x + 1 * ramp p (p + r) m M x) (fun _ => 1));
    [| exact one_network].
  apply (networks_combine interval 1 1); apply ramp_network; lra.
Qed.

Lemma peak_network : neural_network interval (peak p r m M).
Proof.
  split; [intros x _; pose proof (peak_values x); lra|].
  apply (networks_combine interval 1 (- M)
    (fun x => 1 * ramp (p - r) p m M x + 1 * ramp p (p + r) M m x) (fun _ => 1));
    [| exact one_network].
  apply (networks_combine interval 1 1); apply ramp_network; lra.
Qed.

End Wells.

Lemma apart x p q : x <> p -> q <> p ->
  exists r, 0 < r /\ (x <= p - r \/ p + r <= x) /\ (q <= p - r \/ p + r <= q).
Proof.
  intros Hx Hq. exists (Rmin (Rabs (x - p)) (Rabs (q - p))).
  assert (Px : 0 < Rabs (x - p)) by (apply Rabs_pos_lt; lra).
  assert (Pq : 0 < Rabs (q - p)) by (apply Rabs_pos_lt; lra).
  split; [apply Rmin_glb_lt; assumption|].
  unfold Rmin, Rabs in *. repeat destruct Rcase_abs; destruct Rle_dec; split; lra.
Qed.

Theorem exact_between_networks_and_all (G : function_class interval) :
  (forall f, neural_network interval f -> G f) -> (forall f, G f -> all_functions interval f) ->
  usual_row (any_selection interval) G ->
  exact_answers G all_feasible all_lower all_upper all_radius all_side_hidden.
Proof.
  intros Hnn HG Hrow. apply exact_answers_from; auto.
  - intros a b m M. unfold all_radius. lra.
  - intros a b m M. unfold all_side_hidden. tauto.
  - intros a b m M (Ha & Hb & Hm & HmM & HM) [[E _] | [L N]].
    + subst M. exists (fun _ => m).
      split; [apply Hnn, constant_network; lra | apply constant_any_selection; assumption].
    + destruct (apart b a b ltac:(auto) ltac:(auto)) as (r & Hr & Hb' & _). exists (well a r m M).
      split; [apply Hnn, well_network; assumption|].
      refine (conj Ha (conj Hb (conj _ (conj _ _)))).
      * apply well_values; auto.
      * apply well_values; auto.
      * intros x _. apply well_values; auto.
  - intros a b m M f Hf.
    destruct (range_of_fiber interval G _ a b m M f HG (any_selection_selects _) Hf) as (R1 & R2 & R3).
    destruct Hf as [_ (Ha & Hb & Fa & Fb & F)].
    destruct (Rle_lt_dec M m) as [E|L]; [left; split; [lra | exact Logic.I]|].
    right. split; [exact L|]. intros E. rewrite E, Fb in Fa. lra.
  - intros a b m M f x [_ (Ha & Hb & Fa & Fb & F)] Hx. specialize (F x Hx). unfold all_lower, all_upper.
    assert (Ea : x <= a -> a <= x -> f x = m) by (intros E1 E2; replace x with a by lra; exact Fa).
    assert (Eb : x <= b -> b <= x -> f x = M) by (intros E1 E2; replace x with b by lra; exact Fb).
    split; repeat destruct Rle_dec; lra.
  - intros a b m M f x Hf Hx.
    destruct (range_of_fiber interval G _ a b m M f HG (any_selection_selects _) Hf) as (R1 & R2 & R3).
    assert (Hf' := Hf). destruct Hf' as [_ (Ha & Hb & Fa & Fb & F)].
    destruct (Rle_lt_dec M m) as [E|L].
    { specialize (F x Hx). split; exists f; (split; [exact Hf|]);
        unfold all_lower, all_upper; repeat destruct Rle_dec; lra. }
    assert (Nab : b <> a) by (intros E; rewrite E in Fb; lra).
    split.
    + destruct (Req_dec x a) as [E|N].
      * exists f. split; [exact Hf|]. rewrite E, Fa. unfold all_upper. repeat destruct Rle_dec; lra.
      * destruct (apart x a b N Nab) as (r & Hr & Hx' & Hb'). exists (well a r m M).
        split; [split; [apply Hnn, well_network; assumption|]|].
        -- refine (conj Ha (conj Hb (conj _ (conj _ _)))); [| | intros y _]; apply well_values; auto.
        -- destruct (well_values a r m M Hr R2 x) as (_ & E & _). rewrite (E Hx').
           unfold all_upper. repeat destruct Rle_dec; lra.
    + destruct (Req_dec x b) as [E|N].
      * exists f. split; [exact Hf|]. rewrite E, Fb. unfold all_lower. repeat destruct Rle_dec; lra.
      * destruct (apart x b a N ltac:(auto)) as (r & Hr & Hx' & Hb'). exists (peak b r m M).
        split; [split; [apply Hnn, peak_network; assumption|]|].
        -- refine (conj Ha (conj Hb (conj _ (conj _ _)))); [| | intros y _]; apply peak_values; auto.
        -- destruct (peak_values b r m M Hr R2 x) as (_ & E & _). rewrite (E Hx').
           unfold all_lower. repeat destruct Rle_dec; lra.
Qed.

Theorem exact_all : exact_answers (all_functions interval) all_feasible all_lower all_upper all_radius all_side_hidden.
Proof. apply exact_between_networks_and_all; [intros f [F _]; exact F | auto | apply table_1_all, cube_interval]. Qed.

Theorem exact_neural_network :
  exact_answers (neural_network interval) all_feasible all_lower all_upper all_radius all_side_hidden.
Proof.
  apply exact_between_networks_and_all;
    [auto | intros f [F _]; exact F | apply table_1_neural_network, cube_interval].
Qed.

Theorem exact_erm : exact_answers (erm interval) all_feasible all_lower all_upper all_radius all_side_hidden.
Proof.
  apply exact_between_networks_and_all; [| intros f [[F _] _]; exact F | apply table_1_erm, cube_interval].
  intros f Hf. apply erm_iff_neural_network. exact Hf.
Qed.

Theorem exact_piecewise_affine :
  exact_answers (piecewise_affine interval) all_feasible all_lower all_upper all_radius all_side_hidden.
Proof.
  apply exact_between_networks_and_all; [| intros f [F _]; exact F | apply table_1_piecewise_affine, cube_interval].
  apply networks_are_piecewise_affine, cube_interval.
Qed.

(** ** Monotone functions *)

Lemma ramp_up_member a b p q m M : is_phi a b m M -> a <= p -> p < q -> q <= b ->
  members (monotone interval) a b m M (ramp p q m M).
Proof.
  intros (Ha & Hb & Hm & HmM & HM) H1 H2 H3. split; [| apply ramp_up_information; assumption].
  split; [apply ramp_all; lra | left; apply ramp_non_decreasing; assumption].
Qed.

Lemma ramp_down_member a b p q m M : is_phi a b m M -> b <= p -> p < q -> q <= a ->
  members (monotone interval) a b m M (ramp p q M m).
Proof.
  intros (Ha & Hb & Hm & HmM & HM) H1 H2 H3. split; [| apply ramp_down_information; assumption].
  split; [apply ramp_all; lra | right; apply ramp_non_increasing; assumption].
Qed.

Theorem exact_monotone :
  exact_answers (monotone interval) monotone_feasible monotone_lower monotone_upper monotone_radius monotone_side_hidden.
Proof.
  assert (HG : forall f, monotone interval f -> all_functions interval f) by (intros f [F _]; exact F).
  apply exact_answers_from; auto using table_1_monotone, cube_interval.
  - intros a b m M. unfold monotone_radius. lra.
  - intros a b m M. unfold monotone_side_hidden. tauto.
  - intros a b m M Hphi [[E _] | [L N]].
    + destruct Hphi as (Ha & Hb & Hm & HmM & HM). subst M. exists (fun _ => m).
      split; [| apply constant_any_selection; assumption].
      split; [intros x _; lra | left; intros x y _ _ _; lra].
    + destruct (Rtotal_order a b) as [H | [H | H]]; [| exfalso; lra |].
      * exists (ramp a b m M). apply ramp_up_member; auto; lra.
      * exists (ramp b a M m). apply ramp_down_member; auto; lra.
  - intros a b m M f Hf.
    destruct (range_of_fiber interval _ _ a b m M f HG (any_selection_selects _) Hf) as (R1 & R2 & R3).
    destruct Hf as [_ (Ha & Hb & Fa & Fb & F)].
    destruct (Rle_lt_dec M m) as [E|L]; [left; split; [lra | exact Logic.I]|].
    right. split; [exact L|]. destruct (Rtotal_order a b) as [H | [H | H]]; [left; lra | | right; lra].
    rewrite H, Fb in Fa. lra.
  - intros a b m M f x [[_ Mon] (Ha & Hb & Fa & Fb & F)] Hx. pose proof (F x Hx) as Fx. simpl in Ha, Hb.
    assert (Order : (forall s t, 0 <= s <= 1 -> 0 <= t <= 1 -> s <= t -> f s <= f t)
      \/ (forall s t, 0 <= s <= 1 -> 0 <= t <= 1 -> s <= t -> f t <= f s)).
    { destruct Mon as [U|D]; [left; exact U | right; exact D]. }
    clear Mon F. unfold monotone_lower, monotone_upper. destruct Order as [O|O];
      pose proof (O x a Hx Ha); pose proof (O a x Ha Hx); pose proof (O x b Hx Hb); pose proof (O b x Hb Hx);
      pose proof (O a b Ha Hb); pose proof (O b a Hb Ha); clear O;
      split; repeat destruct Rle_dec; try (unfold Rmin, Rmax; repeat destruct Rle_dec); lra.
  - intros a b m M f x Hf Hx.
    destruct (range_of_fiber interval _ _ a b m M f HG (any_selection_selects _) Hf) as (R1 & R2 & R3).
    assert (Hphi : is_phi a b m M).
    { destruct Hf as [_ (Ha & Hb & _)]. simpl in Ha, Hb. unfold is_phi. lra. }
    destruct (Rle_lt_dec M m) as [E|L].
    { destruct (proj2 Hf) as (_ & _ & _ & _ & F). specialize (F x Hx).
      split; exists f; (split; [exact Hf|]); unfold monotone_lower, monotone_upper; repeat destruct Rle_dec;
        try (unfold Rmin, Rmax; repeat destruct Rle_dec); lra. }
    destruct (Rtotal_order a b) as [H | [H | H]].
    + split.
      * destruct (Rle_lt_dec x a) as [Lx|Lx]; [exists (ramp a b m M) | exists (ramp a (Rmin x b) m M)];
          (split; [apply ramp_up_member; auto; unfold Rmin; try destruct Rle_dec; lra|]); unfold monotone_upper.
        -- rewrite ramp_left by lra. repeat destruct Rle_dec; lra.
        -- rewrite ramp_right; [repeat destruct Rle_dec; lra | unfold Rmin; destruct Rle_dec; lra | apply Rmin_l].
      * destruct (Rle_lt_dec b x) as [Lx|Lx]; [exists (ramp a b m M) | exists (ramp (Rmax a x) b m M)];
          (split; [apply ramp_up_member; auto; unfold Rmax; try destruct Rle_dec; lra|]); unfold monotone_lower.
        -- rewrite ramp_right by lra. repeat destruct Rle_dec; lra.
        -- rewrite ramp_left; [repeat destruct Rle_dec; lra | apply Rmax_r].
    + destruct Hf as [_ (_ & _ & Fa & Fb & _)]. rewrite H, Fb in Fa. lra.
    + split.
      * destruct (Rle_lt_dec a x) as [Lx|Lx]; [exists (ramp b a M m) | exists (ramp (Rmax b x) a M m)];
          (split; [apply ramp_down_member; auto; unfold Rmax; try destruct Rle_dec; lra|]); unfold monotone_upper.
        -- rewrite ramp_right by lra. repeat destruct Rle_dec; lra.
        -- rewrite ramp_left; [repeat destruct Rle_dec; lra | apply Rmax_r].
      * destruct (Rle_lt_dec x b) as [Lx|Lx]; [exists (ramp b a M m) | exists (ramp b (Rmin x a) M m)];
          (split; [apply ramp_down_member; auto; unfold Rmin; try destruct Rle_dec; lra|]); unfold monotone_lower.
        -- rewrite ramp_left by lra. repeat destruct Rle_dec; lra.
        -- rewrite ramp_right; [repeat destruct Rle_dec; lra | unfold Rmin; destruct Rle_dec; lra | apply Rmin_l].
Qed.

(** ** Convex functions *)

Lemma convex_upper_between a m M x : 0 <= a <= 1 -> 0 <= x <= 1 -> forall b,
  (a < 1 -> a <= x -> convex_upper a b m M x = m + (M - m) * ((x - a) / (1 - a)))
  /\ (0 < a -> x <= a -> convex_upper a b m M x = m + (M - m) * ((a - x) / a)).
Proof.
  intros Ha Hx b. unfold convex_upper. split; intros H1 H2.
  - f_equal. f_equal. assert (0 <= (x - a) / (1 - a)).
    { apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra]. }
    replace (1 / (1 - a) * (x - a)) with ((x - a) / (1 - a)) by (field; lra).
    destruct (Rle_dec 1 a); [lra|]. apply Rmax_left. destruct (Rle_dec a 0); [assumption|].
    apply Rle_trans with 0; [| assumption]. replace (1 / a * (a - x)) with (- ((x - a) / a)) by (field; lra).
    assert (0 <= (x - a) / a); [| lra]. apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra].
  - f_equal. f_equal. assert (0 <= (a - x) / a).
    { apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra]. }
    replace (1 / a * (a - x)) with ((a - x) / a) by (field; lra).
    destruct (Rle_dec a 0); [lra|]. apply Rmax_right. destruct (Rle_dec 1 a); [assumption|].
    apply Rle_trans with 0; [| assumption].
    replace (1 / (1 - a) * (x - a)) with (- ((a - x) / (1 - a))) by (field; lra).
    assert (0 <= (a - x) / (1 - a)); [| lra]. apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra].
Qed.

Lemma convex_lower_varying a b m M x : b = 0 \/ b = 1 ->
  (x = b -> convex_lower a b m M x = M) /\ (x <> b -> convex_lower a b m M x = m).
Proof.
  intros Hb. unfold convex_lower. split; intros Hx; destruct Hb; repeat destruct Rle_dec; try reflexivity; lra.
Qed.

(** Rising to f_max at both ends of the interval. *)
Definition valley (a m M x : R) : R := ramp a 1 m M x + ramp 0 a M m x - m.

Lemma valley_values a m M x : 0 < a -> a < 1 -> m <= M ->
  (a <= x -> valley a m M x = ramp a 1 m M x) /\ (x <= a -> valley a m M x = ramp 0 a M m x)
  /\ m <= valley a m M x <= M.
Proof.
  intros H0 H1 HmM. unfold valley. destruct (Rle_lt_dec x a) as [L|L].
  - rewrite (ramp_left a 1) by lra. pose proof (ramp_down_range 0 a M m H0 x HmM).
    refine (conj _ (conj _ _)); [intros E | intros _; ring | lra]. replace x with a by lra.
    rewrite ramp_right by lra. lra.
  - rewrite (ramp_right 0 a) by lra. pose proof (ramp_up_range a 1 m M H1 x HmM).
    refine (conj _ (conj _ _)); [intros _; ring | intros E; lra | lra].
Qed.

Lemma valley_member a b m M : is_phi a b m M -> 0 < a -> a < 1 -> b = 0 \/ b = 1 ->
  members (convex interval) a b m M (valley a m M).
Proof.
  intros (Ha & Hb & Hm & HmM & HM) H0 H1 Eb. split.
  - split; [intros x _; pose proof (valley_values a m M x H0 H1 HmM); lra|].
    intros x y w Hx Hy Hw. destruct (ramp_up_convex a 1 m M ltac:(lra) Hm HmM HM eq_refl) as [_ U].
    destruct (ramp_down_convex 0 a M m ltac:(lra) Hm HmM HM eq_refl) as [_ D].
    specialize (U x y w Hx Hy Hw). specialize (D x y w Hx Hy Hw). unfold valley. lra.
  - refine (conj Ha (conj Hb (conj _ (conj _ _)))).
    + destruct (valley_values a m M a H0 H1 HmM) as (E & _). rewrite E by lra. apply ramp_left. lra.
    + destruct (valley_values a m M b H0 H1 HmM) as (E1 & E2 & _). destruct Eb as [-> | ->].
      * rewrite E2 by lra. apply ramp_left. lra.
      * rewrite E1 by lra. apply ramp_right; lra.
    + intros x _. apply valley_values; assumption.
Qed.

Lemma rise_member a p m M : is_phi a 1 m M -> a <= p -> p < 1 -> members (convex interval) a 1 m M (ramp p 1 m M).
Proof.
  intros (Ha & Hb & Hm & HmM & HM) H1 H2. split; [apply ramp_up_convex | apply ramp_up_information]; simpl; lra.
Qed.

Lemma fall_member a p m M : is_phi a 0 m M -> 0 < p -> p <= a -> members (convex interval) a 0 m M (ramp 0 p M m).
Proof.
  intros (Ha & Hb & Hm & HmM & HM) H1 H2. split; [apply ramp_down_convex | apply ramp_down_information]; simpl; lra.
Qed.

Lemma ramp_rise a m M x : a < 1 -> a <= x <= 1 -> ramp a 1 m M x = m + (M - m) * ((x - a) / (1 - a)).
Proof.
  intros H Hx. unfold ramp. destruct (Rle_dec x a).
  - replace x with a by lra. field. lra.
  - destruct Rle_dec; [field; lra | lra].
Qed.

Lemma ramp_fall a m M x : 0 < a -> 0 <= x <= a -> ramp 0 a M m x = m + (M - m) * ((a - x) / a).
Proof.
  intros H Hx. unfold ramp. destruct (Rle_dec x 0).
  - replace x with 0 by lra. field. lra.
  - destruct Rle_dec; [field; lra | lra].
Qed.

(** The upper envelope is reached. *)
Lemma convex_upper_reached a b m M x : is_phi a b m M -> (b = 1 /\ a < 1) \/ (b = 0 /\ 0 < a) -> 0 <= x <= 1 ->
  exists g, members (convex interval) a b m M g /\ g x = convex_upper a b m M x.
Proof.
  intros Hphi Hend Hx. assert (Hphi' := Hphi). destruct Hphi' as (Ha & Hb & Hm & HmM & HM).
  destruct (convex_upper_between a m M x Ha Hx b) as [U1 U2].
  assert (Eb : b = 0 \/ b = 1) by lra. destruct (Rle_lt_dec a x) as [L|L].
  - destruct (Req_dec a 1) as [E|N].
    + assert (x = a) by lra. subst a x. destruct Hend as [[_ H] | [Eb' _]]; [lra|]. subst b.
      exists (ramp 0 1 M m). split; [apply fall_member; auto; lra|]. rewrite (U2 ltac:(lra) ltac:(lra)).
      apply ramp_fall; lra.
    + rewrite (U1 ltac:(lra) L). destruct Hend as [[Eb' _] | [Eb' H0]].
      * subst b. exists (ramp a 1 m M). split; [apply rise_member; auto; lra | apply ramp_rise; lra].
      * exists (valley a m M). split; [apply valley_member; auto; lra|].
        destruct (valley_values a m M x H0 ltac:(lra) HmM) as (E & _). rewrite (E L). apply ramp_rise; lra.
  - rewrite (U2 ltac:(lra) ltac:(lra)). destruct Hend as [[Eb' H1] | [Eb' H0]].
    + exists (valley a m M). split; [apply valley_member; auto; lra|].
      destruct (valley_values a m M x ltac:(lra) H1 HmM) as (_ & E & _). rewrite E by lra. apply ramp_fall; lra.
    + subst b. exists (ramp 0 a M m). split; [apply fall_member; auto; lra | apply ramp_fall; lra].
Qed.

Lemma convex_upper_constant a b m x : convex_upper a b m m x = m.
Proof. unfold convex_upper. ring. Qed.

Lemma convex_lower_constant a b m x : convex_lower a b m m x = m.
Proof. unfold convex_lower. repeat destruct Rle_dec; reflexivity. Qed.

Theorem exact_convex :
  exact_answers (convex interval) convex_feasible convex_lower convex_upper convex_radius convex_side_hidden.
Proof.
  assert (HG : forall f, convex interval f -> all_functions interval f) by (intros f [F _]; exact F).
  assert (Hphi : forall a b m M f, members (convex interval) a b m M f -> is_phi a b m M).
  { intros a b m M f Hf.
    destruct (range_of_fiber interval _ _ a b m M f HG (any_selection_selects _) Hf) as (R1 & R2 & R3).
    destruct Hf as [_ (Ha & Hb & _)]. simpl in Ha, Hb. unfold is_phi. lra. }
  apply exact_answers_from; auto using table_1_convex, cube_interval.
  - intros a b m M. unfold convex_radius. lra.
  - intros a b m M. unfold convex_side_hidden. tauto.
  - intros a b m M Hp [[E _] | [L N]].
    + destruct Hp as (Ha & Hb & Hm & HmM & HM). subst M. exists (fun _ => m).
      split; [| apply constant_any_selection; assumption]. split; [intros x _; lra | intros; lra].
    + assert (Hp' := Hp). destruct Hp' as (Ha & _). destruct N as [[Eb N] | [Eb N]]; subst b.
      * exists (ramp 0 a M m). apply fall_member; auto; lra.
      * exists (ramp a 1 m M). apply rise_member; auto; lra.
  - intros a b m M f Hf. destruct (Hphi a b m M f Hf) as (Ha & _ & _ & HmM & _).
    destruct (Rle_lt_dec M m) as [E|L]; [left; split; [lra | exact Logic.I]|]. right. split; [exact L|].
    destruct (convex_ends f a b m M Hf L) as [[Eb La] | [Eb La]]; [right | left]; split; auto; lra.
  - intros a b m M f x Hf Hx. destruct (Hphi a b m M f Hf) as (Ha & Hb & Hm & HmM & HM).
    assert (Hf' := Hf). destruct Hf' as [[_ C] (_ & _ & Fa & Fb & F)]. pose proof (F x Hx) as Fx.
    destruct (Rle_lt_dec M m) as [E|L].
    { replace M with m in * by lra. rewrite convex_upper_constant, convex_lower_constant. lra. }
    pose proof (convex_ends f a b m M Hf L) as Hend. assert (Eb : b = 0 \/ b = 1) by lra. split.
    + destruct (convex_lower_varying a b m M x Eb) as [E1 E2].
      destruct (Req_dec x b) as [E|N]; [rewrite (E1 E), E; lra | rewrite (E2 N); lra].
    + destruct (convex_upper_between a m M x Ha Hx b) as [U1 U2].
      assert (Chord : forall e, (e = 0 \/ e = 1) -> e <> a -> 0 <= (x - a) / (e - a) <= 1 ->
        f x <= m + (M - m) * ((x - a) / (e - a))).
      { intros e He N Hw. set (w := (x - a) / (e - a)) in *.
        assert (Ew : w * (e - a) = x - a) by (unfold w; field; lra). clearbody w.
        assert (Ie : inside (d := interval) e) by (simpl; lra).
        pose proof (C e a w Ie Ha Hw) as Cw. simpl in Cw. replace (w * e + (1 - w) * a) with x in Cw by lra.
        rewrite Fa in Cw. specialize (F e Ie). nra. }
      destruct (Rle_lt_dec a x) as [Lx|Lx].
      * destruct (Req_dec a 1) as [E|N].
        -- assert (x = a) by lra. rewrite (U2 ltac:(lra) ltac:(lra)). replace (a - x) with 0 by lra.
           replace x with a by lra. rewrite Fa. unfold Rdiv. lra.
        -- rewrite (U1 ltac:(lra) Lx). apply (Chord 1); [auto | lra |]. split.
           ++ apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra].
           ++ apply Rmult_le_reg_r with (1 - a); [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
      * rewrite (U2 ltac:(lra) ltac:(lra)). replace ((a - x) / a) with ((x - a) / (0 - a)) by (field; lra).
        apply (Chord 0); [auto | lra |]. replace ((x - a) / (0 - a)) with ((a - x) / a) by (field; lra). split.
        ++ apply Rmult_le_pos; [lra | left; apply Rinv_0_lt_compat; lra].
        ++ apply Rmult_le_reg_r with a; [lra|]. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. lra.
  - intros a b m M f x Hf Hx. pose proof (Hphi a b m M f Hf) as Hp. assert (Hp' := Hp).
    destruct Hp' as (Ha & Hb & Hm & HmM & HM). destruct (Rle_lt_dec M m) as [E|L].
    { destruct (proj2 Hf) as (_ & _ & _ & _ & F). specialize (F x Hx). assert (EM : M = m) by lra. subst M.
      rewrite convex_upper_constant, convex_lower_constant. split; exists f; (split; [exact Hf | lra]). }
    pose proof (convex_ends f a b m M Hf L) as Hend. assert (Eb : b = 0 \/ b = 1) by lra. split.
    + apply convex_upper_reached; auto.
    + destruct (convex_lower_varying a b m M x Eb) as [E1 E2]. destruct (Req_dec x b) as [E|N].
      * exists f. split; [exact Hf|]. rewrite (E1 E), E. apply (proj2 Hf).
      * rewrite (E2 N). destruct Hend as [[Eb' La] | [Eb' La]]; subst b.
        -- exists (ramp (Rmax a x) 1 m M). split; [apply rise_member; auto; unfold Rmax; destruct Rle_dec; lra|].
           apply ramp_left. apply Rmax_r.
        -- exists (ramp 0 (Rmin x a) M m). split; [apply fall_member; auto; unfold Rmin; destruct Rle_dec; lra|].
           apply ramp_right; [unfold Rmin; destruct Rle_dec; lra | apply Rmin_l].
Qed.

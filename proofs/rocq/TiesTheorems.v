(** Theorem 1, 2 and 3 where extrema must be unique (convention [unique]), or are the lexicographically first ones
    (convention [first]). *)

From Coq Require Fin.
From Coq Require Import Reals Lra Lia List Classical.
From FV Require Import Base Lift Ramp NeuralNetworks Pairs Theorem1 Theorem2 Theorem3 Ties Anchors.
Import ListNotations.
Local Open Scope R_scope.

(** ** The theorems *)

Section Ties.
Context (I : domain) (HI : cube I).

Theorem proposition_1_unique : errs_at_most (unique I) (all_functions I) half_spread.
Proof. apply errs_at_most_half_spread, unique_selects. Qed.

Theorem proposition_1_first : errs_at_most (first I) (all_functions I) half_spread.
Proof. apply errs_at_most_half_spread, first_selects. Qed.

Local Ltac by_anchor lemma :=
  apply anchored_errs_at_least; auto using unique_selects, unique_inherits, first_selects, first_inherits;
  apply lemma; auto using unique_selects, unique_inherits, unique_mirrors, first_selects, first_inherits, first_mirrors.

Theorem theorem_1_all_unique : errs_at_least (unique I) (all_functions I) half_spread.
Proof. by_anchor all_anchored. Qed.

Theorem theorem_1_all_first : errs_at_least (first I) (all_functions I) half_spread.
Proof. by_anchor all_anchored. Qed.

Theorem theorem_1_neural_network_unique : errs_at_least (unique I) (neural_network I) half_spread.
Proof. by_anchor neural_network_anchored. Qed.

Theorem theorem_1_neural_network_first : errs_at_least (first I) (neural_network I) half_spread.
Proof. by_anchor neural_network_anchored. Qed.

Theorem theorem_1_erm_unique : errs_at_least (unique I) (erm I) half_spread.
Proof. by_anchor erm_anchored. Qed.

Theorem theorem_1_erm_first : errs_at_least (first I) (erm I) half_spread.
Proof. by_anchor erm_anchored. Qed.

Theorem theorem_1_piecewise_affine_unique : errs_at_least (unique I) (piecewise_affine I) half_spread.
Proof. by_anchor piecewise_affine_anchored. Qed.

Theorem theorem_1_piecewise_affine_first : errs_at_least (first I) (piecewise_affine I) half_spread.
Proof. by_anchor piecewise_affine_anchored. Qed.

Theorem theorem_1_monotone_unique : errs_at_least (unique I) (monotone I) half_spread.
Proof. by_anchor monotone_anchored. intros f a b m M. apply unique_is_first. exact HI. Qed.

Theorem theorem_1_monotone_first : errs_at_least (first I) (monotone I) half_spread.
Proof. by_anchor monotone_anchored. Qed.

Theorem theorem_3_half_spread_unique : errs_at_least (unique I) (convex I) half_spread.
Proof. by_anchor convex_anchored. Qed.

Theorem theorem_3_half_spread_first : errs_at_least (first I) (convex I) half_spread.
Proof. by_anchor convex_anchored. Qed.

Lemma quarter_of_half_spread (Phi : convention I) : selects Phi -> errs_at_least Phi (convex I) half_spread ->
  errs_at_least Phi (convex I) (fun a b m M => (M - m) / 4).
Proof.
  intros Hsel. apply errs_at_least_weaken. intros f a b m M [_ Hf]. apply Hsel in Hf.
  destruct Hf as (Ha & _ & _ & _ & F). specialize (F a Ha). unfold half_spread. lra.
Qed.

Theorem theorem_3_unique : errs_at_least (unique I) (convex I) (fun a b m M => (M - m) / 4).
Proof. apply quarter_of_half_spread; [apply unique_selects | apply theorem_3_half_spread_unique]. Qed.

Theorem theorem_3_first : errs_at_least (first I) (convex I) (fun a b m M => (M - m) / 4).
Proof. apply quarter_of_half_spread; [apply first_selects | apply theorem_3_half_spread_first]. Qed.

Local Ltac by_bounds theorem :=
  apply radius_from_bounds; [| apply errs_at_most_half_spread | exact theorem];
  auto using unique_selects, first_selects.

Theorem theorem_1_all_sharp_unique : radius_is (unique I) (all_functions I) half_spread.
Proof. by_bounds theorem_1_all_unique. Qed.

Theorem theorem_1_all_sharp_first : radius_is (first I) (all_functions I) half_spread.
Proof. by_bounds theorem_1_all_first. Qed.

Theorem theorem_1_neural_network_sharp_unique : radius_is (unique I) (neural_network I) half_spread.
Proof. by_bounds theorem_1_neural_network_unique. Qed.

Theorem theorem_1_neural_network_sharp_first : radius_is (first I) (neural_network I) half_spread.
Proof. by_bounds theorem_1_neural_network_first. Qed.

Theorem theorem_1_erm_sharp_unique : radius_is (unique I) (erm I) half_spread.
Proof. by_bounds theorem_1_erm_unique. Qed.

Theorem theorem_1_erm_sharp_first : radius_is (first I) (erm I) half_spread.
Proof. by_bounds theorem_1_erm_first. Qed.

Theorem theorem_1_piecewise_affine_sharp_unique : radius_is (unique I) (piecewise_affine I) half_spread.
Proof. by_bounds theorem_1_piecewise_affine_unique. Qed.

Theorem theorem_1_piecewise_affine_sharp_first : radius_is (first I) (piecewise_affine I) half_spread.
Proof. by_bounds theorem_1_piecewise_affine_first. Qed.

Theorem theorem_1_monotone_sharp_unique : radius_is (unique I) (monotone I) half_spread.
Proof. by_bounds theorem_1_monotone_unique. Qed.

Theorem theorem_1_monotone_sharp_first : radius_is (first I) (monotone I) half_spread.
Proof. by_bounds theorem_1_monotone_first. Qed.

Theorem theorem_3_sharp_unique : radius_is (unique I) (convex I) half_spread.
Proof. by_bounds theorem_3_half_spread_unique. Qed.

Theorem theorem_3_sharp_first : radius_is (first I) (convex I) half_spread.
Proof. by_bounds theorem_3_half_spread_first. Qed.

Local Ltac by_width lemma :=
  apply wide_side; auto using unique_selects, unique_inherits, first_selects, first_inherits; apply lemma; exact HI.

Theorem theorem_2_all_unique : side_errs_at_least (unique I) (all_functions I) varies.
Proof. by_width all_wide. Qed.

Theorem theorem_2_all_first : side_errs_at_least (first I) (all_functions I) varies.
Proof. by_width all_wide. Qed.

Theorem theorem_2_neural_network_unique : side_errs_at_least (unique I) (neural_network I) varies.
Proof. by_width neural_network_wide. Qed.

Theorem theorem_2_neural_network_first : side_errs_at_least (first I) (neural_network I) varies.
Proof. by_width neural_network_wide. Qed.

Theorem theorem_2_erm_unique : side_errs_at_least (unique I) (erm I) varies.
Proof. by_width erm_wide. Qed.

Theorem theorem_2_erm_first : side_errs_at_least (first I) (erm I) varies.
Proof. by_width erm_wide. Qed.

Theorem theorem_2_piecewise_affine_unique : side_errs_at_least (unique I) (piecewise_affine I) varies.
Proof. by_width piecewise_affine_wide. Qed.

Theorem theorem_2_piecewise_affine_first : side_errs_at_least (first I) (piecewise_affine I) varies.
Proof. by_width piecewise_affine_wide. Qed.

Theorem theorem_2_monotone_unique : side_errs_at_least (unique I) (monotone I) varies.
Proof. by_width monotone_wide. Qed.

Theorem theorem_2_monotone_first : side_errs_at_least (first I) (monotone I) varies.
Proof. by_width monotone_wide. Qed.

Theorem theorem_2_convex_unique : side_errs_at_least (unique I) (convex I) varies.
Proof. by_width convex_wide. Qed.

Theorem theorem_2_convex_first : side_errs_at_least (first I) (convex I) varies.
Proof. by_width convex_wide. Qed.

End Ties.

(** *** The theorems are about something: the mean of the coordinates has unique extrema *)

Definition mean {I : domain} (pis : list (I -> R)) : I -> R := fun x => total pis x / INR (length pis).

Lemma total_as_dot {I : domain} (pis : list (I -> R)) c x :
  dot (map (fun _ => c) pis) (at_point pis x) = c * total pis x.
Proof. induction pis as [|pi pis IH]; simpl; [ring | rewrite IH; ring]. Qed.

Lemma mean_member (I : domain) pis : axes I pis -> pis <> [] -> cube I ->
  exists a b, unique I (mean pis) a b 0 1 /\ erm I (mean pis) /\ monotone I (mean pis) /\ convex I (mean pis).
Proof.
  intros Hpis Hne HI. set (n := INR (length pis)).
  assert (Hn : 0 < n).
  { unfold n. apply lt_0_INR. destruct pis; [contradiction | simpl; lia]. }
  assert (C := axes_coordinates I pis Hpis).
  assert (Range : forall x, inside x -> forall pi, In pi pis -> 0 <= pi x <= 1).
  { intros x Hx pi Hpi. apply (coordinate_inside I pi (C pi Hpi) x Hx). }
  assert (T0 : forall x, inside x -> 0 <= total pis x).
  { intros x Hx. apply total_nonnegative. intros pi Hpi. apply (Range x Hx pi Hpi). }
  assert (T1 : forall x, n - total pis x = total (map (fun pi y => 1 - pi y) pis) x).
  { intros x. unfold n. clear. induction pis as [|pi pis IH]; [simpl; ring|].
    change (length (pi :: pis)) with (S (length pis)). rewrite S_INR. simpl. rewrite <- IH. ring. }
  assert (T2 : forall x, inside x -> 0 <= n - total pis x).
  { intros x Hx. rewrite T1. apply total_nonnegative. intros g Hg. apply in_map_iff in Hg.
    destruct Hg as (pi & <- & Hpi). specialize (Range x Hx pi Hpi). lra. }
  assert (Emean : forall x, n * mean pis x = total pis x) by (intros x; unfold mean; fold n; field; lra).
  assert (In01 : all_functions I (mean pis)).
  { intros x Hx. specialize (T0 x Hx). specialize (T2 x Hx). specialize (Emean x). split; nra. }
  assert (Corner : exists a b : I, inside a /\ inside b /\ (forall pi, In pi pis -> pi a = 0)
    /\ (forall pi, In pi pis -> pi b = 1)).
  { clear - HI C. assert (H : exists a b : I, inside a /\ inside b /\ forall x, inside x -> below a x /\ below x b).
    { clear C pis. destruct HI as [|d]; [exists 0, 1 | exists (fun _ => 0), (fun _ => 1)]; simpl;
        refine (conj _ (conj _ _)); try (intros; lra).
      intros x Hx. split; intros j; specialize (Hx j); lra. }
    destruct H as (a & b & Ha & Hb & H). exists a, b. refine (conj Ha (conj Hb (conj _ _))); intros pi Hpi.
    - destruct (coordinate_onto I pi (C pi Hpi) 0) as (x & Hx & Ex); [lra|].
      pose proof (coordinate_below I pi (C pi Hpi) a x (proj1 (H x Hx))).
      pose proof (coordinate_inside I pi (C pi Hpi) a Ha). lra.
    - destruct (coordinate_onto I pi (C pi Hpi) 1) as (x & Hx & Ex); [lra|].
      pose proof (coordinate_below I pi (C pi Hpi) x b (proj2 (H x Hx))).
      pose proof (coordinate_inside I pi (C pi Hpi) b Hb). lra. }
  destruct Corner as (a & b & Ha & Hb & Za & Ob). exists a, b.
  assert (Ea : mean pis a = 0).
  { pose proof (Emean a). rewrite (total_of_zeros pis a Za) in H. nra. }
  assert (Eb : mean pis b = 1).
  { pose proof (Emean b). assert (n - total pis b = 0); [| nra]. rewrite T1. apply total_of_zeros.
    intros g Hg. apply in_map_iff in Hg. destruct Hg as (pi & <- & Hpi). rewrite (Ob pi Hpi). ring. }
  refine (conj _ (conj _ (conj _ _))).
  - split; [exact (conj Ha (conj Hb (conj Ea (conj Eb In01))))|]. intros x Hx. specialize (In01 x Hx).
    split; intros N.
    + destruct (Req_dec (mean pis x) 0) as [E|]; [| lra]. exfalso. apply N. apply (axes_separate I pis Hpis).
      intros pi Hpi. rewrite (Za pi Hpi). apply (total_zero pis x); auto.
      * intros k Hk. apply (Range x Hx k Hk).
      * rewrite <- Emean, E. ring.
    + destruct (Req_dec (mean pis x) 1) as [E|]; [| lra]. exfalso. apply N. apply (axes_separate I pis Hpis).
      intros pi Hpi. rewrite (Ob pi Hpi).
      assert (Z : 1 - pi x = 0); [| lra].
      apply (total_zero (map (fun pi y => 1 - pi y) pis) x) with (f := fun y => 1 - pi y).
      * intros g Hg. apply in_map_iff in Hg. destruct Hg as (k & <- & Hk). specialize (Range x Hx k Hk). lra.
      * rewrite <- T1, <- Emean, E. ring.
      * apply in_map_iff. exists pi. auto.
  - apply erm_iff_neural_network. split; [exact In01|].
    exists {| hidden := []; output := (map (fun _ => / n) pis, 0) |}. intros x _.
    unfold evaluate, pre_activation. simpl. rewrite (axes_entries I pis Hpis), total_as_dot.
    unfold mean. fold n. field. lra.
  - split; [exact In01|]. left. intros x y Hx Hy Hxy.
    apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat; exact Hn|].
    apply total_order. intros pi Hpi. apply (coordinate_below I pi (C pi Hpi) x y Hxy).
  - split; [exact In01|]. intros x y w Hx Hy Hw. unfold mean. rewrite total_mix; [lra|].
    intros pi Hpi. apply (coordinate_mix I pi (C pi Hpi)).
Qed.

Theorem ties_non_vacuous :
  (exists a b f, unique interval f a b 0 1 /\ erm interval f /\ monotone interval f /\ convex interval f)
  /\ forall d, exists a b f, unique (hypercube (S d)) f a b 0 1
     /\ erm (hypercube (S d)) f /\ monotone (hypercube (S d)) f /\ convex (hypercube (S d)) f.
Proof.
  split.
  - destruct (axes_exist interval cube_interval) as (pis & Hpis).
    destruct (mean_member interval pis Hpis) as (a & b & H).
    + intros ->. pose proof (axes_entries _ _ Hpis 0). discriminate.
    + constructor.
    + exists a, b, (mean pis). exact H.
  - intros d. destruct (axes_exist (hypercube (S d)) (cube_hypercube (S d))) as (pis & Hpis).
    destruct (mean_member (hypercube (S d)) pis Hpis) as (a & b & H).
    + intros ->. pose proof (axes_entries _ _ Hpis (fun _ => 0)). discriminate.
    + constructor.
    + exists a, b, (mean pis). exact H.
Qed.

(** ** Sentences of the proofs *)

(** The pairs of the proofs have plateaus: their extrema are neither unique nor the first ones. *)
Definition theorem_1_pair_has_information (Phi : convention interval) : Prop :=
  forall (a b m M : R), 0 <= a -> a < b -> b <= 1 -> 0 <= m -> m <= M -> M <= 1 ->
  Phi (theorem_1_f1 a b m M) a b m M /\ Phi (theorem_1_f2 a b m M) a b m M.

Theorem theorem_1_pair_first_refuted : ~ theorem_1_pair_has_information (first interval).
Proof.
  intros H. destruct (H (1 / 2) 1 0 1) as [[_ U] _]; try lra.
  destruct (U 0 ltac:(simpl; lra)) as [L _]. specialize (L ltac:(simpl; lra)).
  unfold theorem_1_f1 in L. destruct Rle_dec; lra.
Qed.

Theorem theorem_1_pair_unique_refuted : ~ theorem_1_pair_has_information (unique interval).
Proof.
  intros H. apply theorem_1_pair_first_refuted. intros a b m M H1 H2 H3 H4 H5 H6.
  destruct (H a b m M H1 H2 H3 H4 H5 H6). split; apply unique_is_first; auto using cube_interval.
Qed.

Definition theorem_1_reflection_printed_has_information (Phi : convention interval) : Prop :=
  forall (a b m M : R), 0 <= b -> b < a -> a <= 1 -> 0 <= m -> m <= M -> M <= 1 ->
  Phi (theorem_1_reflection_printed_f1 a b m M) a b m M /\ Phi (theorem_1_reflection_printed_f2 a b m M) a b m M.

Theorem theorem_1_reflection_first_refuted : ~ theorem_1_reflection_printed_has_information (first interval).
Proof.
  intros H. apply theorem_1_reflection_refuted. intros a b m M H1 H2 H3 H4 H5 H6.
  destruct (H a b m M H1 H2 H3 H4 H5 H6) as [[A _] [B _]]. split; assumption.
Qed.

Theorem theorem_1_reflection_unique_refuted : ~ theorem_1_reflection_printed_has_information (unique interval).
Proof.
  intros H. apply theorem_1_reflection_refuted. intros a b m M H1 H2 H3 H4 H5 H6.
  destruct (H a b m M H1 H2 H3 H4 H5 H6) as [[A _] [B _]]. split; assumption.
Qed.

Definition theorem_1_reflection_repaired_has_information (Phi : convention interval) : Prop :=
  forall (a b m M : R), 0 <= b -> b < a -> a <= 1 -> 0 <= m -> m <= M -> M <= 1 ->
  Phi (theorem_1_reflection_repaired_f1 a b m M) a b m M /\ Phi (theorem_1_reflection_repaired_f2 a b m M) a b m M.

Theorem theorem_1_reflection_repaired_first_refuted :
  ~ theorem_1_reflection_repaired_has_information (first interval).
Proof.
  intros H. destruct (H 1 (1 / 4) 0 1) as [[_ U] _]; try lra.
  destruct (U 0 ltac:(simpl; lra)) as [_ L]. specialize (L ltac:(simpl; lra)).
  unfold theorem_1_reflection_repaired_f1 in L. destruct Rle_dec; lra.
Qed.

Theorem theorem_1_reflection_repaired_unique_refuted :
  ~ theorem_1_reflection_repaired_has_information (unique interval).
Proof.
  intros H. apply theorem_1_reflection_repaired_first_refuted. intros a b m M H1 H2 H3 H4 H5 H6.
  destruct (H a b m M H1 H2 H3 H4 H5 H6). split; apply unique_is_first; auto using cube_interval.
Qed.

Definition theorem_3_pair_has_information (Phi : convention interval) : Prop :=
  forall (a m M : R), 0 <= a -> a < 1 -> 0 <= m -> m <= M -> M <= 1 ->
  Phi (theorem_3_f1 a 1 m M) a 1 m M /\ Phi (theorem_3_f2 a 1 m M) a 1 m M.

Theorem theorem_3_pair_first_refuted : ~ theorem_3_pair_has_information (first interval).
Proof.
  intros H. destruct (H (1 / 2) 0 1) as [[_ U] _]; try lra.
  destruct (U 0 ltac:(simpl; lra)) as [L _]. specialize (L ltac:(simpl; lra)).
  unfold theorem_3_f1 in L. destruct Rle_dec; lra.
Qed.

Theorem theorem_3_pair_unique_refuted : ~ theorem_3_pair_has_information (unique interval).
Proof.
  intros H. apply theorem_3_pair_first_refuted. intros a m M H2 H3 H4 H5 H6.
  destruct (H a m M H2 H3 H4 H5 H6). split; apply unique_is_first; auto using cube_interval.
Qed.

Definition theorem_3_reflected_pair_printed_has_information (Phi : convention interval) : Prop :=
  forall (a m M : R), 0 < a -> a < 1 -> 0 <= m -> m <= M -> M <= 1 ->
  Phi (theorem_3_printed_g1 a 0 m M) a 0 m M /\ Phi (theorem_3_printed_g2 a 0 m M) a 0 m M.

Theorem theorem_3_reflected_pair_first_refuted : ~ theorem_3_reflected_pair_printed_has_information (first interval).
Proof.
  intros H. destruct (H (1 / 4) 0 1) as [[(_ & _ & E & _) _] _]; try lra.
  revert E. unfold theorem_3_printed_g1. destruct Rle_dec; lra.
Qed.

Theorem theorem_3_reflected_pair_unique_refuted :
  ~ theorem_3_reflected_pair_printed_has_information (unique interval).
Proof.
  intros H. apply theorem_3_reflected_pair_first_refuted. intros a m M H2 H3 H4 H5 H6.
  destruct (H a m M H2 H3 H4 H5 H6). split; apply unique_is_first; auto using cube_interval.
Qed.

Definition theorem_3_reflected_pair_repaired_has_information (Phi : convention interval) : Prop :=
  forall (a m M : R), 0 < a -> a <= 1 -> 0 <= m -> m <= M -> M <= 1 ->
  Phi (theorem_3_repaired_g1 a 0 m M) a 0 m M /\ Phi (theorem_3_repaired_g2 a 0 m M) a 0 m M.

(** g2 has fallen to f_min at x_min/2 already. *)
Theorem theorem_3_reflected_pair_repaired_first_refuted :
  ~ theorem_3_reflected_pair_repaired_has_information (first interval).
Proof.
  intros H. destruct (H 1 0 1) as [_ [_ U]]; try lra.
  destruct (U (1 / 2) ltac:(simpl; lra)) as [L _]. specialize (L ltac:(simpl; lra)).
  unfold theorem_3_repaired_g2 in L. destruct Rle_dec; lra.
Qed.

Theorem theorem_3_reflected_pair_repaired_unique_refuted :
  ~ theorem_3_reflected_pair_repaired_has_information (unique interval).
Proof.
  intros H. apply theorem_3_reflected_pair_repaired_first_refuted. intros a m M H2 H3 H4 H5 H6.
  destruct (H a m M H2 H3 H4 H5 H6). split; apply unique_is_first; auto using cube_interval.
Qed.

(** Constants have no unique extrema, and their first ones are at 0; so what they refute under any selection may
    hold. *)
Definition convex_information_under (Phi : convention interval) (P : R -> R -> R -> R -> Prop) : Prop :=
  forall (f : interval -> R) a b m M, fiber Phi (convex interval) a b m M f -> P a b m M.

Lemma under_varying (Phi : convention interval) (P : R -> R -> R -> R -> Prop) : selects Phi ->
  convex_information (fun a b m M => m < M -> P a b m M) ->
  convex_information_under Phi (fun a b m M => m < M -> P a b m M).
Proof.
  intros Hsel H f a b m M [G Hf] HmM.
  apply (H f a b m M); [split; [exact G | apply Hsel; exact Hf] | exact HmM].
Qed.

Lemma first_constant_at_zero (f : interval -> R) a b m M : first interval f a b m M -> m < M \/ (a = 0 /\ b = 0).
Proof.
  intros [(Ha & Hb & Fa & Fb & F) U]. simpl in Ha, Hb. destruct (Rlt_le_dec m M) as [H|H]; [left; exact H | right].
  assert (Z : inside (d := interval) 0) by (simpl; lra).
  specialize (F 0 Z). destruct (U 0 Z) as [L1 L2]. simpl in L1, L2. split.
  - destruct (Rlt_le_dec 0 a) as [L|L]; [specialize (L1 L); lra | lra].
  - destruct (Rlt_le_dec 0 b) as [L|L]; [specialize (L2 L); lra | lra].
Qed.

Lemma unique_varies (f : interval -> R) a b m M : unique interval f a b m M -> m < M.
Proof.
  intros H. assert (Hfirst := unique_is_first interval f a b m M cube_interval H).
  destruct (first_constant_at_zero f a b m M Hfirst) as [L | [-> ->]]; [exact L|].
  destruct H as [(_ & _ & _ & _ & F) U]. specialize (F 1 ltac:(simpl; lra)).
  destruct (U 1 ltac:(simpl; lra)) as [L1 L2]. assert (N : (1 : R) <> 0) by lra. specialize (L1 N). lra.
Qed.

Theorem theorem_3_extremum_at_an_end_unique :
  convex_information_under (unique interval) (fun a b m M => a = 0 \/ a = 1 \/ b = 0 \/ b = 1).
Proof.
  intros f a b m M Hf.
  pose proof (under_varying _ _ (unique_selects interval) theorem_3_extremum_at_an_end_repaired f a b m M Hf
    (unique_varies f a b m M (proj2 Hf))). tauto.
Qed.

Theorem theorem_3_extremum_at_an_end_first :
  convex_information_under (first interval) (fun a b m M => a = 0 \/ a = 1 \/ b = 0 \/ b = 1).
Proof.
  intros f a b m M Hf. destruct (first_constant_at_zero f a b m M (proj2 Hf)) as [L | [E _]]; [| tauto].
  pose proof (under_varying _ _ (first_selects interval) theorem_3_extremum_at_an_end_repaired f a b m M Hf L). tauto.
Qed.

Theorem theorem_3_extremum_at_an_end_repaired_unique :
  convex_information_under (unique interval) (fun a b m M => m < M -> b = 0 \/ b = 1).
Proof. exact (under_varying _ _ (unique_selects interval) theorem_3_extremum_at_an_end_repaired). Qed.

Theorem theorem_3_extremum_at_an_end_repaired_first :
  convex_information_under (first interval) (fun a b m M => m < M -> b = 0 \/ b = 1).
Proof. exact (under_varying _ _ (first_selects interval) theorem_3_extremum_at_an_end_repaired). Qed.

Theorem theorem_3_minimum_at_zero_unique :
  convex_information_under (unique interval) (fun a b m M => (a = 0 -> b = 1) /\ (a = 1 -> b = 0)).
Proof.
  intros f a b m M Hf.
  exact (under_varying _ _ (unique_selects interval) theorem_3_minimum_at_zero_repaired f a b m M Hf
    (unique_varies f a b m M (proj2 Hf))).
Qed.

Definition theorem_3_minimum_at_zero_printed_first : Prop :=
  convex_information_under (first interval) (fun a b m M => (a = 0 -> b = 1) /\ (a = 1 -> b = 0)).

Theorem theorem_3_minimum_at_zero_first_refuted : ~ theorem_3_minimum_at_zero_printed_first.
Proof.
  intros H. assert (Hf : fiber (first interval) (convex interval) 0 0 0 0 (fun _ => 0)).
  { destruct (constant_information 0 0 ltac:(lra) ltac:(lra)) as [G A]. split; [exact G|]. split; [exact A|].
    simpl. intros x Hx. split; intros L; lra. }
  destruct (H _ _ _ _ _ Hf) as [E _]. specialize (E eq_refl). lra.
Qed.

Theorem theorem_3_minimum_at_zero_repaired_unique :
  convex_information_under (unique interval) (fun a b m M => m < M -> (a = 0 -> b = 1) /\ (a = 1 -> b = 0)).
Proof. exact (under_varying _ _ (unique_selects interval) theorem_3_minimum_at_zero_repaired). Qed.

Theorem theorem_3_minimum_at_zero_repaired_first :
  convex_information_under (first interval) (fun a b m M => m < M -> (a = 0 -> b = 1) /\ (a = 1 -> b = 0)).
Proof. exact (under_varying _ _ (first_selects interval) theorem_3_minimum_at_zero_repaired). Qed.

Lemma cases_under (Phi : convention interval) : selects Phi ->
  convex_information_under Phi (fun a b m M => (b = 1 /\ a < 1) \/ (b = 0 /\ 0 < a) \/ m = M).
Proof.
  intros Hsel f a b m M [G Hf]. exact (theorem_3_cases_repaired f a b m M (conj G (Hsel _ _ _ _ _ Hf))).
Qed.

Theorem theorem_3_cases_unique :
  convex_information_under (unique interval) (fun a b m M => (b = 1 /\ a < 1) \/ (b = 0 /\ 0 < a) \/ a = b).
Proof.
  intros f a b m M Hf. pose proof (unique_varies f a b m M (proj2 Hf)).
  destruct (cases_under _ (unique_selects interval) f a b m M Hf) as [E | [E | E]]; [tauto | tauto | lra].
Qed.

Theorem theorem_3_cases_first :
  convex_information_under (first interval) (fun a b m M => (b = 1 /\ a < 1) \/ (b = 0 /\ 0 < a) \/ a = b).
Proof.
  intros f a b m M Hf. destruct (first_constant_at_zero f a b m M (proj2 Hf)) as [L | [-> ->]]; [| tauto].
  destruct (cases_under _ (first_selects interval) f a b m M Hf) as [E | [E | E]]; [tauto | tauto | lra].
Qed.

Theorem theorem_3_cases_repaired_unique :
  convex_information_under (unique interval) (fun a b m M => (b = 1 /\ a < 1) \/ (b = 0 /\ 0 < a) \/ m = M).
Proof. exact (cases_under _ (unique_selects interval)). Qed.

Theorem theorem_3_cases_repaired_first :
  convex_information_under (first interval) (fun a b m M => (b = 1 /\ a < 1) \/ (b = 0 /\ 0 < a) \/ m = M).
Proof. exact (cases_under _ (first_selects interval)). Qed.

(** Theorem 2's cases for convex f. *)
Definition theorem_2_convex_cases_printed_under (Phi : convention interval) : Prop :=
  convex_information_under Phi (fun a b m M => m < M -> (b = 1 /\ a < 1) \/ (a = 0 /\ 0 < b) \/ a = b).

Theorem theorem_2_convex_cases_unique_refuted : ~ theorem_2_convex_cases_printed_under (unique interval).
Proof.
  intros H. assert (Hf : fiber (unique interval) (convex interval) 1 0 0 1 (fun x => 1 - x)).
  { split; [split; [intros x Hx; simpl in *; lra | simpl; intros; lra]|]. split.
    - unfold any_selection. simpl. repeat apply conj; try lra. intros; lra.
    - simpl. intros x Hx. split; intros N; lra. }
  destruct (H _ _ _ _ _ Hf) as [[E _] | [[E _] | E]]; lra.
Qed.

Theorem theorem_2_convex_cases_first_refuted : ~ theorem_2_convex_cases_printed_under (first interval).
Proof.
  intros H. apply theorem_2_convex_cases_unique_refuted. intros f a b m M [G Hf]. apply (H f a b m M).
  split; [exact G | apply unique_is_first; [constructor | exact Hf]].
Qed.

Theorem theorem_2_convex_cases_repaired_unique : convex_information_under (unique interval)
  (fun a b m M => m < M -> (b = 1 /\ a < 1) \/ (b = 0 /\ 0 < a) \/ a = b).
Proof. exact (under_varying _ _ (unique_selects interval) theorem_2_convex_cases_repaired). Qed.

Theorem theorem_2_convex_cases_repaired_first : convex_information_under (first interval)
  (fun a b m M => m < M -> (b = 1 /\ a < 1) \/ (b = 0 /\ 0 < a) \/ a = b).
Proof. exact (under_varying _ _ (first_selects interval) theorem_2_convex_cases_repaired). Qed.

(** No convex function crosses the line from (x_min, f_min) to (x_max, f_max). *)
Theorem theorem_3_diagonal_under (I : domain) (Phi : convention I) (f : I -> R) a b m M w : selects Phi ->
  fiber Phi (convex I) a b m M f -> 0 <= w <= 1 -> f (mix w a b) <= M - w * (M - m).
Proof. intros Hsel [G Hf]. apply theorem_3_diagonal. split; [exact G | apply Hsel; exact Hf]. Qed.

(** When the first minimizer is the first maximizer, then f_max - f_min = 0. *)
Theorem theorem_1_equal_extrema_first (I : domain) (f : I -> R) a m M : first I f a a m M -> M - m = 0.
Proof. intros [H _]. exact (theorem_1_equal_extrema I f a m M H). Qed.

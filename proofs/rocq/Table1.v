(** Table 1 with exact answers, for the classes of Theorem 1, 2 and 3; footnote 2 and Remark 3. *)

From Coq Require Fin.
From Coq Require Import Reals Lra Classical.
From FV Require Import Base Lift Ramp NeuralNetworks Theorem1 Theorem2 Theorem3 Ties Anchors TiesTheorems.
Local Open Scope R_scope.

(** ** When a visualization tells everything, or the side of the midpoint *)

Section Answers.
Context {I : domain} (Phi : convention I) (G : function_class I).

(** Some prediction is right on the whole fiber. *)
Definition exactly_predicted (a b : I) (m M : R) : Prop :=
  exists g, forall f, fiber Phi G a b m M f -> error_at_most f g 0.

(** Some prediction is on the right side of m_f on the whole fiber. *)
Definition side_told (a b : I) (m M : R) : Prop :=
  exists g, forall f, fiber Phi G a b m M f ->
  error_at_most (above (middle m M) f) (above (middle m M) g) 0.

(** Wherever f exists: the best error is (f_max - f_min)/2, 0 only for constants, which alone have a side to tell. *)
Definition usual_row : Prop :=
  radius_is Phi G half_spread
  /\ forall f a b m M, fiber Phi G a b m M f ->
     (exactly_predicted a b m M <-> m = M) /\ (side_told a b m M <-> m = M).

Lemma usual_row_from_theorems : selects Phi ->
  radius_is Phi G half_spread -> side_errs_at_least Phi G varies -> usual_row.
Proof.
  intros Hsel Hradius Hside. split; [exact Hradius|]. intros f a b m M Hf.
  assert (Spread : m <= M).
  { destruct Hf as [_ Hf]. apply Hsel in Hf. destruct Hf as (Ha & _ & _ & _ & F). specialize (F a Ha). lra. }
  split; split.
  - intros (g & Hg). apply Rle_antisym; [exact Spread|]. apply Rnot_lt_le. intros L.
    destruct (no_decoder_beats_the_radius Phi G a b m M _ g 0 (Hradius f a b m M Hf)) as (f' & x & Hf' & Hx & E).
    + unfold half_spread. lra.
    + specialize (Hg f' Hf' x Hx). lra.
  - intros E. exists (fun _ => m). intros f' [_ Hf'] x Hx. apply Hsel in Hf'.
    destruct Hf' as (_ & _ & _ & _ & F). specialize (F x Hx). unfold Rabs. destruct Rcase_abs; lra.
  - intros (g & Hg). apply Rle_antisym; [exact Spread|]. apply Rnot_lt_le. intros L.
    destruct (Hside (fun _ _ _ _ => g) f a b m M Hf) as (f' & Hf' & E). unfold varies in E.
    destruct Req_EM_T as [|_]; [lra|]. destruct (E 0 ltac:(lra)) as (x & Hx & E'). specialize (Hg f' Hf' x Hx). lra.
  - intros E. exists (fun _ => m). intros f' [_ Hf'] x Hx. apply Hsel in Hf'.
    destruct Hf' as (_ & _ & _ & _ & F). specialize (F x Hx). unfold above, middle.
    repeat destruct Rlt_dec; unfold Rabs; destruct Rcase_abs; lra.
Qed.

(** Footnote 2: no f but constants can be recovered exactly. *)
Definition only_constants_recovered : Prop :=
  forall f a b m M, fiber Phi G a b m M f -> m < M -> ~ exactly_predicted a b m M.

Lemma usual_row_footnote : usual_row -> only_constants_recovered.
Proof.
  intros [_ H] f a b m M Hf L E. destruct (H f a b m M Hf) as [[H' _] _]. specialize (H' E). lra.
Qed.

End Answers.

Section Table1.
Context (I : domain) (HI : cube I).

Local Ltac by_row theorem_1 theorem_2 :=
  apply usual_row_from_theorems;
  [| exact (theorem_1 I HI) | exact (theorem_2 I HI)];
  auto using any_selection_selects, unique_selects, first_selects.

Theorem table_1_all : usual_row (any_selection I) (all_functions I).
Proof. by_row theorem_1_all_sharp theorem_2_all. Qed.

Theorem table_1_neural_network : usual_row (any_selection I) (neural_network I).
Proof. by_row theorem_1_neural_network_sharp theorem_2_neural_network. Qed.

Theorem table_1_erm : usual_row (any_selection I) (erm I).
Proof. by_row theorem_1_erm_sharp theorem_2_erm. Qed.

Theorem table_1_piecewise_affine : usual_row (any_selection I) (piecewise_affine I).
Proof. by_row theorem_1_piecewise_affine_sharp theorem_2_piecewise_affine. Qed.

Theorem table_1_monotone : usual_row (any_selection I) (monotone I).
Proof. by_row theorem_1_monotone_sharp theorem_2_monotone. Qed.

Theorem table_1_convex : usual_row (any_selection I) (convex I).
Proof. by_row theorem_3_sharp theorem_2_convex. Qed.

Theorem table_1_all_unique : usual_row (unique I) (all_functions I).
Proof. by_row theorem_1_all_sharp_unique theorem_2_all_unique. Qed.

Theorem table_1_neural_network_unique : usual_row (unique I) (neural_network I).
Proof. by_row theorem_1_neural_network_sharp_unique theorem_2_neural_network_unique. Qed.

Theorem table_1_erm_unique : usual_row (unique I) (erm I).
Proof. by_row theorem_1_erm_sharp_unique theorem_2_erm_unique. Qed.

Theorem table_1_piecewise_affine_unique : usual_row (unique I) (piecewise_affine I).
Proof. by_row theorem_1_piecewise_affine_sharp_unique theorem_2_piecewise_affine_unique. Qed.

Theorem table_1_monotone_unique : usual_row (unique I) (monotone I).
Proof. by_row theorem_1_monotone_sharp_unique theorem_2_monotone_unique. Qed.

Theorem table_1_convex_unique : usual_row (unique I) (convex I).
Proof. by_row theorem_3_sharp_unique theorem_2_convex_unique. Qed.

Theorem table_1_all_first : usual_row (first I) (all_functions I).
Proof. by_row theorem_1_all_sharp_first theorem_2_all_first. Qed.

Theorem table_1_neural_network_first : usual_row (first I) (neural_network I).
Proof. by_row theorem_1_neural_network_sharp_first theorem_2_neural_network_first. Qed.

Theorem table_1_erm_first : usual_row (first I) (erm I).
Proof. by_row theorem_1_erm_sharp_first theorem_2_erm_first. Qed.

Theorem table_1_piecewise_affine_first : usual_row (first I) (piecewise_affine I).
Proof. by_row theorem_1_piecewise_affine_sharp_first theorem_2_piecewise_affine_first. Qed.

Theorem table_1_monotone_first : usual_row (first I) (monotone I).
Proof. by_row theorem_1_monotone_sharp_first theorem_2_monotone_first. Qed.

Theorem table_1_convex_first : usual_row (first I) (convex I).
Proof. by_row theorem_3_sharp_first theorem_2_convex_first. Qed.

Theorem footnote_2_all : only_constants_recovered (any_selection I) (all_functions I).
Proof. apply usual_row_footnote, table_1_all. Qed.

Theorem footnote_2_neural_network : only_constants_recovered (any_selection I) (neural_network I).
Proof. apply usual_row_footnote, table_1_neural_network. Qed.

Theorem footnote_2_erm : only_constants_recovered (any_selection I) (erm I).
Proof. apply usual_row_footnote, table_1_erm. Qed.

Theorem footnote_2_piecewise_affine : only_constants_recovered (any_selection I) (piecewise_affine I).
Proof. apply usual_row_footnote, table_1_piecewise_affine. Qed.

Theorem footnote_2_monotone : only_constants_recovered (any_selection I) (monotone I).
Proof. apply usual_row_footnote, table_1_monotone. Qed.

Theorem footnote_2_convex : only_constants_recovered (any_selection I) (convex I).
Proof. apply usual_row_footnote, table_1_convex. Qed.

Theorem footnote_2_all_unique : only_constants_recovered (unique I) (all_functions I).
Proof. apply usual_row_footnote, table_1_all_unique. Qed.

Theorem footnote_2_neural_network_unique : only_constants_recovered (unique I) (neural_network I).
Proof. apply usual_row_footnote, table_1_neural_network_unique. Qed.

Theorem footnote_2_erm_unique : only_constants_recovered (unique I) (erm I).
Proof. apply usual_row_footnote, table_1_erm_unique. Qed.

Theorem footnote_2_piecewise_affine_unique : only_constants_recovered (unique I) (piecewise_affine I).
Proof. apply usual_row_footnote, table_1_piecewise_affine_unique. Qed.

Theorem footnote_2_monotone_unique : only_constants_recovered (unique I) (monotone I).
Proof. apply usual_row_footnote, table_1_monotone_unique. Qed.

Theorem footnote_2_convex_unique : only_constants_recovered (unique I) (convex I).
Proof. apply usual_row_footnote, table_1_convex_unique. Qed.

Theorem footnote_2_all_first : only_constants_recovered (first I) (all_functions I).
Proof. apply usual_row_footnote, table_1_all_first. Qed.

Theorem footnote_2_neural_network_first : only_constants_recovered (first I) (neural_network I).
Proof. apply usual_row_footnote, table_1_neural_network_first. Qed.

Theorem footnote_2_erm_first : only_constants_recovered (first I) (erm I).
Proof. apply usual_row_footnote, table_1_erm_first. Qed.

Theorem footnote_2_piecewise_affine_first : only_constants_recovered (first I) (piecewise_affine I).
Proof. apply usual_row_footnote, table_1_piecewise_affine_first. Qed.

Theorem footnote_2_monotone_first : only_constants_recovered (first I) (monotone I).
Proof. apply usual_row_footnote, table_1_monotone_first. Qed.

Theorem footnote_2_convex_first : only_constants_recovered (first I) (convex I).
Proof. apply usual_row_footnote, table_1_convex_first. Qed.

End Table1.

(** ** Remark 3: the one-dimensional construction through a coordinate of [0, 1]^d

    It can be used in coordinate j where the class has a function of one variable with the information
    (x_min_j, x_max_j, f_min, f_max). *)

Definition usable (G : forall I, function_class I) (d : nat) (a b : hypercube d) (m M : R) (j : Fin.t d) : Prop :=
  exists g, fiber (any_selection interval) (G interval) (a j) (b j) m M g.

(** In any coordinate in which x_min and x_max differ. *)
Definition any_coordinate_usable (G : forall I, function_class I) : Prop :=
  forall d (f : hypercube d -> R) a b m M, fiber (any_selection (hypercube d)) (G (hypercube d)) a b m M f ->
  forall j, a j <> b j -> usable G d a b m M j.

(** In some coordinate, unless f is constant. *)
Definition some_coordinate_usable (G : forall I, function_class I) : Prop :=
  forall d (f : hypercube d -> R) a b m M, fiber (any_selection (hypercube d)) (G (hypercube d)) a b m M f -> m < M ->
  exists j, usable G d a b m M j.

Lemma ramps_usable (G : forall I, function_class I) : (forall I f, G I f -> all_functions I f) ->
  contains_ramps interval (G interval) -> any_coordinate_usable G.
Proof.
  intros HG Hramps d f a b m M Hf j N.
  destruct (range_of_fiber (hypercube d) (G (hypercube d)) _ a b m M f (HG _) (any_selection_selects _) Hf)
    as (R1 & R2 & R3).
  destruct Hf as [_ (Ha & Hb & _)]. specialize (Ha j). specialize (Hb j).
  destruct (Rtotal_order (a j) (b j)) as [L | [E | L]]; [| contradiction |].
  - exists (ramp (a j) (b j) m M). split.
    { exact (Hramps (fun x => x) (a j) (b j) m M coordinate_interval L ltac:(lra) ltac:(lra)). }
    apply ramp_up_information; simpl; lra.
  - exists (ramp (b j) (a j) M m). split.
    { exact (Hramps (fun x => x) (b j) (a j) M m coordinate_interval L ltac:(lra) ltac:(lra)). }
    apply ramp_down_information; simpl; lra.
Qed.

Theorem remark_3_all : any_coordinate_usable all_functions.
Proof. apply ramps_usable; [auto | apply all_contains_ramps]. Qed.

Theorem remark_3_neural_network : any_coordinate_usable neural_network.
Proof. apply ramps_usable; [intros I f [F _]; exact F | apply neural_network_contains_ramps]. Qed.

Theorem remark_3_erm : any_coordinate_usable erm.
Proof. apply ramps_usable; [intros I f [[F _] _]; exact F | apply erm_contains_ramps]. Qed.

Theorem remark_3_piecewise_affine : any_coordinate_usable piecewise_affine.
Proof.
  apply ramps_usable; [intros I f [F _]; exact F | apply piecewise_affine_contains_ramps; constructor].
Qed.

Theorem remark_3_monotone : any_coordinate_usable monotone.
Proof. apply ramps_usable; [intros I f [F _]; exact F | apply monotone_contains_ramps]. Qed.

(** f(x) = x_1 on [0, 1]^2 with x_max = (1, 1/2): the second coordinate is of no use. *)
Theorem remark_3_convex_refuted : ~ any_coordinate_usable convex.
Proof.
  intros H. set (two := hypercube 2).
  assert (Hf : fiber (any_selection two) (convex two) (fun _ => 0)
    (fun j => if Fin.eq_dec j Fin.F1 then 1 else 1 / 2) 0 1 (fun x => x Fin.F1)).
  { split.
    - split; [intros x Hx; apply Hx | intros x y w _ _ _; simpl; lra].
    - refine (conj _ (conj _ (conj eq_refl (conj _ _)))).
      + intros j. lra.
      + intros j. destruct Fin.eq_dec; lra.
      + destruct Fin.eq_dec as [_|N]; [reflexivity | contradiction].
      + intros x Hx. apply Hx. }
  destruct (H 2%nat _ _ _ _ _ Hf (Fin.FS Fin.F1)) as (g & Hg).
  - destruct Fin.eq_dec; [discriminate | lra].
  - destruct (convex_ends g _ _ _ _ Hg ltac:(lra)) as [[E _] | [E _]];
      revert E; (destruct Fin.eq_dec; [discriminate | lra]).
Qed.

Theorem remark_3_convex_repaired : some_coordinate_usable convex.
Proof.
  intros d f a b m M Hf H.
  destruct (range_of_fiber (hypercube d) (convex _) _ a b m M f ltac:(intros g [F _]; exact F)
    (any_selection_selects _) Hf) as (R1 & R2 & R3).
  destruct (classic (exists j, end_coordinate (fun x : hypercube d => x j) a b)) as [(j & Hj)|N].
  - exists j. destruct Hf as [_ (Ha & Hb & _)]. specialize (Ha j). specialize (Hb j). destruct Hj as [[E L] | [E L]].
    + exists (ramp (a j) 1 m M). rewrite E.
      split; [apply ramp_up_convex; lra | apply ramp_up_information; simpl; lra].
    + exists (ramp 0 (a j) M m). rewrite E.
      split; [apply ramp_down_convex; lra | apply ramp_down_information; simpl; lra].
  - exfalso. apply (convex_maximum_not_between _ f a b m M Hf H). destruct Hf as [_ (Ha & Hb & _)].
    apply between_from_hypercube; [exact Ha | exact Hb |]. intros j Hj. apply N. exists j. exact Hj.
Qed.

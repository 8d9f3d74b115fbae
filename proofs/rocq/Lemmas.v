(** Lemma 1 to 4: the fooling circuit (B.1), and from pairs of functions to decoders (B.5.1). *)

From Coq Require Import Reals Lra Classical.
From FV Require Import Base Pairs.
Local Open Scope R_scope.

Ltac gates :=
  unfold lemma_1_gate, lemma_2_printed_gate, lemma_2_repaired_gate, Rmax in *; repeat destruct Rle_dec; lra.

(** ** Lemma 1 *)

Definition lemma_1_printed : Prop := forall k x y, 0 < k -> 0 <= x -> 0 <= y -> Rmax x y <= k ->
  lemma_1_gate x y 0 k = x /\ lemma_1_gate x y 1 k = y.

Theorem lemma_1 : lemma_1_printed.
Proof.
  intros k x y Hk Hx Hy H. revert H. unfold lemma_1_gate, Rmax. repeat destruct Rle_dec; split; lra.
Qed.

Lemma lemma_1_non_vacuous : exists k x y, 0 < k /\ 0 <= x /\ 0 <= y /\ Rmax x y <= k /\ x <> y.
Proof. exists 1, 0, 1. unfold Rmax. destruct Rle_dec; repeat split; lra. Qed.

(** Negative inputs are not switched. *)
Theorem lemma_1_domain : forall k x y, 0 < k -> x <= k -> y <= k ->
  (lemma_1_gate x y 0 k = x /\ lemma_1_gate x y 1 k = y <-> 0 <= x /\ 0 <= y).
Proof.
  intros k x y Hk Hx Hy. unfold lemma_1_gate, Rmax. repeat destruct Rle_dec; split; intros [H1 H2]; split; lra.
Qed.

(** ** Lemma 2

    D is the unit to be shown and F the unit to be hidden; E is 0 on the trajectories of the visualization and 1 on
    natural inputs. The gate has to be D on the former and F on the latter. *)

Section Lemma2.
Context {X : Type}.

Definition switches (N D F : X -> R) (trajectory natural : X -> Prop) : Prop :=
  (forall x, trajectory x -> N x = D x) /\ (forall x, natural x -> N x = F x).

Definition tells_apart (E : X -> R) (trajectory natural : X -> Prop) : Prop :=
  (forall x, trajectory x -> E x = 0) /\ (forall x, natural x -> E x = 1).

Definition non_negative (f : X -> R) : Prop := forall x, 0 <= f x.

Definition at_most_on (P : X -> Prop) (f : X -> R) (k : R) : Prop := forall x, P x -> f x <= k.

End Lemma2.

(** N = A(B(D, E), C(F, not E)), with any k that bounds both units. *)
Definition lemma_2_gate_printed : Prop :=
  forall (X : Type) (D F E : X -> R) (trajectory natural : X -> Prop) (k : R),
  0 < k -> non_negative D -> non_negative F -> tells_apart E trajectory natural ->
  (forall x, D x <= k /\ F x <= k) ->
  switches (fun x => lemma_2_printed_gate (D x) (F x) k (E x)) D F trajectory natural.

Theorem lemma_2_gate_refuted : ~ lemma_2_gate_printed.
Proof.
  intros H.
  destruct (H bool (fun _ => 1) (fun _ => 1) (fun b => if b then 1 else 0)
    (fun b => b = false) (fun b => b = true) 1) as [H0 _]; try lra.
  - intros b. lra.
  - intros b. lra.
  - split; intros b ->; reflexivity.
  - intros b. lra.
  - specialize (H0 false eq_refl). simpl in H0. gates.
Qed.

(** N = A(B(D, E), C(F, E)). *)
Definition lemma_2_gate_repaired_statement : Prop :=
  forall (X : Type) (D F E : X -> R) (trajectory natural : X -> Prop) (k : R),
  0 < k -> non_negative D -> non_negative F -> tells_apart E trajectory natural ->
  (forall x, D x <= k /\ F x <= k) ->
  switches (fun x => lemma_2_repaired_gate (D x) (F x) k (E x)) D F trajectory natural.

Theorem lemma_2_gate_repaired : lemma_2_gate_repaired_statement.
Proof.
  intros X D F E T S k Hk HD HF [E0 E1] Hb.
  split; intros x Hx; [rewrite (E0 x Hx) | rewrite (E1 x Hx)];
    specialize (HD x); specialize (HF x); specialize (Hb x); gates.
Qed.

(** k = max(max of D on natural inputs, max of D on trajectories). *)
Definition is_maximum_on {X : Type} (P : X -> Prop) (f : X -> R) (k : R) : Prop :=
  (exists x, P x /\ f x = k) /\ at_most_on P f k.

Definition lemma_2_k_printed : Prop :=
  forall (X : Type) (D F E : X -> R) (trajectory natural : X -> Prop) (k : R),
  0 < k -> non_negative D -> non_negative F -> tells_apart E trajectory natural ->
  is_maximum_on (fun x => natural x \/ trajectory x) D k ->
  switches (fun x => lemma_2_repaired_gate (D x) (F x) k (E x)) D F trajectory natural.

Theorem lemma_2_k_refuted : ~ lemma_2_k_printed.
Proof.
  intros H.
  destruct (H bool (fun _ => 1) (fun _ => 3) (fun b => if b then 1 else 0)
    (fun b => b = false) (fun b => b = true) 1) as [H0 _]; try lra.
  - intros b. lra.
  - intros b. lra.
  - split; intros b ->; reflexivity.
  - split; [exists true; auto | intros b _; lra].
  - specialize (H0 false eq_refl). simpl in H0. gates.
Qed.

(** k bounds, on either side, the unit to be silenced. *)
Theorem lemma_2_k_repaired :
  forall (X : Type) (D F E : X -> R) (trajectory natural : X -> Prop) (k : R),
  0 < k -> non_negative D -> non_negative F -> tells_apart E trajectory natural ->
  at_most_on natural D k -> at_most_on trajectory F k ->
  switches (fun x => lemma_2_repaired_gate (D x) (F x) k (E x)) D F trajectory natural.
Proof.
  intros X D F E T S k Hk HD HF [E0 E1] HS HT.
  split; intros x Hx; [rewrite (E0 x Hx) | rewrite (E1 x Hx)]; specialize (HD x); specialize (HF x);
    [specialize (HT x Hx) | specialize (HS x Hx)]; gates.
Qed.

Lemma lemma_2_non_vacuous : exists (D F E : bool -> R) trajectory natural k,
  0 < k /\ non_negative D /\ non_negative F /\ tells_apart E trajectory natural
  /\ at_most_on natural D k /\ at_most_on trajectory F k
  /\ (exists x, trajectory x) /\ (exists x, natural x).
Proof.
  exists (fun _ => 1), (fun _ => 0), (fun b : bool => if b then 1 else 0),
    (fun b => b = false), (fun b => b = true), 1.
  repeat split; try lra; try (intros b; lra); try (intros b ->; reflexivity); try (intros b _; lra).
  - exists false. reflexivity.
  - exists true. reflexivity.
Qed.

(** Lemma 2 as a whole: disjoint sets of trajectories and natural inputs are told apart by some E, and bounded units
    are then switched by the repaired gate. That networks represent E is not part of it. *)
Lemma indicator_exists (X : Type) (trajectory natural : X -> Prop) :
  (forall x, ~ (trajectory x /\ natural x)) -> exists E : X -> R, tells_apart E trajectory natural.
Proof.
  intros Hd.
  assert (B : forall x, bound (fun t => t = 0 \/ (natural x /\ t = 1))).
  { intros x. exists 1. intros t [-> | [_ ->]]; lra. }
  assert (N : forall x, exists t, t = 0 \/ (natural x /\ t = 1)).
  { intros x. exists 0. left. reflexivity. }
  exists (fun x => proj1_sig (completeness _ (B x) (N x))). split; intros x Hx;
    destruct (completeness _ (B x) (N x)) as (e & Hup & Hleast); simpl.
  - apply Rle_antisym.
    + apply Hleast. intros t [-> | [Hn _]]; [lra | destruct (Hd x); auto].
    + apply Hup. left. reflexivity.
  - apply Rle_antisym.
    + apply Hleast. intros t [-> | [_ ->]]; lra.
    + apply Hup. auto.
Qed.

Theorem lemma_2_repaired :
  forall (X : Type) (D F : X -> R) (trajectory natural : X -> Prop),
  non_negative D -> non_negative F -> (exists k, forall x, D x <= k /\ F x <= k) ->
  (forall x, ~ (trajectory x /\ natural x)) ->
  exists k E, switches (fun x => lemma_2_repaired_gate (D x) (F x) k (E x)) D F trajectory natural.
Proof.
  intros X D F T S HD HF (k & Hk) Hd. destruct (indicator_exists X T S Hd) as (E & HE).
  exists (Rmax 1 k), E. apply lemma_2_gate_repaired; auto.
  - apply Rlt_le_trans with 1; [lra | apply Rmax_l].
  - intros x. specialize (Hk x). pose proof (Rmax_r 1 k). lra.
Qed.

(** ** Lemma 3 *)

(** For f1 and f2 with the same information, some f of the two is at least half their distance from D(Φ(f)). *)
Definition lemma_3_with (factor : R) : Prop :=
  forall (I : domain), cube I -> forall (Phi : convention I) (D : decoder I) (f1 f2 : I -> R) a b m M s,
  Phi f1 a b m M -> Phi f2 a b m M -> is_distance f1 f2 s ->
  exists f, (f = f1 \/ f = f2) /\ error_at_least f (D a b m M) (factor * s).

Theorem lemma_3 : lemma_3_with (1 / 2).
Proof.
  intros I _ Phi D f1 f2 a b m M s H1 H2 Hs.
  destruct (pair_lemma Phi (fun f => f = f1 \/ f = f2) a b m M f1 f2 (D a b m M) (1 / 2 * s))
    as (f & [Hf _] & E); [split; auto.. | |exists f; auto].
  apply (error_at_least_iff f1 f2 s); [exact Hs | lra].
Qed.

Lemma identity_information : any_selection interval (fun x => x) 0 1 0 1.
Proof. unfold any_selection. simpl. repeat apply conj; try lra. intros x Hx. lra. Qed.

Lemma square_information : any_selection interval (fun x => x * x) 0 1 0 1.
Proof. unfold any_selection. simpl. repeat apply conj; try lra. intros x Hx. split; nra. Qed.

(** The identity and the square: information (0, 1, 0, 1), distance 1/4. *)
Lemma lemma_3_non_vacuous : exists (f1 f2 : interval -> R) s,
  any_selection interval f1 0 1 0 1 /\ any_selection interval f2 0 1 0 1 /\ is_distance f1 f2 s /\ 0 < s.
Proof.
  exists (fun x => x), (fun x => x * x), (1 / 4).
  assert (H : forall x, 0 <= x <= 1 -> Rabs (x - x * x) <= 1 / 4).
  { intros x Hx. rewrite Rabs_right by nra. pose proof (Rle_0_sqr (x - 1 / 2)). unfold Rsqr in *. lra. }
  refine (conj identity_information (conj square_information (conj (conj _ _) _))); [| | lra].
  - intros t (x & Hx & ->). apply H. exact Hx.
  - intros u Hu. apply Hu. exists (1 / 2). split; [simpl; lra|]. unfold Rabs. destruct Rcase_abs; lra.
Qed.

(** No constant above 1/2 will do. *)
Theorem lemma_3_best_constant : forall c, 1 / 2 < c -> ~ lemma_3_with c.
Proof.
  intros c Hc H. destruct lemma_3_non_vacuous as (f1 & f2 & s & H1 & H2 & Hs & Ps).
  destruct (H interval cube_interval (any_selection interval)
    (fun _ _ _ _ x => (f1 x + f2 x) / 2) f1 f2 0 1 0 1 s H1 H2 Hs) as (f & Hf & E).
  destruct (E (s / 2)) as (x & Hx & L); [nra|].
  assert (B : Rabs (f1 x - f2 x) <= s) by (apply Hs; exists x; auto).
  revert L B. destruct Hf as [-> | ->]; unfold Rabs; repeat destruct Rcase_abs; lra.
Qed.

(** ** Lemma 4 *)

Theorem lemma_4 :
  forall (I : domain), cube I -> forall (Phi : convention I) (D : decoder I) (f1 f2 : I -> R) a b m M s,
  Phi f1 a b m M -> Phi f2 a b m M ->
  is_distance (above (middle m M) f1) (above (middle m M) f2) s ->
  exists f, (f = f1 \/ f = f2)
  /\ error_at_least (above (middle m M) f) (above (middle m M) (D a b m M)) s.
Proof.
  intros I HI Phi D f1 f2 a b m M s H1 H2 Hs. set (t := middle m M) in *.
  assert (F1 : fiber Phi (fun f => f = f1 \/ f = f2) a b m M f1) by (split; auto).
  assert (F2 : fiber Phi (fun f => f = f1 \/ f = f2) a b m M f2) by (split; auto).
  assert (S1 : s <= 1).
  { apply Hs. intros r (x & _ & ->). unfold above. repeat destruct Rlt_dec; unfold Rabs; destruct Rcase_abs; lra. }
  destruct (classic (exists x, inside x /\ above t f1 x <> above t f2 x)) as [(x & Hx & N)|N].
  - assert (Hone : exists f, fiber Phi (fun f => f = f1 \/ f = f2) a b m M f
      /\ error_at_least (above t f) (above t (D a b m M)) 1).
    { unfold above in N. repeat destruct Rlt_dec; try contradiction.
      - apply (side_lemma Phi _ a b m M f1 f2 (D a b m M) x t); auto. lra.
      - apply (side_lemma Phi _ a b m M f2 f1 (D a b m M) x t); auto. lra. }
    destruct Hone as (f & [Hf _] & E). exists f. split; [exact Hf|]. intros e He. apply E. lra.
  - exists f1. split; [auto|]. destruct (inside_exists HI) as (x & Hx).
    apply (error_at_least_trivial x); [exact Hx|]. apply Hs. intros r (y & Hy & ->).
    replace (above t f1 y) with (above t f2 y).
    + rewrite Rminus_diag_eq by reflexivity. rewrite Rabs_R0. lra.
    + apply NNPP. intros N'. apply N. exists y. auto.
Qed.

Lemma lemma_4_non_vacuous : exists (f1 f2 : interval -> R),
  any_selection interval f1 0 1 0 1 /\ any_selection interval f2 0 1 0 1
  /\ is_distance (above (middle 0 1) f1) (above (middle 0 1) f2) 1.
Proof.
  exists (fun x => x), (fun x => x * x).
  refine (conj identity_information (conj square_information (conj _ _))).
  - intros t (x & Hx & ->). unfold above. repeat destruct Rlt_dec; unfold Rabs; destruct Rcase_abs; lra.
  - intros u Hu. apply Hu. exists (3 / 5). split; [simpl; lra|].
    unfold above, middle. repeat destruct Rlt_dec; unfold Rabs; destruct Rcase_abs; lra.
Qed.

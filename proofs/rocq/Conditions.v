(** Statements about the Φ that satisfy a condition, and how they follow from the radius. *)

From Coq Require Import Reals Lra.
From FV Require Import Base.
Local Open Scope R_scope.

Definition condition (I : domain) : Type := I -> I -> R -> R -> Prop.

Section Conditions.
Context {I : domain} (Phi : convention I) (G : function_class I) (P : condition I).

(** For all decoders D and f in G whose Φ satisfies P there is f' in G with Φ(f') = Φ(f) and
    ||f' - D(Φ(f'))|| >= c. *)
Definition errs_at_least_when (c : quantity I) : Prop :=
  forall (D : decoder I) f a b m M, fiber Phi G a b m M f -> P a b m M ->
  exists f', fiber Phi G a b m M f' /\ error_at_least f' (D a b m M) (c a b m M).

(** Some decoder has ||f - D(Φ(f))|| <= c for all f in G whose Φ satisfies P. *)
Definition errs_at_most_when (c : quantity I) : Prop :=
  exists D : decoder I, legal D
  /\ forall f a b m M, fiber Phi G a b m M f -> P a b m M -> error_at_most f (D a b m M) (c a b m M).

(** [errs_at_least_when] for the question whether f(x) is above m_f. *)
Definition side_errs_at_least_when (c : quantity I) : Prop :=
  forall (D : decoder I) f a b m M, fiber Phi G a b m M f -> P a b m M ->
  exists f', fiber Phi G a b m M f'
  /\ error_at_least (above (middle m M) f') (above (middle m M) (D a b m M)) (c a b m M).

(** Every Φ of the class that satisfies P has the property Q. *)
Definition always (Q : condition I) : Prop :=
  forall f a b m M, fiber Phi G a b m M f -> P a b m M -> Q a b m M.

(** Some decoder recovers exactly every f of the class whose Φ satisfies P. *)
Definition recovered_when : Prop := errs_at_most_when (fun _ _ _ _ => 0).

(** Some f of the class has a Φ that satisfies P. *)
Definition satisfiable : Prop := exists f a b m M, fiber Phi G a b m M f /\ P a b m M.

(** c is the radius, every decoder errs by c on some f', and some decoder never by more. *)
Definition best_possible (c : quantity I) : Prop :=
  radius_is Phi G c /\ errs_at_least Phi G c /\ errs_at_most Phi G c.

(** The same for the question whether f(x) is above m_f. *)
Definition side_best_possible (c : quantity I) : Prop :=
  side_errs_at_least Phi G c /\ side_errs_at_most Phi G c.

End Conditions.

(** No condition. *)
Definition any_phi {I : domain} : condition I := fun _ _ _ _ => True.

Section Facts.
Context {I : domain} (Phi : convention I) (G : function_class I).

Lemma is_radius_unique a b m M r s :
  is_radius Phi G a b m M r -> is_radius Phi G a b m M s -> r = s.
Proof.
  intros [Ur Lr] [Us Ls]. assert (2 * r <= 2 * s) by (apply Lr; exact Us).
  assert (2 * s <= 2 * r) by (apply Ls; exact Ur). lra.
Qed.

(** A distance that two members reach at a point and that none exceed. *)
Lemma is_radius_intro a b m M r f1 f2 x :
  fiber Phi G a b m M f1 -> fiber Phi G a b m M f2 -> inside x -> Rabs (f1 x - f2 x) = 2 * r ->
  (forall g1 g2 y, fiber Phi G a b m M g1 -> fiber Phi G a b m M g2 -> inside y ->
    Rabs (g1 y - g2 y) <= 2 * r) ->
  is_radius Phi G a b m M r.
Proof.
  intros F1 F2 Hx E B. split.
  - intros t (g1 & g2 & y & G1 & G2 & Hy & ->). exact (B g1 g2 y G1 G2 Hy).
  - intros s Hs. apply Hs. exists f1, f2, x. auto.
Qed.

(** A bound that two members reach at a point is a lower bound for every decoder. *)
Lemma errs_at_least_when_intro (P : condition I) c :
  (forall f a b m M, fiber Phi G a b m M f -> P a b m M ->
    exists f1 f2, fiber Phi G a b m M f1 /\ fiber Phi G a b m M f2 /\ error_reaches f1 f2 (2 * c a b m M)) ->
  errs_at_least_when Phi G P c.
Proof.
  intros H D f a b m M Hf HP. destruct (H f a b m M Hf HP) as (f1 & f2 & F1 & F2 & E).
  apply (pair_lemma Phi G a b m M f1 f2); auto. apply error_reaches_at_least, E.
Qed.

Lemma errs_at_least_iff_any c : errs_at_least_when Phi G any_phi c <-> errs_at_least Phi G c.
Proof.
  split;
    [intros H D f a b m M Hf; exact (H D f a b m M Hf Logic.I) | intros H D f a b m M Hf _; exact (H D f a b m M Hf)].
Qed.

Lemma errs_at_most_when_from_radius (P : condition I) c :
  selects Phi ->
  (forall f a b m M, fiber Phi G a b m M f -> P a b m M -> is_radius Phi G a b m M (c a b m M)) ->
  errs_at_most_when Phi G P c.
Proof.
  intros S H. exists (central_decoder Phi G S). split; [exact (central_decoder_legal Phi G S)|].
  intros f a b m M Hf HP. exact (central_decoder_error Phi G S a b m M _ f (H f a b m M Hf HP) Hf).
Qed.

Lemma best_possible_ext c c' :
  (forall f a b m M, fiber Phi G a b m M f -> c a b m M = c' a b m M) -> best_possible Phi G c ->
    best_possible Phi G c'.
Proof.
  intros E (R & A & D & HD & B). split; [|split].
  - intros f a b m M Hf. rewrite <- (E f a b m M Hf). exact (R f a b m M Hf).
  - apply (errs_at_least_weaken Phi G c); [|exact A]. intros f a b m M Hf. rewrite (E f a b m M Hf). lra.
  - exists D. split; [exact HD|]. intros f a b m M Hf. rewrite <- (E f a b m M Hf). exact (B f a b m M Hf).
Qed.

Lemma side_best_possible_ext c c' :
  (forall f a b m M, fiber Phi G a b m M f -> c a b m M = c' a b m M) ->
  side_best_possible Phi G c -> side_best_possible Phi G c'.
Proof.
  intros E (A & D & HD & B). split.
  - intros D' f a b m M Hf. rewrite <- (E f a b m M Hf). exact (A D' f a b m M Hf).
  - exists D. split; [exact HD|]. intros f a b m M Hf. rewrite <- (E f a b m M Hf). exact (B f a b m M Hf).
Qed.

(** What refutes a lower bound: a function whose fiber some decoder meets with a smaller error. *)
Lemma not_errs_at_least_when (P : condition I) c g f a b m M e :
  fiber Phi G a b m M f -> P a b m M -> e < c a b m M ->
  (forall f', fiber Phi G a b m M f' -> error_at_most f' g e) ->
  ~ errs_at_least_when Phi G P c.
Proof.
  intros Hf HP He B H. destruct (H (fun _ _ _ _ => g) f a b m M Hf HP) as (f' & Hf' & E).
  destruct (E e He) as (x & Hx & L). specialize (B f' Hf' x Hx). lra.
Qed.

(** A bound above the radius is refuted by the central decoder. *)
Lemma not_errs_at_least_when_radius (P : condition I) c f a b m M r :
  selects Phi -> fiber Phi G a b m M f -> P a b m M -> is_radius Phi G a b m M r -> r < c a b m M ->
  ~ errs_at_least_when Phi G P c.
Proof.
  intros S Hf HP Hr Hlt. apply (not_errs_at_least_when P c (central_decoder Phi G S a b m M) f a b m M r Hf HP Hlt).
  intros f' Hf'. exact (central_decoder_error Phi G S a b m M r f' Hr Hf').
Qed.

(** What refutes exact recovery: two functions with the same Φ that differ. *)
Lemma not_recovered_when (P : condition I) f1 f2 a b m M x :
  fiber Phi G a b m M f1 -> fiber Phi G a b m M f2 -> P a b m M -> inside x -> f1 x <> f2 x ->
  ~ recovered_when Phi G P.
Proof.
  intros F1 F2 HP Hx N (D & _ & H). apply N.
  pose proof (H f1 a b m M F1 HP x Hx) as E1. pose proof (H f2 a b m M F2 HP x Hx) as E2.
  cbv beta in E1, E2. revert E1 E2. unfold Rabs. repeat destruct Rcase_abs; lra.
Qed.

End Facts.

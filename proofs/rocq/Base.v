(** The setting of Section 4 of the paper: the cube, functions on it, what a feature visualization
    tells of a function, decoders, and the radius of information.

    Everything is stated for a [domain], of which there are two kinds: the interval [0, 1] and the
    cubes [0, 1]^d for every d. *)

From Coq Require Fin.
From Coq Require Import Reals Lra List Classical.
Import ListNotations.
Local Open Scope R_scope.

(** ** Domains *)

(** The sum of products of two lists; entries without a partner count nothing. *)
Fixpoint dot (v w : list R) : R :=
  match v, w with
  | s :: v', t :: w' => s * t + dot v' w'
  | _, _ => 0
  end.

Record domain := {
  point :> Type;
  inside : point -> Prop;
  (** [within t p q]: the sup-norm distance of p and q is at most t. *)
  within : R -> point -> point -> Prop;
  (** Every coordinate of the first is at most that of the second (footnote 3). *)
  below : point -> point -> Prop;
  (** Strictly before in the lexicographic order. *)
  before : point -> point -> Prop;
  (** [mix w p q] is w p + (1 - w) q. *)
  mix : R -> point -> point -> point;
  coordinates : point -> list R
}.

Arguments inside {_} _.
Arguments within {_} _ _ _.
Arguments below {_} _ _.
Arguments before {_} _ _.
Arguments mix {_} _ _ _.
Arguments coordinates {_} _.

(** [0, 1]. *)
Definition interval : domain := {|
  point := R;
  inside x := 0 <= x <= 1;
  within t x y := Rabs (x - y) <= t;
  below x y := x <= y;
  before x y := x < y;
  mix w x y := w * x + (1 - w) * y;
  coordinates x := [x]
|}.

Fixpoint entries (d : nat) : (Fin.t d -> R) -> list R :=
  match d with
  | O => fun _ => []
  | S n => fun x => x Fin.F1 :: entries n (fun j => x (Fin.FS j))
  end.

(** The number of a coordinate, from 0. *)
Definition number {d : nat} (j : Fin.t d) : nat := proj1_sig (Fin.to_nat j).

(** [0, 1]^d. *)
Definition hypercube (d : nat) : domain := {|
  point := Fin.t d -> R;
  inside x := forall j, 0 <= x j <= 1;
  within t x y := forall j, Rabs (x j - y j) <= t;
  below x y := forall j, x j <= y j;
  before x y := exists j, (forall i, (number i < number j)%nat -> x i = y i) /\ x j < y j;
  mix w x y := fun j => w * x j + (1 - w) * y j;
  coordinates x := entries d x
|}.

(** The domains of the theory. *)
Inductive cube : domain -> Prop :=
| cube_interval : cube interval
| cube_hypercube : forall d, cube (hypercube d).

(** ** The sup norm *)

Section Norm.
Context {I : domain}.
Implicit Types f g : I -> R.

(** ||f - g|| <= c. *)
Definition error_at_most f g (c : R) : Prop := forall x, inside x -> Rabs (f x - g x) <= c.

(** ||f - g|| >= c, whether the supremum is attained or not. *)
Definition error_at_least f g (c : R) : Prop :=
  forall e, e < c -> exists x, inside x /\ e < Rabs (f x - g x).

(** |f(x) - g(x)| >= c at some point. *)
Definition error_reaches f g (c : R) : Prop := exists x, inside x /\ c <= Rabs (f x - g x).

(** s = ||f - g||. *)
Definition is_distance f g (s : R) : Prop :=
  is_lub (fun t => exists x, inside x /\ t = Rabs (f x - g x)) s.

Lemma error_reaches_at_least f g c : error_reaches f g c -> error_at_least f g c.
Proof. intros (x & Hx & H) e He. exists x. split; [exact Hx | lra]. Qed.

Lemma error_at_most_iff f g s c : is_distance f g s -> (error_at_most f g c <-> s <= c).
Proof.
  intros [Hup Hleast]; split.
  - intros H. apply Hleast. intros t (x & Hx & ->). exact (H x Hx).
  - intros H x Hx. apply Rle_trans with s; [| exact H]. apply Hup. exists x; auto.
Qed.

Lemma error_at_least_iff f g s c : is_distance f g s -> (error_at_least f g c <-> c <= s).
Proof.
  intros [Hup Hleast]; split.
  - intros H. destruct (Rle_lt_dec c s) as [|Hlt]; [assumption | exfalso].
    destruct (H s Hlt) as (x & Hx & Hs).
    assert (Rabs (f x - g x) <= s) by (apply Hup; exists x; auto). lra.
  - intros H e He. apply NNPP. intros Hno.
    assert (Hs : s <= e).
    { apply Hleast. intros t (x & Hx & ->). apply Rnot_lt_le. intros Hlt. apply Hno. exists x; auto. }
    lra.
Qed.

Lemma not_error_at_least f g c :
  ~ error_at_least f g c -> exists e, e < c /\ error_at_most f g e.
Proof.
  intros H. apply not_all_ex_not in H. destruct H as (e & H).
  apply imply_to_and in H. destruct H as (He & H). exists e. split; [exact He|].
  intros x Hx. apply Rnot_lt_le. intros Hlt. apply H. exists x; auto.
Qed.

Lemma distance_exists f g c : (exists x : I, inside x) -> error_at_most f g c -> exists s, is_distance f g s.
Proof.
  intros (x & Hx) H.
  destruct (completeness (fun t => exists x, inside x /\ t = Rabs (f x - g x))) as (s & Hs).
  - exists c. intros t (y & Hy & ->). exact (H y Hy).
  - exists (Rabs (f x - g x)), x. auto.
  - exists s. exact Hs.
Qed.

End Norm.

(** ** Information *)

(** A way to read Φ(f) = (a, b, m, M) where extrema are not unique. *)
Definition convention (I : domain) : Type := (I -> R) -> I -> I -> R -> R -> Prop.

Section Conventions.
Context (I : domain).

(** a is some minimizer, b some maximizer. *)
Definition any_selection : convention I := fun f a b m M =>
  inside a /\ inside b /\ f a = m /\ f b = M /\ forall x, inside x -> m <= f x <= M.

(** a is the only minimizer, b the only maximizer. *)
Definition unique : convention I := fun f a b m M =>
  any_selection f a b m M
  /\ forall x, inside x -> (x <> a -> m < f x) /\ (x <> b -> f x < M).

(** a and b are the lexicographically first minimizer and maximizer. *)
Definition first : convention I := fun f a b m M =>
  any_selection f a b m M
  /\ forall x, inside x -> (before x a -> m < f x) /\ (before x b -> f x < M).

End Conventions.

(** The convention allows no more than any selection does. *)
Definition selects {I : domain} (Phi : convention I) : Prop :=
  forall f a b m M, Phi f a b m M -> any_selection I f a b m M.

Lemma any_selection_selects I : selects (any_selection I).
Proof. intros f a b m M H. exact H. Qed.

Lemma unique_selects I : selects (unique I).
Proof. intros f a b m M [H _]. exact H. Qed.

Lemma first_selects I : selects (first I).
Proof. intros f a b m M [H _]. exact H. Qed.

(** ** Function classes *)

Definition function_class (I : domain) : Type := (I -> R) -> Prop.

Section Classes.
Context (I : domain).

(** F: all functions to [0, 1]. *)
Definition all_functions : function_class I := fun f => forall x, inside x -> 0 <= f x <= 1.

Definition non_decreasing : function_class I := fun f =>
  forall x y, inside x -> inside y -> below x y -> f x <= f y.

Definition non_increasing : function_class I := fun f =>
  forall x y, inside x -> inside y -> below x y -> f y <= f x.

Definition monotone : function_class I := fun f =>
  all_functions f /\ (non_decreasing f \/ non_increasing f).

Definition convex : function_class I := fun f =>
  all_functions f
  /\ forall x y w, inside x -> inside y -> 0 <= w <= 1 -> f (mix w x y) <= w * f x + (1 - w) * f y.

(** Lipschitz with constant L in the sup norm. *)
Definition lipschitz (L : R) : function_class I := fun f =>
  all_functions f
  /\ forall x y t, inside x -> inside y -> within t x y -> Rabs (f x - f y) <= L * t.

(** x -> w.x + c, on all points. *)
Definition affine_map (g : I -> R) : Prop := exists w c, forall x, g x = dot w (coordinates x) + c.

Definition affine : function_class I := fun f =>
  all_functions f /\ exists g, affine_map g /\ forall x, inside x -> f x = g x.

Definition constant : function_class I := fun f =>
  all_functions f /\ forall x y, inside x -> inside y -> f x = f y.

End Classes.

(** ** Decoders *)

Definition decoder (I : domain) : Type := I -> I -> R -> R -> I -> R.

(** The decoders of the paper: from information to functions with values in [0, 1]. Lower bounds are
    proved for all decoders, upper bounds by a legal one. *)
Definition legal {I : domain} (D : decoder I) : Prop :=
  forall a b m M, inside a -> inside b -> 0 <= m <= 1 -> 0 <= M <= 1 -> all_functions I (D a b m M).

(** A number that depends on Φ. *)
Definition quantity (I : domain) : Type := I -> I -> R -> R -> R.

Definition half_spread {I : domain} : quantity I := fun a b m M => (M - m) / 2.

(** 1[f_max <> f_min]. *)
Definition varies {I : domain} : quantity I := fun a b m M => if Req_EM_T m M then 0 else 1.

(** m_f. *)
Definition middle (m M : R) : R := (m + M) / 2.

(** x -> 1[f(x) > t]. *)
Definition above {I : domain} (t : R) (f : I -> R) : I -> R := fun x => if Rlt_dec t (f x) then 1 else 0.

Section Statements.
Context {I : domain} (Phi : convention I) (G : function_class I).

(** f is in the fiber of (a, b, m, M). *)
Definition fiber (a b : I) (m M : R) (f : I -> R) : Prop := G f /\ Phi f a b m M.

(** For all decoders D and f in G there is f' in G with Φ(f') = Φ(f) and ||f' - D(Φ(f'))|| >= c. *)
Definition errs_at_least (c : quantity I) : Prop :=
  forall (D : decoder I) f a b m M, fiber a b m M f ->
  exists f', fiber a b m M f' /\ error_at_least f' (D a b m M) (c a b m M).

(** No decoder has a worst-case error below c: f' may depend on how close to c one wants to be. *)
Definition worst_case_at_least (c : quantity I) : Prop :=
  forall (D : decoder I) f a b m M, fiber a b m M f -> forall e, e < c a b m M ->
  exists f' x, fiber a b m M f' /\ inside x /\ e < Rabs (f' x - D a b m M x).

(** Some decoder has ||f - D(Φ(f))|| <= c for all f in G. *)
Definition errs_at_most (c : quantity I) : Prop :=
  exists D : decoder I, legal D
  /\ forall f a b m M, fiber a b m M f -> error_at_most f (D a b m M) (c a b m M).

(** The same as [errs_at_least] for the question whether f(x) is above m_f. *)
Definition side_errs_at_least (c : quantity I) : Prop :=
  forall (D : decoder I) f a b m M, fiber a b m M f ->
  exists f', fiber a b m M f'
  /\ error_at_least (above (middle m M) f') (above (middle m M) (D a b m M)) (c a b m M).

Definition side_errs_at_most (c : quantity I) : Prop :=
  exists D : decoder I, legal D
  /\ forall f a b m M, fiber a b m M f ->
     error_at_most (above (middle m M) f) (above (middle m M) (D a b m M)) (c a b m M).

(** r is the radius of information: 2r is the supremum of |f1(x) - f2(x)| over the fiber and the cube. *)
Definition is_radius (a b : I) (m M r : R) : Prop :=
  is_lub (fun t => exists f1 f2 x,
    fiber a b m M f1 /\ fiber a b m M f2 /\ inside x /\ t = Rabs (f1 x - f2 x)) (2 * r).

(** Φ has radius c(Φ) wherever its fiber is not empty. *)
Definition radius_is (c : quantity I) : Prop :=
  forall f a b m M, fiber a b m M f -> is_radius a b m M (c a b m M).

End Statements.

(** ** From two functions to all decoders *)

Lemma farther_of_two u v g e : 2 * e < Rabs (u - v) -> e < Rabs (u - g) \/ e < Rabs (v - g).
Proof.
  intros H. destruct (Rlt_le_dec e (Rabs (u - g))) as [|H1]; [left; assumption | right].
  revert H H1. unfold Rabs. repeat destruct Rcase_abs; lra.
Qed.

Lemma inside_exists {I : domain} : cube I -> exists x : I, inside x.
Proof. intros [|d]; [exists 0 | exists (fun _ => 0)]; simpl; intros; lra. Qed.

Section Pairs.
Context {I : domain} (Phi : convention I) (G : function_class I).

(** Two members of the fiber 2c apart: for every decoder one of them has error >= c. *)
Lemma pair_lemma (a b : I) m M f1 f2 g c :
  fiber Phi G a b m M f1 -> fiber Phi G a b m M f2 -> error_at_least f1 f2 (2 * c) ->
  exists f', fiber Phi G a b m M f' /\ error_at_least f' g c.
Proof.
  intros H1 H2 Hfar. apply NNPP. intros Hno.
  assert (N1 : ~ error_at_least f1 g c) by (intros H; apply Hno; exists f1; auto).
  assert (N2 : ~ error_at_least f2 g c) by (intros H; apply Hno; exists f2; auto).
  apply not_error_at_least in N1, N2.
  destruct N1 as (e1 & L1 & E1), N2 as (e2 & L2 & E2).
  destruct (Hfar (e1 + e2)) as (x & Hx & H); [lra|].
  specialize (E1 x Hx). specialize (E2 x Hx).
  revert H E1 E2. unfold Rabs. repeat destruct Rcase_abs; lra.
Qed.

(** One member fixed, others as close to 2c away from it as one likes: the same. *)
Lemma anchor_lemma (a b : I) m M h g c :
  fiber Phi G a b m M h ->
  (forall e, e < 2 * c -> exists f, fiber Phi G a b m M f /\ exists x, inside x /\ e < Rabs (h x - f x)) ->
  exists f', fiber Phi G a b m M f' /\ error_at_least f' g c.
Proof.
  intros Hh Hfar. destruct (classic (error_at_least h g c)) as [|N]; [exists h; auto|].
  apply not_error_at_least in N. destruct N as (e & He & E).
  destruct (Hfar (c + e)) as (f & Hf & x & Hx & H); [lra|].
  exists f. split; [exact Hf|]. apply error_reaches_at_least. exists x. split; [exact Hx|].
  specialize (E x Hx). revert H E. unfold Rabs. repeat destruct Rcase_abs; lra.
Qed.

(** Two members on the two sides of the middle: for every decoder one of them is told wrongly. *)
Lemma side_lemma (a b : I) m M f1 f2 g x t :
  fiber Phi G a b m M f1 -> fiber Phi G a b m M f2 -> inside x -> t < f1 x -> f2 x <= t ->
  exists f', fiber Phi G a b m M f' /\ error_at_least (above t f') (above t g) 1.
Proof.
  intros H1 H2 Hx L1 L2.
  destruct (Rlt_dec t (g x)) as [Hg|Hg]; [exists f2 | exists f1]; (split; [assumption|]);
  apply error_reaches_at_least; exists x; (split; [assumption|]); unfold above;
  repeat destruct Rlt_dec; try lra; unfold Rabs; destruct Rcase_abs; lra.
Qed.

(** Nothing to show for a bound that is not positive. *)
Lemma error_at_least_trivial (x : I) (f g : I -> R) c : inside x -> c <= 0 -> error_at_least f g c.
Proof.
  intros Hx Hc. apply error_reaches_at_least. exists x. split; [exact Hx|].
  pose proof (Rabs_pos (f x - g x)). lra.
Qed.

Lemma errs_at_least_worst_case c : errs_at_least Phi G c -> worst_case_at_least Phi G c.
Proof.
  intros H D f a b m M Hf e He. destruct (H D f a b m M Hf) as (f' & Hf' & E).
  destruct (E e He) as (x & Hx & L). exists f', x. auto.
Qed.

Lemma errs_at_least_weaken c c' :
  (forall f a b m M, fiber Phi G a b m M f -> c' a b m M <= c a b m M) ->
  errs_at_least Phi G c -> errs_at_least Phi G c'.
Proof.
  intros Hc H D f a b m M Hf. destruct (H D f a b m M Hf) as (f' & Hf' & E). exists f'.
  split; [exact Hf'|]. intros e He. apply E. specialize (Hc f a b m M Hf). lra.
Qed.

End Pairs.

(** ** The central decoder *)

Section Central.
Context {I : domain} (Phi : convention I) (G : function_class I) (Hsel : selects Phi).
Implicit Types (a b : I) (m M : R).

(** The values of the fiber at x times a sign, and a value that adds nothing to their supremum. *)
Definition signed_values a b m M (sign start : R) (x : I) : R -> Prop := fun t =>
  t = start \/ (inside x /\ exists f, fiber Phi G a b m M f /\ t = sign * f x).

Lemma signed_values_bounded a b m M sign start x :
  sign = 1 \/ sign = -1 -> bound (signed_values a b m M sign start x).
Proof.
  intros Hs. exists (Rabs start + Rabs m + Rabs M). intros t [-> | (Hx & f & [_ Hf] & ->)].
  - unfold Rabs. repeat destruct Rcase_abs; lra.
  - apply Hsel in Hf. destruct Hf as (_ & _ & _ & _ & Hf). specialize (Hf x Hx).
    revert Hs. unfold Rabs. repeat destruct Rcase_abs; intros [-> | ->]; lra.
Qed.

Lemma signed_values_start a b m M sign start x : exists t, signed_values a b m M sign start x t.
Proof. exists start. left. reflexivity. Qed.

(** U(x) = sup f(x) over the fiber. *)
Definition upper_envelope a b m M (x : I) : R :=
  proj1_sig (completeness (signed_values a b m M 1 m x)
    (signed_values_bounded a b m M 1 m x (or_introl eq_refl)) (signed_values_start a b m M 1 m x)).

(** L(x) = inf f(x) over the fiber. *)
Definition lower_envelope a b m M (x : I) : R :=
  - proj1_sig (completeness (signed_values a b m M (-1) (- M) x)
    (signed_values_bounded a b m M (-1) (- M) x (or_intror eq_refl)) (signed_values_start a b m M (-1) (- M) x)).

Definition central_decoder : decoder I := fun a b m M x =>
  (upper_envelope a b m M x + lower_envelope a b m M x) / 2.

Lemma upper_envelope_is a b m M x :
  is_lub (signed_values a b m M 1 m x) (upper_envelope a b m M x).
Proof. unfold upper_envelope. destruct completeness as (u & Hu). exact Hu. Qed.

Lemma lower_envelope_is a b m M x :
  is_lub (signed_values a b m M (-1) (- M) x) (- lower_envelope a b m M x).
Proof. unfold lower_envelope. destruct completeness as (u & Hu). simpl. rewrite Ropp_involutive. exact Hu. Qed.

Lemma envelopes_bound a b m M f x :
  fiber Phi G a b m M f -> inside x -> lower_envelope a b m M x <= f x <= upper_envelope a b m M x.
Proof.
  intros Hf Hx. split.
  - destruct (lower_envelope_is a b m M x) as [H _].
    assert (-1 * f x <= - lower_envelope a b m M x) by (apply H; right; eauto). lra.
  - destruct (upper_envelope_is a b m M x) as [H _].
    assert (1 * f x <= upper_envelope a b m M x) by (apply H; right; eauto). lra.
Qed.

(** Members of the fiber come as close to the envelopes as one likes. *)
Lemma upper_envelope_least a b m M x c :
  m <= c -> (forall f, fiber Phi G a b m M f -> inside x -> f x <= c) -> upper_envelope a b m M x <= c.
Proof.
  intros Hm H. destruct (upper_envelope_is a b m M x) as [_ Hleast]. apply Hleast.
  intros t [-> | (Hx & f & Hf & ->)]; [exact Hm | specialize (H f Hf Hx); lra].
Qed.

Lemma lower_envelope_greatest a b m M x c :
  c <= M -> (forall f, fiber Phi G a b m M f -> inside x -> c <= f x) -> c <= lower_envelope a b m M x.
Proof.
  intros Hm H. destruct (lower_envelope_is a b m M x) as [_ Hleast].
  assert (- lower_envelope a b m M x <= - c); [| lra]. apply Hleast.
  intros t [-> | (Hx & f & Hf & ->)]; [lra | specialize (H f Hf Hx); lra].
Qed.

Lemma central_decoder_legal : legal central_decoder.
Proof.
  intros a b m M Ha Hb Hm HM x Hx. unfold central_decoder.
  destruct (upper_envelope_is a b m M x) as [U1 U2], (lower_envelope_is a b m M x) as [L1 L2].
  assert (m <= upper_envelope a b m M x) by (apply U1; left; reflexivity).
  assert (- M <= - lower_envelope a b m M x) by (apply L1; left; reflexivity).
  assert (upper_envelope a b m M x <= 1).
  { apply U2. intros t [-> | (_ & f & [_ Hf] & ->)]; [lra|].
    apply Hsel in Hf. destruct Hf as (_ & _ & _ & _ & Hf). specialize (Hf x Hx). lra. }
  assert (- lower_envelope a b m M x <= 0).
  { apply L2. intros t [-> | (_ & f & [_ Hf] & ->)]; [lra|].
    apply Hsel in Hf. destruct Hf as (_ & _ & _ & _ & Hf). specialize (Hf x Hx). lra. }
  lra.
Qed.

(** Its error is at most the radius, on the whole fiber. *)
Theorem central_decoder_error a b m M r f :
  is_radius Phi G a b m M r -> fiber Phi G a b m M f -> error_at_most f (central_decoder a b m M) r.
Proof.
  intros [Hr _] Hf x Hx. unfold central_decoder.
  assert (Hwidth : upper_envelope a b m M x <= lower_envelope a b m M x + 2 * r).
  { assert (Hspread : m <= M).
    { destruct Hf as [_ Hf]. apply Hsel in Hf. destruct Hf as (Ha & _ & _ & _ & Hf).
      specialize (Hf a Ha). lra. }
    assert (Hpair : forall f1 f2, fiber Phi G a b m M f1 -> fiber Phi G a b m M f2 -> f1 x - f2 x <= 2 * r).
    { intros f1 f2 H1 H2. apply Rle_trans with (Rabs (f1 x - f2 x)); [apply Rle_abs|].
      apply Hr. exists f1, f2, x. auto. }
    assert (Hself := Hf). destruct Hself as [_ Hself]. apply Hsel in Hself.
    destruct Hself as (_ & _ & _ & _ & Hself). specialize (Hself x Hx).
    apply upper_envelope_least.
    - pose proof (Hpair f f Hf Hf). apply Rle_trans with (f x); [lra|].
      assert (f x - 2 * r <= lower_envelope a b m M x); [| lra].
      apply lower_envelope_greatest; [lra|].
      intros f2 H2 _. specialize (Hpair f f2 Hf H2). lra.
    - intros f1 H1 _. assert (f1 x - 2 * r <= lower_envelope a b m M x); [| lra].
      apply lower_envelope_greatest.
      + destruct H1 as [H1' H1'']. apply Hsel in H1''. destruct H1'' as (_ & _ & _ & _ & H1'').
        specialize (H1'' x Hx). pose proof (Hpair f f Hf Hf). lra.
      + intros f2 H2 _. specialize (Hpair f1 f2 H1 H2). lra. }
  pose proof (envelopes_bound a b m M f x Hf Hx) as E.
  unfold Rabs. destruct Rcase_abs; lra.
Qed.

(** No decoder has a smaller worst-case error. *)
Theorem no_decoder_beats_the_radius a b m M r (g : I -> R) e :
  is_radius Phi G a b m M r -> e < r ->
  exists f x, fiber Phi G a b m M f /\ inside x /\ e < Rabs (f x - g x).
Proof.
  intros [_ Hleast] He. apply NNPP. intros Hno.
  assert (2 * r <= 2 * e); [| lra].
  apply Hleast. intros t (f1 & f2 & x & H1 & H2 & Hx & ->). apply Rnot_lt_le. intros Hlt. apply Hno.
  destruct (farther_of_two (f1 x) (f2 x) (g x) e Hlt); [exists f1, x | exists f2, x]; auto.
Qed.

Lemma is_radius_from_bounds a b m M r :
  (forall f1 f2 x, fiber Phi G a b m M f1 -> fiber Phi G a b m M f2 -> inside x -> Rabs (f1 x - f2 x) <= 2 * r) ->
  (forall e, e < 2 * r -> exists f1 f2 x,
     fiber Phi G a b m M f1 /\ fiber Phi G a b m M f2 /\ inside x /\ e < Rabs (f1 x - f2 x)) ->
  is_radius Phi G a b m M r.
Proof.
  intros Hup Hnear. split.
  - intros t (f1 & f2 & x & H1 & H2 & Hx & ->). auto.
  - intros u Hu. apply Rnot_lt_le. intros Hlt. destruct (Hnear u Hlt) as (f1 & f2 & x & H1 & H2 & Hx & H).
    assert (Rabs (f1 x - f2 x) <= u) by (apply Hu; exists f1, f2, x; auto). lra.
Qed.

(** A fiber that is not empty has a radius. *)
Lemma radius_exists a b m M f : fiber Phi G a b m M f -> exists r, is_radius Phi G a b m M r.
Proof.
  intros Hf. destruct (completeness (fun t => exists f1 f2 x,
    fiber Phi G a b m M f1 /\ fiber Phi G a b m M f2 /\ inside x /\ t = Rabs (f1 x - f2 x))) as (s & Hs).
  - exists (M - m). intros t (f1 & f2 & x & [_ H1] & [_ H2] & Hx & ->).
    apply Hsel in H1, H2. destruct H1 as (_ & _ & _ & _ & H1), H2 as (_ & _ & _ & _ & H2).
    specialize (H1 x Hx). specialize (H2 x Hx). unfold Rabs. destruct Rcase_abs; lra.
  - destruct Hf as [Hg Hf]. assert (H := Hf). apply Hsel in H. destruct H as (Ha & _).
    exists (Rabs (f a - f a)), f, f, a. unfold fiber. auto.
  - exists (s / 2). unfold is_radius. replace (2 * (s / 2)) with s by lra. exact Hs.
Qed.

(** The radius of information is the smallest worst-case error of any decoder. *)
Theorem radius_is_optimal_error c :
  radius_is Phi G c <-> (errs_at_most Phi G c /\ worst_case_at_least Phi G c).
Proof.
  split.
  - intros H. split.
    + exists central_decoder. split; [exact central_decoder_legal|].
      intros f a b m M Hf. apply central_decoder_error; [exact (H f a b m M Hf) | exact Hf].
    + intros D f a b m M Hf e He.
      destruct (no_decoder_beats_the_radius a b m M (c a b m M) (D a b m M) e (H f a b m M Hf) He)
        as (f' & x & Hf' & Hx & E).
      exists f', x. auto.
  - intros [(D & _ & HD) Hworst] f a b m M Hf. destruct (radius_exists a b m M f Hf) as (r & Hr).
    assert (H1 : r <= c a b m M).
    { apply Rnot_lt_le. intros Hlt.
      destruct (no_decoder_beats_the_radius a b m M r (D a b m M) _ Hr Hlt) as (f' & x & Hf' & Hx & E).
      specialize (HD f' a b m M Hf' x Hx). lra. }
    assert (H2 : c a b m M <= r).
    { apply Rnot_lt_le. intros Hlt.
      destruct (Hworst central_decoder f a b m M Hf r Hlt) as (f' & x & Hf' & Hx & E).
      pose proof (central_decoder_error a b m M r f' Hr Hf' x Hx). lra. }
    replace (c a b m M) with r by lra. exact Hr.
Qed.

(** The upper bound on every class: Proposition 1. *)
Lemma constant_decoder_error a b m M f :
  fiber Phi G a b m M f -> error_at_most f (fun _ => middle m M) ((M - m) / 2).
Proof.
  intros [_ Hf] x Hx. apply Hsel in Hf. destruct Hf as (_ & _ & _ & _ & Hf). specialize (Hf x Hx).
  unfold middle, Rabs. destruct Rcase_abs; lra.
Qed.

Lemma errs_at_most_half_spread : errs_at_most Phi G half_spread.
Proof.
  exists (fun _ _ m M _ => middle m M). split.
  - intros a b m M _ _ Hm HM x _. unfold middle. lra.
  - intros f a b m M Hf. exact (constant_decoder_error a b m M f Hf).
Qed.

End Central.

(** Lower and upper bound together. *)
Lemma radius_from_bounds {I : domain} (Phi : convention I) (G : function_class I) c :
  selects Phi -> errs_at_most Phi G c -> errs_at_least Phi G c -> radius_is Phi G c.
Proof.
  intros Hsel Hup Hlow. apply radius_is_optimal_error; [exact Hsel|].
  split; [exact Hup | exact (errs_at_least_worst_case Phi G c Hlow)].
Qed.

(** From one dimension to all (Remark 3): a function of one coordinate.

    [coordinate I pi] says what a projection onto one coordinate does; the interval has the identity,
    the cube [0, 1]^d one for each j. A function of [0, 1] composed with it keeps its information and
    its class, so a pair for one dimension is a pair for every dimension. *)

From Coq Require Fin.
From Coq Require Import Reals Lra Lia List Classical FunctionalExtensionality.
From FV Require Import Base.
Local Open Scope R_scope.

Record coordinate (I : domain) (pi : I -> R) : Prop := {
  coordinate_inside : forall x, inside x -> 0 <= pi x <= 1;
  coordinate_onto : forall t, 0 <= t <= 1 -> exists x, inside x /\ pi x = t;
  coordinate_below : forall x y, below x y -> pi x <= pi y;
  coordinate_within : forall t x y, within t x y -> Rabs (pi x - pi y) <= t;
  coordinate_mix : forall w x y, pi (mix w x y) = w * pi x + (1 - w) * pi y;
  coordinate_linear : exists v, forall x, pi x = dot v (coordinates x)
}.

(** ** The coordinates of the two domains *)

Lemma coordinate_interval : coordinate interval (fun x => x).
Proof.
  split; simpl; auto.
  - intros t Ht. exists t. auto.
  - exists (1 :: nil). intros x. simpl. ring.
Qed.

Definition unit_vector {d} (j : Fin.t d) : Fin.t d -> R := fun i => if Fin.eq_dec i j then 1 else 0.

Lemma dot_zero d (x : Fin.t d -> R) v : (forall j, v j = 0) -> dot (entries d v) (entries d x) = 0.
Proof.
  intros Hv. induction d as [|d IH]; simpl; [reflexivity|].
  rewrite Hv, IH; [ring | intros j; apply Hv].
Qed.

Lemma dot_unit_vector d (j : Fin.t d) (x : Fin.t d -> R) : dot (entries d (unit_vector j)) (entries d x) = x j.
Proof.
  revert x. induction j as [n|n j IH]; intros x; simpl.
  - unfold unit_vector at 1. destruct Fin.eq_dec as [_|N]; [| contradiction].
    rewrite dot_zero; [ring|]. intros i. unfold unit_vector. destruct Fin.eq_dec; [discriminate | reflexivity].
  - unfold unit_vector at 1. destruct Fin.eq_dec as [E|_]; [discriminate|].
    replace (fun i => unit_vector (Fin.FS j) (Fin.FS i)) with (unit_vector j).
    + rewrite IH. ring.
    + extensionality i. unfold unit_vector.
      destruct (Fin.eq_dec i j) as [E1|N], (Fin.eq_dec (Fin.FS i) (Fin.FS j)) as [E|N']; try reflexivity.
      * subst. contradiction.
      * apply Fin.FS_inj in E. contradiction.
Qed.

Lemma coordinate_hypercube d j : coordinate (hypercube d) (fun x => x j).
Proof.
  split; simpl.
  - auto.
  - intros t Ht. exists (fun _ => t). auto.
  - auto.
  - auto.
  - auto.
  - exists (entries d (unit_vector j)). intros x. symmetry. apply dot_unit_vector.
Qed.

(** Points that differ do so in a coordinate. *)
Lemma some_coordinate_differs (I : domain) :
  cube I -> forall a b : I, a <> b -> exists pi, coordinate I pi /\ pi a <> pi b.
Proof.
  intros [|d] a b Hab.
  - exists (fun x => x). split; [apply coordinate_interval | exact Hab].
  - assert (H : exists j, a j <> b j).
    { apply not_all_not_ex. intros H. apply Hab. extensionality j. apply NNPP. apply H. }
    destruct H as (j & Hj). exists (fun x : hypercube d => x j).
    split; [apply coordinate_hypercube | exact Hj].
Qed.

Lemma some_coordinate_rises (I : domain) :
  cube I -> forall a b : I, ~ below b a -> exists pi, coordinate I pi /\ pi a < pi b.
Proof.
  intros [|d] a b Hab; simpl in *.
  - exists (fun x => x). split; [apply coordinate_interval | lra].
  - apply not_all_ex_not in Hab. destruct Hab as (j & Hj).
    exists (fun x : hypercube d => x j). split; [apply coordinate_hypercube | lra].
Qed.

(** The cube is convex. *)
Lemma mix_inside (I : domain) :
  cube I -> forall (x y : I) w, inside x -> inside y -> 0 <= w <= 1 -> inside (mix w x y).
Proof.
  assert (H : forall w s t, 0 <= s <= 1 -> 0 <= t <= 1 -> 0 <= w <= 1 -> 0 <= w * s + (1 - w) * t <= 1).
  { intros w s t Hs Ht Hw. split; nra. }
  intros [|d]; simpl; intros x y w Hx Hy Hw; [| intros j]; apply H; auto.
Qed.

(** ** Functions that agree on the cube *)

Definition agree {I : domain} (f g : I -> R) : Prop := forall x, inside x -> f x = g x.

Section Agree.
Context {I : domain} (f g : I -> R) (H : agree f g).

Lemma agree_any_selection a b m M : any_selection I f a b m M -> any_selection I g a b m M.
Proof.
  intros (Ha & Hb & Fa & Fb & F). unfold any_selection. rewrite <- (H a Ha), <- (H b Hb).
  refine (conj Ha (conj Hb (conj Fa (conj Fb _)))). intros x Hx. rewrite <- H; auto.
Qed.

Lemma agree_all : all_functions I f -> all_functions I g.
Proof. intros F x Hx. rewrite <- H; auto. Qed.

Lemma agree_non_decreasing : non_decreasing I f -> non_decreasing I g.
Proof. intros F x y Hx Hy Hxy. rewrite <- (H x), <- (H y); auto. Qed.

Lemma agree_non_increasing : non_increasing I f -> non_increasing I g.
Proof. intros F x y Hx Hy Hxy. rewrite <- (H x), <- (H y); auto. Qed.

Lemma agree_convex : cube I -> convex I f -> convex I g.
Proof.
  intros HI [F C]. split; [exact (agree_all F)|]. intros x y w Hx Hy Hw.
  rewrite <- (H x), <- (H y), <- (H (mix w x y)); auto using mix_inside.
Qed.

Lemma agree_lipschitz L : lipschitz I L f -> lipschitz I L g.
Proof.
  intros [F C]. split; [exact (agree_all F)|]. intros x y t Hx Hy Ht.
  rewrite <- (H x), <- (H y); auto.
Qed.

End Agree.

(** ** Functions of one coordinate *)

Definition lift {I : domain} (pi : I -> R) (f : interval -> R) : I -> R := fun x => f (pi x).

Section Lift.
Context {I : domain} (pi : I -> R) (Hpi : coordinate I pi).
Implicit Types f g : interval -> R.

Lemma lift_any_selection f (a b : I) m M :
  inside a -> inside b -> any_selection interval f (pi a) (pi b) m M -> any_selection I (lift pi f) a b m M.
Proof.
  intros Ha Hb (_ & _ & Fa & Fb & F). refine (conj Ha (conj Hb (conj Fa (conj Fb _)))).
  intros x Hx. apply F. simpl. apply (coordinate_inside I pi Hpi x Hx).
Qed.

Lemma lift_all f : all_functions interval f -> all_functions I (lift pi f).
Proof. intros F x Hx. apply F. apply (coordinate_inside I pi Hpi x Hx). Qed.

Lemma lift_non_decreasing f : non_decreasing interval f -> non_decreasing I (lift pi f).
Proof.
  intros F x y Hx Hy Hxy. apply F; [apply (coordinate_inside I pi Hpi); assumption.. |].
  apply (coordinate_below I pi Hpi x y Hxy).
Qed.

Lemma lift_non_increasing f : non_increasing interval f -> non_increasing I (lift pi f).
Proof.
  intros F x y Hx Hy Hxy. apply F; [apply (coordinate_inside I pi Hpi); assumption.. |].
  apply (coordinate_below I pi Hpi x y Hxy).
Qed.

Lemma lift_monotone f : monotone interval f -> monotone I (lift pi f).
Proof.
  intros [F [U|D]]; (split; [exact (lift_all f F)|]);
  [left; exact (lift_non_decreasing f U) | right; exact (lift_non_increasing f D)].
Qed.

Lemma lift_convex f : convex interval f -> convex I (lift pi f).
Proof.
  intros [F C]. split; [exact (lift_all f F)|]. intros x y w Hx Hy Hw. unfold lift.
  rewrite (coordinate_mix I pi Hpi).
  apply (C (pi x) (pi y) w); [apply (coordinate_inside I pi Hpi); assumption.. | exact Hw].
Qed.

Lemma lift_lipschitz L f : lipschitz interval L f -> lipschitz I L (lift pi f).
Proof.
  intros [F C]. split; [exact (lift_all f F)|]. intros x y t Hx Hy Ht. unfold lift.
  apply C; [apply (coordinate_inside I pi Hpi); assumption.. |].
  apply (coordinate_within I pi Hpi t x y Ht).
Qed.

(** Points of [0, 1] at which two functions differ give such points of the cube. *)
Lemma lift_error_at_least f g c : error_at_least f g c -> error_at_least (lift pi f) (lift pi g) c.
Proof.
  intros H e He. destruct (H e He) as (t & Ht & E).
  destruct (coordinate_onto I pi Hpi t Ht) as (x & Hx & Ex). exists x. unfold lift. rewrite Ex. auto.
Qed.

End Lift.

(** Every d: a statement about all cubes holds in particular for [0, 1] and for each [0, 1]^d. *)
Lemma every_dimension (P : domain -> Prop) :
  (forall I, cube I -> P I) -> P interval /\ forall d, P (hypercube d).
Proof. intros H. split; [| intros d]; apply H; constructor. Qed.

(** ReLU networks, continuous piecewise affine functions, and networks trained by risk minimization. *)

From Coq Require Fin.
From Coq Require Import Reals Lra Lia List Classical.
From FV Require Import Base Lift Ramp.
Import ListNotations.
Local Open Scope R_scope.

(** ** ReLU networks (F_NN in B.2: matrix products with scalar activations) *)

Definition relu (t : R) : R := Rmax 0 t.

(** A neuron: a row of a weight matrix, and a bias. *)
Definition neuron : Type := (list R * R)%type.

Definition pre_activation (x : list R) (n : neuron) : R := dot (fst n) x + snd n.

(** Hidden layers of ReLU units, first to last, and a linear output. *)
Record network := { hidden : list (list neuron); output : neuron }.

Fixpoint forward (layers : list (list neuron)) (x : list R) : list R :=
  match layers with
  | [] => x
  | l :: rest => forward rest (map (fun n => relu (pre_activation x n)) l)
  end.

Definition evaluate (N : network) (x : list R) : R := pre_activation (forward (hidden N) x) (output N).

Definition neural_network (I : domain) : function_class I := fun f =>
  all_functions I f /\ exists N, forall x, inside x -> f x = evaluate N (coordinates x).

(** A ramp in one coordinate is a network with one hidden layer of two units. *)
Theorem ramp_is_network (I : domain) pi p q u v :
  coordinate I pi -> p < q -> exists N, forall x, lift pi (ramp p q u v) x = evaluate N (coordinates x).
Proof.
  intros Hpi Hpq. destruct (coordinate_linear I pi Hpi) as (w & Hw). set (s := (v - u) / (q - p)).
  exists {| hidden := [[(w, - p); (w, - q)]]; output := ([s; - s], u) |}. intros x.
  unfold lift. rewrite (ramp_hinges p q u v Hpq). fold s.
  unfold evaluate, pre_activation. simpl. unfold pre_activation. simpl. rewrite <- Hw.
  unfold relu, Rminus. ring.
Qed.

Lemma lifted_ramp_neural_network (I : domain) pi p q u v :
  coordinate I pi -> p < q -> 0 <= u <= 1 -> 0 <= v <= 1 -> neural_network I (lift pi (ramp p q u v)).
Proof.
  intros Hpi Hpq Hu Hv. split; [exact (lift_all pi Hpi _ (ramp_all p q u v Hpq Hu Hv))|].
  destruct (ramp_is_network I pi p q u v Hpi Hpq) as (N & HN). exists N. auto.
Qed.

Lemma agree_neural_network {I : domain} (f g : I -> R) :
  agree f g -> neural_network I f -> neural_network I g.
Proof.
  intros H [F (N & HN)]. split; [exact (agree_all f g H F)|].
  exists N. intros x Hx. rewrite <- H; auto.
Qed.

(** *** Sums of networks are networks *)

Fixpoint scale_add (s : R) (v w : list R) : list R :=
  match v, w with
  | [], _ => w
  | a :: v', [] => s * a :: scale_add s v' []
  | a :: v', b :: w' => s * a + b :: scale_add s v' w'
  end.

Lemma dot_scale_add s v w x : dot (scale_add s v w) x = s * dot v x + dot w x.
Proof.
  revert w x. induction v as [|a v IH]; intros w x; simpl; [ring|].
  destruct w as [|b w], x as [|t x]; simpl; try ring; rewrite IH; simpl; ring.
Qed.

(** Weights that see only the first part, or only the second part, of a list. *)
Lemma dot_first w u v : dot (firstn (length u) w) (u ++ v) = dot w u.
Proof.
  revert w. induction u as [|t u IH]; intros [|s w]; simpl; try reflexivity. rewrite IH. reflexivity.
Qed.

Lemma dot_second w u v : dot (repeat 0 (length u) ++ w) (u ++ v) = dot w v.
Proof. induction u as [|t u IH]; simpl; [reflexivity | rewrite IH; ring]. Qed.

Definition first_part (n : nat) (h : neuron) : neuron := (firstn n (fst h), snd h).
Definition second_part (n : nat) (h : neuron) : neuron := (repeat 0 n ++ fst h, snd h).

(** Two stacks of layers side by side. *)
Fixpoint side_by_side (n : nat) (k l : list (list neuron)) : list (list neuron) :=
  match k, l with
  | h :: k', j :: l' =>
      (map (first_part n) h ++ map (second_part n) j) :: side_by_side (length h) k' l'
  | _, _ => []
  end.

Lemma forward_side_by_side k : forall l u v, length k = length l ->
  forward (side_by_side (length u) k l) (u ++ v) = forward k u ++ forward l v.
Proof.
  induction k as [|h k IH]; intros [|j l] u v E; try discriminate; [reflexivity|]. injection E as E. simpl.
  rewrite map_app, !map_map.
  replace (map (fun n => relu (pre_activation (u ++ v) (first_part (length u) n))) h)
    with (map (fun n => relu (pre_activation u n)) h).
  - replace (map (fun n => relu (pre_activation (u ++ v) (second_part (length u) n))) j)
      with (map (fun n => relu (pre_activation v n)) j).
    + pose proof (IH l (map (fun n => relu (pre_activation u n)) h) (map (fun n => relu (pre_activation v n)) j) E)
        as H. rewrite map_length in H. exact H.
    + apply map_ext. intros n. unfold pre_activation, second_part. simpl. rewrite dot_second. reflexivity.
  - apply map_ext. intros n. unfold pre_activation, first_part. simpl. rewrite dot_first. reflexivity.
Qed.

(** A network of depth k, its last hidden values combined affinely. *)
Definition has_depth {I : domain} (k : nat) (f : I -> R) : Prop :=
  exists layers w c, length layers = k /\ forall x, inside x -> f x = dot w (forward layers (coordinates x)) + c.

Lemma forward_app k l x : forward (k ++ l) x = forward l (forward k x).
Proof. revert x. induction k as [|h k IH]; intros x; simpl; [reflexivity | apply IH]. Qed.

(** t = relu(t) - relu(-t). *)
Lemma deeper {I : domain} k (f : I -> R) : has_depth k f -> has_depth (S k) f.
Proof.
  intros (layers & w & c & E & H).
  exists (layers ++ [[(w, c); (scale_add (-1) w [], - c)]]), [1; -1], 0. split.
  - rewrite app_length, E. simpl. lia.
  - intros x Hx. rewrite (H x Hx), forward_app. simpl. unfold pre_activation. simpl. rewrite dot_scale_add. simpl.
    set (t := dot w (forward layers (coordinates x)) + c).
    replace (-1 * dot w (forward layers (coordinates x)) + 0 + - c) with (- t) by (unfold t; ring).
    unfold relu, Rmax. repeat destruct Rle_dec; lra.
Qed.

Lemma as_deep_as {I : domain} k n (f : I -> R) : has_depth k f -> has_depth (n + k) f.
Proof. intros H. induction n as [|n IH]; [exact H | apply deeper; exact IH]. Qed.

Lemma has_depth_combine {I : domain} k s t (f g : I -> R) :
  has_depth (S k) f -> has_depth (S k) g -> has_depth (S k) (fun x => s * f x + t * g x).
Proof.
  intros ([|h layers] & w & c & E & H) ([|j layers'] & w' & c' & E' & H'); try discriminate.
  injection E as E. injection E' as E'.
  set (n := length (forward layers (map (fun _ => 0) h))).
  assert (Hn : forall x, length (forward layers (map (fun n => relu (pre_activation x n)) h)) = n).
  { intros x. unfold n. clear. destruct layers as [|l layers]; simpl; [rewrite !map_length; reflexivity|].
    assert (L : forall layers u v, length u = length v -> length (forward layers u) = length (forward layers v)).
    { clear. intros layers. induction layers as [|l layers IH]; intros u v Huv; simpl; [exact Huv|].
      apply IH. rewrite !map_length. reflexivity. }
    apply L. rewrite !map_length. reflexivity. }
  exists ((h ++ j) :: side_by_side (length h) layers layers'),
    (scale_add s (firstn n w) (scale_add t (repeat 0 n ++ w') [])), (s * c + t * c'). split.
  - simpl. f_equal. clear -E E'. revert layers' k E E'. generalize (length h).
    induction layers as [|l layers IH]; intros m [|l' layers'] k E E'; simpl in *; try congruence.
    destruct k as [|k]; [discriminate|]. f_equal. apply IH; congruence.
  - intros x Hx. rewrite (H x Hx), (H' x Hx), !dot_scale_add. simpl. rewrite map_app.
    pose proof (forward_side_by_side layers layers' (map (fun n => relu (pre_activation (coordinates x) n)) h)
      (map (fun n => relu (pre_activation (coordinates x) n)) j) ltac:(congruence)) as F.
    rewrite map_length in F. rewrite F. rewrite <- (Hn (coordinates x)), dot_first, dot_second. simpl. ring.
Qed.

Theorem networks_combine (I : domain) s t (f g : I -> R) :
  (exists N, forall x, inside x -> f x = evaluate N (coordinates x)) ->
  (exists N, forall x, inside x -> g x = evaluate N (coordinates x)) ->
  exists N, forall x, inside x -> s * f x + t * g x = evaluate N (coordinates x).
Proof.
  intros (N & HN) (N' & HN').
  assert (D : has_depth (length (hidden N)) f) by (exists (hidden N), (fst (output N)), (snd (output N)); auto).
  assert (D' : has_depth (length (hidden N')) g) by (exists (hidden N'), (fst (output N')), (snd (output N')); auto).
  apply (as_deep_as _ (S (length (hidden N')))) in D. apply (as_deep_as _ (S (length (hidden N)))) in D'.
  replace (S (length (hidden N)) + length (hidden N'))%nat
    with (S (length (hidden N')) + length (hidden N))%nat in D' by lia.
  destruct (has_depth_combine _ s t f g D D') as (layers & w & c & _ & H).
  exists {| hidden := layers; output := (w, c) |}. exact H.
Qed.

(** ** Continuous piecewise affine functions *)

Definition continuous (I : domain) (f : I -> R) : Prop :=
  forall x, inside x -> forall e, 0 < e ->
  exists t, 0 < t /\ forall y, inside y -> within t x y -> Rabs (f x - f y) <= e.

(** At every point one of finitely many affine maps. *)
Definition selects_from (I : domain) (pieces : list (I -> R)) (f : I -> R) : Prop :=
  Forall (affine_map I) pieces /\ forall x, inside x -> exists g, In g pieces /\ f x = g x.

(** F_PAff in B.2, of continuous functions with finitely many pieces. *)
Definition piecewise_affine (I : domain) : function_class I := fun f =>
  all_functions I f /\ continuous I f /\ exists pieces, selects_from I pieces f.

(** *** Every network is continuous and piecewise affine *)

Lemma affine_map_combine (I : domain) s t f g :
  affine_map I f -> affine_map I g -> affine_map I (fun x => s * f x + t * g x).
Proof.
  intros (v & c & Hf) (w & d & Hg). exists (scale_add s v (scale_add t w [])), (s * c + t * d). intros x.
  rewrite Hf, Hg, !dot_scale_add. simpl. ring.
Qed.

Lemma affine_map_constant (I : domain) c : affine_map I (fun _ => c).
Proof. exists [], c. intros x. simpl. ring. Qed.

Lemma selection_combine (I : domain) s t f g p q : selects_from I p f -> selects_from I q g ->
  selects_from I (map (fun h x => s * fst h x + t * snd h x) (list_prod p q)) (fun x => s * f x + t * g x).
Proof.
  intros [A1 S1] [A2 S2]. split.
  - apply Forall_forall. intros h Hh. apply in_map_iff in Hh. destruct Hh as ((h1 & h2) & <- & Hh).
    apply in_prod_iff in Hh. destruct Hh as [Hh1 Hh2]. rewrite Forall_forall in A1, A2.
    apply affine_map_combine; simpl; auto.
  - intros x Hx. destruct (S1 x Hx) as (h1 & I1 & E1), (S2 x Hx) as (h2 & I2 & E2).
    exists (fun y => s * h1 y + t * h2 y). split; [| rewrite E1, E2; reflexivity].
    apply in_map_iff. exists (h1, h2). split; [reflexivity|]. apply in_prod; assumption.
Qed.

(** Lipschitz with some constant, and piecewise affine. *)
Definition tame (I : domain) (f : I -> R) : Prop :=
  (exists L, 0 <= L /\ forall x y t, inside x -> inside y -> within t x y -> Rabs (f x - f y) <= L * t)
  /\ exists pieces, selects_from I pieces f.

Section Tame.
Context {I : domain}.

Lemma tame_constant c : tame I (fun _ => c).
Proof.
  split.
  - exists 0. split; [lra|]. intros. rewrite Rminus_diag_eq by reflexivity. rewrite Rabs_R0. lra.
  - exists [fun _ => c]. split; [constructor; [apply affine_map_constant | constructor]|].
    intros x _. exists (fun _ => c). simpl. auto.
Qed.

Lemma tame_coordinate pi : coordinate I pi -> tame I pi.
Proof.
  intros Hpi. split.
  - exists 1. split; [lra|]. intros x y t _ _ H. rewrite Rmult_1_l. apply (coordinate_within I pi Hpi t x y H).
  - exists [pi]. split.
    + constructor; [|constructor]. destruct (coordinate_linear I pi Hpi) as (v & Hv).
      exists v, 0. intros x. rewrite Hv. ring.
    + intros x _. exists pi. simpl. auto.
Qed.

Lemma tame_equal f g : (forall x, f x = g x) -> tame I f -> tame I g.
Proof.
  intros E [(L & P & H) (q & A & S)]. split.
  - exists L. split; [exact P|]. intros x y t Hx Hy Ht. rewrite <- !E. auto.
  - exists q. split; [exact A|]. intros x Hx. rewrite <- E. auto.
Qed.

Lemma tame_combine s t f g : tame I f -> tame I g -> tame I (fun x => s * f x + t * g x).
Proof.
  intros [(L1 & P1 & H1) (q1 & S1)] [(L2 & P2 & H2) (q2 & S2)]. split.
  - exists (Rabs s * L1 + Rabs t * L2). split.
    { pose proof (Rabs_pos s). pose proof (Rabs_pos t). nra. }
    intros x y r Hx Hy Hr. specialize (H1 x y r Hx Hy Hr). specialize (H2 x y r Hx Hy Hr).
    replace (s * f x + t * g x - (s * f y + t * g y)) with (s * (f x - f y) + t * (g x - g y)) by ring.
    apply Rle_trans with (1 := Rabs_triang _ _). rewrite !Rabs_mult.
    pose proof (Rmult_le_compat_l (Rabs s) _ _ (Rabs_pos s) H1).
    pose proof (Rmult_le_compat_l (Rabs t) _ _ (Rabs_pos t) H2). lra.
  - exists (map (fun h x => s * fst h x + t * snd h x) (list_prod q1 q2)). apply selection_combine; assumption.
Qed.

Lemma relu_contracts s t : Rabs (relu s - relu t) <= Rabs (s - t).
Proof. unfold relu, Rmax. repeat destruct Rle_dec; unfold Rabs; repeat destruct Rcase_abs; lra. Qed.

Lemma tame_relu f : tame I f -> tame I (fun x => relu (f x)).
Proof.
  intros [(L & P & H) (q & A & S)]. split.
  - exists L. split; [exact P|]. intros x y t Hx Hy Ht.
    apply Rle_trans with (1 := relu_contracts _ _). auto.
  - exists ((fun _ => 0) :: q). split; [constructor; [apply affine_map_constant | exact A]|].
    intros x Hx. unfold relu. destruct (Rle_lt_dec (f x) 0) as [H0|H0].
    + exists (fun _ => 0). split; [left; reflexivity | apply Rmax_left; exact H0].
    + destruct (S x Hx) as (h & Ih & Eh). exists h. split; [right; exact Ih|].
      rewrite Rmax_right by lra. exact Eh.
Qed.

Definition at_point (fs : list (I -> R)) (x : I) : list R := map (fun f => f x) fs.

Lemma tame_dot w fs : Forall (tame I) fs -> tame I (fun x => dot w (at_point fs x)).
Proof.
  intros Hfs. revert w. induction Hfs as [|f fs Hf Hfs IH]; intros [|s w]; simpl; try apply tame_constant.
  apply (tame_equal (fun x => s * f x + 1 * dot w (at_point fs x))); [intros x; simpl; ring|].
  apply tame_combine; [exact Hf | apply IH].
Qed.

Lemma tame_pre_activation fs n : Forall (tame I) fs -> tame I (fun x => pre_activation (at_point fs x) n).
Proof.
  intros Hfs. apply (tame_equal (fun x => 1 * dot (fst n) (at_point fs x) + 1 * snd n)).
  - intros x. unfold pre_activation. ring.
  - exact (tame_combine 1 1 _ (fun _ => snd n) (tame_dot (fst n) fs Hfs) (tame_constant (snd n))).
Qed.

Lemma tame_network layers out fs :
  Forall (tame I) fs -> tame I (fun x => pre_activation (forward layers (at_point fs x)) out).
Proof.
  revert fs. induction layers as [|l layers IH]; intros fs Hfs; simpl; [apply tame_pre_activation; exact Hfs|].
  set (next := map (fun n x => relu (pre_activation (at_point fs x) n)) l).
  apply (tame_equal (fun x => pre_activation (forward layers (at_point next x)) out)).
  - intros x. unfold next, at_point at 1. rewrite map_map. reflexivity.
  - apply IH. apply Forall_forall. intros h Hh. apply in_map_iff in Hh. destruct Hh as (n & <- & _).
    apply tame_relu. apply tame_pre_activation. exact Hfs.
Qed.

End Tame.

Lemma coordinates_list (I : domain) :
  cube I -> exists pis, Forall (coordinate I) pis /\ forall x : I, coordinates x = at_point pis x.
Proof.
  intros [|d].
  - exists [fun x => x]. split; [constructor; [apply coordinate_interval | constructor] | reflexivity].
  - assert (H : exists js : list (Fin.t d), forall x : Fin.t d -> R, entries d x = map x js).
    { induction d as [|d (js & IH)]; [exists []; reflexivity|].
      exists (Fin.F1 :: map Fin.FS js). intros x. simpl. rewrite IH, map_map. reflexivity. }
    destruct H as (js & H). exists (map (fun j (x : hypercube d) => x j) js). split.
    + apply Forall_forall. intros pi Hpi. apply in_map_iff in Hpi. destruct Hpi as (j & <- & _).
      apply coordinate_hypercube.
    + intros x. simpl. rewrite H. unfold at_point. rewrite map_map. reflexivity.
Qed.

Theorem networks_are_piecewise_affine (I : domain) :
  cube I -> forall f, neural_network I f -> piecewise_affine I f.
Proof.
  intros HI f [F (N & HN)]. split; [exact F|].
  destruct (coordinates_list I HI) as (pis & Hpis & Hc).
  assert (T : tame I (fun x => evaluate N (at_point pis x))).
  { apply tame_network. apply Forall_forall. intros pi Hpi. apply tame_coordinate.
    rewrite Forall_forall in Hpis. auto. }
  destruct T as [(L & P & H) (q & A & S)]. split.
  - intros x Hx e He. exists (e / (L + 1)). split.
    { apply Rmult_lt_0_compat; [exact He | apply Rinv_0_lt_compat; lra]. }
    intros y Hy Ht. rewrite (HN x Hx), (HN y Hy), !Hc.
    apply Rle_trans with (1 := H x y _ Hx Hy Ht).
    assert (E : e / (L + 1) * (L + 1) = e) by (field; lra).
    assert (0 < e / (L + 1)) by (apply Rmult_lt_0_compat; [exact He | apply Rinv_0_lt_compat; lra]).
    lra.
  - exists q. split; [exact A|]. intros x Hx. rewrite (HN x Hx), Hc. auto.
Qed.

Lemma within_weaken (I : domain) : cube I -> forall (x y : I) r t, r <= t -> within r x y -> within t x y.
Proof. intros [|d]; simpl; intros x y r t Hrt H; [lra | intros j; specialize (H j); lra]. Qed.

Lemma continuous_combine (I : domain) s t f g :
  cube I -> continuous I f -> continuous I g -> continuous I (fun x => s * f x + t * g x).
Proof.
  intros HI Cf Cg x Hx e He. set (c := Rabs s + Rabs t + 1).
  assert (Hc : 0 < c) by (unfold c; pose proof (Rabs_pos s); pose proof (Rabs_pos t); lra).
  assert (Hec : 0 < e / c) by (apply Rdiv_lt_0_compat; assumption).
  destruct (Cf x Hx (e / c) Hec) as (r & Pr & Hr), (Cg x Hx (e / c) Hec) as (r' & Pr' & Hr').
  exists (Rmin r r'). split; [apply Rmin_glb_lt; assumption|]. intros y Hy W.
  assert (W1 : within r x y) by (exact (within_weaken I HI x y _ _ (Rmin_l r r') W)).
  assert (W2 : within r' x y) by (exact (within_weaken I HI x y _ _ (Rmin_r r r') W)).
  specialize (Hr y Hy W1). specialize (Hr' y Hy W2).
  replace (s * f x + t * g x - (s * f y + t * g y)) with (s * (f x - f y) + t * (g x - g y)) by ring.
  apply Rle_trans with (1 := Rabs_triang _ _). rewrite !Rabs_mult.
  pose proof (Rmult_le_compat_l (Rabs s) _ _ (Rabs_pos s) Hr).
  pose proof (Rmult_le_compat_l (Rabs t) _ _ (Rabs_pos t) Hr').
  assert (E : c * (e / c) = e) by (field; lra). unfold c in E at 1. nra.
Qed.

Lemma agree_piecewise_affine {I : domain} (f g : I -> R) :
  agree f g -> piecewise_affine I f -> piecewise_affine I g.
Proof.
  intros H [F [C (q & A & S)]]. split; [exact (agree_all f g H F)|]. split.
  - intros x Hx e He. destruct (C x Hx e He) as (t & Ht & E). exists t. split; [exact Ht|].
    intros y Hy Hxy. rewrite <- (H x), <- (H y); auto.
  - exists q. split; [exact A|]. intros x Hx. rewrite <- H by exact Hx. auto.
Qed.

(** ** Risk minimization (F_ERM in B.2) *)

(** A Bregman loss: the gap of a strictly convex function phi to its tangent at the prediction. *)
Definition bregman (phi slope : R -> R) : Prop :=
  forall g y, 0 <= g <= 1 -> 0 <= y <= 1 -> g <> y -> phi g + slope g * (y - g) < phi y.

Definition loss (phi slope : R -> R) (prediction y : R) : R :=
  phi y - phi prediction - slope prediction * (y - prediction).

(** The expected loss of a prediction for Y ~ Bernoulli(mean). *)
Definition bernoulli_risk (phi slope : R -> R) (prediction mean : R) : R :=
  mean * loss phi slope prediction 1 + (1 - mean) * loss phi slope prediction 0.

(** The mean is the only minimizer of the risk, for every Bregman loss. *)
Theorem mean_minimizes_risk phi slope g mean :
  bregman phi slope -> 0 <= g <= 1 -> 0 <= mean <= 1 ->
  bernoulli_risk phi slope mean mean <= bernoulli_risk phi slope g mean
  /\ (bernoulli_risk phi slope g mean <= bernoulli_risk phi slope mean mean -> g = mean).
Proof.
  intros H Hg Hm.
  assert (E : bernoulli_risk phi slope g mean - bernoulli_risk phi slope mean mean
    = phi mean - (phi g + slope g * (mean - g))) by (unfold bernoulli_risk, loss; ring).
  destruct (Req_dec g mean) as [->|N]; [split; [lra | auto]|].
  specialize (H g mean Hg Hm N). split; lra.
Qed.

(** The expected loss over X, for any way to take expectations over X that is monotone. *)
Definition monotone_expectation {I : domain} (E : (I -> R) -> R) : Prop :=
  forall u v : I -> R, (forall x, inside x -> u x <= v x) -> E u <= E v.

(** f is the minimizer of the expected Bregman loss over all functions, for data with Y given X = x
    Bernoulli of mean p(x): of least risk whatever the law of X, and at no point is there another prediction
    of least risk. *)
Definition risk_minimizer (I : domain) (phi slope : R -> R) (p f : I -> R) : Prop :=
  (forall E, monotone_expectation E -> forall g, all_functions I g ->
     E (fun x => bernoulli_risk phi slope (f x) (p x)) <= E (fun x => bernoulli_risk phi slope (g x) (p x)))
  /\ forall g, all_functions I g -> forall x, inside x ->
     bernoulli_risk phi slope (g x) (p x) <= bernoulli_risk phi slope (f x) (p x) -> g x = f x.

Definition erm (I : domain) : function_class I := fun f =>
  neural_network I f
  /\ exists phi slope p, bregman phi slope /\ all_functions I p /\ risk_minimizer I phi slope p f.

(** Every function is the minimizer for its own data, whatever the Bregman loss (B.5.3, last paragraph). *)
Theorem every_function_minimizes_risk (I : domain) phi slope f :
  bregman phi slope -> all_functions I f -> risk_minimizer I phi slope f f.
Proof.
  intros H F. split.
  - intros E HE g Hg. apply HE. intros x Hx. apply mean_minimizes_risk; auto.
  - intros g Hg x Hx. apply mean_minimizes_risk; auto.
Qed.

(** The squared loss is a Bregman loss. *)
Lemma squared_loss_bregman : bregman (fun t => t * t) (fun t => 2 * t).
Proof. intros g y _ _ N. assert (0 < (g - y) * (g - y)); [| lra]. apply Rsqr_pos_lt. lra. Qed.

Theorem erm_iff_neural_network (I : domain) f : erm I f <-> neural_network I f.
Proof.
  split; [intros [H _]; exact H|]. intros H. split; [exact H|].
  exists (fun t => t * t), (fun t => 2 * t), f. split; [apply squared_loss_bregman|].
  destruct H as [F _]. split; [exact F | apply every_function_minimizes_risk; [apply squared_loss_bregman | exact F]].
Qed.

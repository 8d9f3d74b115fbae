(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/affine/d3/affine.d3.radius.bound|)
(set-info :status unsat)
; obligation: affine.d3.radius.bound
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-6.remark.higher-dimension (sharp), remark-3.affine (repaired),
;   table-1.affine-in-several-variables.epsilon (sharp), table-1.affine-in-several-variables.exact
;   (sharp), table-1.affine-in-several-variables.side (sharp)
; symbols: s1 = hidden1, s2 = hidden0, s3 = hidden3, s4 = hidden2, s5 = hidden4, s6 = f_min, s7 =
;   f_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(declare-const |ite 1| Real)
(assert (or (not (or (and (= s3 1.0) (= s4 1.0)) (and (= s5 1.0) (= s4 1.0)) (and (= s5 1.0) (= s3 1.0)))) (= |ite 1| (+ s7 (* (- 1.0) s6)))))
(assert (or (or (and (= s3 1.0) (= s4 1.0)) (and (= s5 1.0) (= s4 1.0)) (and (= s5 1.0) (= s3 1.0))) (= |ite 1| 0.0)))
(assert (and (<= (+ s1 (* (- 1.0) s2)) 1.0) (or (or (and (= s3 1.0) (= s4 1.0)) (and (= s5 1.0) (= s4 1.0)) (and (= s5 1.0) (= s3 1.0))) (= s1 s2))))
(assert (< s6 s7))
(assert (not (<= (+ (+ s6 (* (+ s7 (* (- 1.0) s6)) s1)) (* (- 1.0) (+ s6 (* (+ s7 (* (- 1.0) s6)) s2)))) (* 2.0 (* (/ 1.0 2.0) |ite 1|)))))
(check-sat)
(exit)

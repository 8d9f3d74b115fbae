(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/affine/d2/affine.d2.radius.bound|)
(set-info :status unsat)
; obligation: affine.d2.radius.bound
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-6 (printed, repaired, sharp), theorem-6.proof.corners (printed, repaired),
;   theorem-6.proof.equal-extrema (printed), theorem-6.proof.origin-recovered (printed, repaired),
;   theorem-6.proof.maximum-at-origin-recovered (printed), theorem-6.proof.one-one-recovered
;   (printed), theorem-6.proof.cases (printed), theorem-7 (printed, repaired, sharp),
;   remark-3.affine (printed, repaired), table-1.affine-in-several-variables.epsilon (sharp),
;   table-1.affine-in-several-variables.exact (sharp), table-1.affine-in-several-variables.side
;   (sharp)
; symbols: s1 = hidden1, s2 = hidden0, s3 = hidden3, s4 = hidden2, s5 = f_min, s6 = f_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const |ite 1| Real)
(assert (or (not (and (= s3 1.0) (= s4 1.0))) (= |ite 1| (+ s6 (* (- 1.0) s5)))))
(assert (or (and (= s3 1.0) (= s4 1.0)) (= |ite 1| 0.0)))
(assert (and (<= (+ s1 (* (- 1.0) s2)) 1.0) (or (and (= s3 1.0) (= s4 1.0)) (= s1 s2))))
(assert (< s5 s6))
(assert (not (<= (+ (+ s5 (* (+ s6 (* (- 1.0) s5)) s1)) (* (- 1.0) (+ s5 (* (+ s6 (* (- 1.0) s5)) s2)))) (* 2.0 (* (/ 1.0 2.0) |ite 1|)))))
(check-sat)
(exit)

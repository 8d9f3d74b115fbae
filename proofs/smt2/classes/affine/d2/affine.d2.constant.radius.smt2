(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/affine/d2/affine.d2.constant.radius|)
(set-info :status unsat)
; obligation: affine.d2.constant.radius
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-6 (printed, repaired, sharp), theorem-6.proof.corners (printed, repaired),
;   theorem-6.proof.equal-extrema (printed), theorem-6.proof.origin-recovered (printed, repaired),
;   theorem-6.proof.maximum-at-origin-recovered (printed), theorem-6.proof.one-one-recovered
;   (printed), theorem-6.proof.cases (printed), theorem-7 (printed, repaired, sharp),
;   remark-3.affine (printed, repaired), table-1.affine-in-several-variables.epsilon (sharp),
;   table-1.affine-in-several-variables.exact (sharp), table-1.affine-in-several-variables.side
;   (sharp)
; symbols: s1 = x_min[0], s2 = x_min[1], s3 = x_max[0], s4 = x_max[1], s5 = f_min, s6 = f_max, s7 =
;   x[0], s8 = x[1]
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(declare-const s8 Real)
(declare-const |abs 1| Real)
(declare-const |abs 2| Real)
(declare-const |ite 3| Real)
(assert (>= |abs 1| (+ s1 (* (- 1.0) s3))))
(assert (>= |abs 1| (- (+ s1 (* (- 1.0) s3)))))
(assert (or (= |abs 1| (+ s1 (* (- 1.0) s3))) (= |abs 1| (- (+ s1 (* (- 1.0) s3))))))
(assert (>= |abs 2| (+ s2 (* (- 1.0) s4))))
(assert (>= |abs 2| (- (+ s2 (* (- 1.0) s4)))))
(assert (or (= |abs 2| (+ s2 (* (- 1.0) s4))) (= |abs 2| (- (+ s2 (* (- 1.0) s4))))))
(assert (or (not (and (= |abs 2| 1.0) (= |abs 1| 1.0))) (= |ite 3| (+ s6 (* (- 1.0) s5)))))
(assert (or (and (= |abs 2| 1.0) (= |abs 1| 1.0)) (= |ite 3| 0.0)))
(assert (<= 0.0 s1))
(assert (<= s1 1.0))
(assert (<= 0.0 s2))
(assert (<= s2 1.0))
(assert (<= 0.0 s3))
(assert (<= s3 1.0))
(assert (<= 0.0 s4))
(assert (<= s4 1.0))
(assert (<= 0.0 s5))
(assert (<= s5 s6))
(assert (<= s6 1.0))
(assert (<= 0.0 s7))
(assert (<= s7 1.0))
(assert (<= 0.0 s8))
(assert (<= s8 1.0))
(assert (= s5 s6))
(assert (or (and (= s5 s6) true) (and (< s5 s6) (or (= |abs 1| 1.0) (= |abs 2| 1.0)))))
(assert (not (and (= (* (/ 1.0 2.0) |ite 3|) 0.0) (not (and (< s5 s6) (and (= |abs 2| 1.0) (= |abs 1| 1.0)))))))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/affine/d2/affine.d2.attainment.lower.along-0|)
(set-info :status unsat)
; obligation: affine.d2.attainment.lower.along-0
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-6 (printed, repaired, sharp), theorem-6.remark.higher-dimension (sharp),
;   theorem-6.proof.corners (printed, repaired), theorem-6.proof.equal-extrema (printed),
;   theorem-6.proof.origin-recovered (printed, repaired),
;   theorem-6.proof.maximum-at-origin-recovered (printed), theorem-6.proof.one-one-recovered
;   (printed), theorem-6.proof.cases (printed), theorem-7 (printed, repaired, sharp),
;   theorem-8.affine (printed), theorem-8.proof.defined (printed, repaired), remark-3.affine
;   (printed, repaired), table-1.affine-in-several-variables.epsilon (sharp),
;   table-1.affine-in-several-variables.exact (sharp), table-1.affine-in-several-variables.side
;   (sharp), table-1.affine-in-one-variable.epsilon (sharp), table-1.affine-in-one-variable.exact
;   (sharp), table-1.affine-in-one-variable.side (sharp)
; symbols: s1 = x_min[0], s2 = x_max[0], s3 = x[0]
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const |abs 1| Real)
(declare-const |abs 2| Real)
(assert (>= |abs 1| (+ s1 (* (- 1.0) s2))))
(assert (>= |abs 1| (- (+ s1 (* (- 1.0) s2)))))
(assert (or (= |abs 1| (+ s1 (* (- 1.0) s2))) (= |abs 1| (- (+ s1 (* (- 1.0) s2))))))
(assert (>= |abs 2| (+ s3 (* (- 1.0) s1))))
(assert (>= |abs 2| (- (+ s3 (* (- 1.0) s1)))))
(assert (or (= |abs 2| (+ s3 (* (- 1.0) s1))) (= |abs 2| (- (+ s3 (* (- 1.0) s1))))))
(assert (<= 0.0 s1))
(assert (<= s1 1.0))
(assert (<= 0.0 s2))
(assert (<= s2 1.0))
(assert (<= 0.0 s3))
(assert (<= s3 1.0))
(assert (not (or (not (= |abs 1| 1.0)) (= (+ s1 (* (+ 1.0 (* (- 1.0) (* 2.0 s1))) s3)) |abs 2|))))
(check-sat)
(exit)

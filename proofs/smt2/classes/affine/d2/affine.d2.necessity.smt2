(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/affine/d2/affine.d2.necessity|)
(set-info :status unsat)
; obligation: affine.d2.necessity
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-6 (printed, repaired, sharp), theorem-6.proof.corners (printed, repaired),
;   theorem-6.proof.equal-extrema (printed), theorem-6.proof.origin-recovered (printed, repaired),
;   theorem-6.proof.maximum-at-origin-recovered (printed), theorem-6.proof.one-one-recovered
;   (printed), theorem-6.proof.cases (printed), theorem-7 (printed, repaired, sharp),
;   remark-3.affine (printed, repaired), table-1.affine-in-several-variables.epsilon (sharp),
;   table-1.affine-in-several-variables.exact (sharp), table-1.affine-in-several-variables.side
;   (sharp)
; symbols: s1 = w[0], s2 = x_min[0], s3 = x_max[0], s4 = w[1], s5 = x_min[1], s6 = x_max[1], s7 =
;   f_max, s8 = f_min, s9 = hidden0, s10 = hidden1
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(declare-const s8 Real)
(declare-const s9 Real)
(declare-const s10 Real)
(declare-const |abs 1| Real)
(declare-const |abs 2| Real)
(assert (>= |abs 1| (+ s2 (* (- 1.0) s3))))
(assert (>= |abs 1| (- (+ s2 (* (- 1.0) s3)))))
(assert (or (= |abs 1| (+ s2 (* (- 1.0) s3))) (= |abs 1| (- (+ s2 (* (- 1.0) s3))))))
(assert (>= |abs 2| (+ s5 (* (- 1.0) s6))))
(assert (>= |abs 2| (- (+ s5 (* (- 1.0) s6)))))
(assert (or (= |abs 2| (+ s5 (* (- 1.0) s6))) (= |abs 2| (- (+ s5 (* (- 1.0) s6))))))
(assert (or (= s1 0.0) (= |abs 1| 1.0)))
(assert (or (= s4 0.0) (= |abs 2| 1.0)))
(assert (= (+ s7 (* (- 1.0) s8)) (+ (* s1 s9) (* s4 s10))))
(assert (< s8 s7))
(assert (not (or (= |abs 1| 1.0) (= |abs 2| 1.0))))
(check-sat)
(exit)

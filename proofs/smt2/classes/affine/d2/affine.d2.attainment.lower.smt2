(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/affine/d2/affine.d2.attainment.lower|)
(set-info :status unsat)
; obligation: affine.d2.attainment.lower
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-6 (printed, repaired, sharp), theorem-6.proof.corners (printed, repaired),
;   theorem-6.proof.equal-extrema (printed), theorem-6.proof.origin-recovered (printed, repaired),
;   theorem-6.proof.maximum-at-origin-recovered (printed), theorem-6.proof.one-one-recovered
;   (printed), theorem-6.proof.cases (printed), theorem-7 (printed, repaired, sharp),
;   remark-3.affine (printed, repaired), table-1.affine-in-several-variables.epsilon (sharp),
;   table-1.affine-in-several-variables.exact (sharp), table-1.affine-in-several-variables.side
;   (sharp)
; symbols: s1 = x_min[0], s2 = x_max[0], s3 = hidden1, s4 = hidden0, s5 = x_min[1], s6 = x_max[1],
;   s7 = hidden2, s8 = hidden3, s9 = hidden4, s10 = f_min, s11 = f_max
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
(declare-const s11 Real)
(declare-const |abs 1| Real)
(declare-const |abs 2| Real)
(assert (>= |abs 1| (+ s1 (* (- 1.0) s2))))
(assert (>= |abs 1| (- (+ s1 (* (- 1.0) s2)))))
(assert (or (= |abs 1| (+ s1 (* (- 1.0) s2))) (= |abs 1| (- (+ s1 (* (- 1.0) s2))))))
(assert (>= |abs 2| (+ s5 (* (- 1.0) s6))))
(assert (>= |abs 2| (- (+ s5 (* (- 1.0) s6)))))
(assert (or (= |abs 2| (+ s5 (* (- 1.0) s6))) (= |abs 2| (- (+ s5 (* (- 1.0) s6))))))
(assert (or (and (= |abs 1| 1.0) (= s3 s4)) (and (= |abs 2| 1.0) (= s7 s4))))
(assert (or (not (= |abs 1| 1.0)) (= s8 s3)))
(assert (or (not (= |abs 2| 1.0)) (= s9 s7)))
(assert (not (or (and (= |abs 1| 1.0) (= (+ s10 (* (+ s11 (* (- 1.0) s10)) s8)) (+ s10 (* (+ s11 (* (- 1.0) s10)) s4)))) (and (= |abs 2| 1.0) (= (+ s10 (* (+ s11 (* (- 1.0) s10)) s9)) (+ s10 (* (+ s11 (* (- 1.0) s10)) s4)))))))
(check-sat)
(exit)

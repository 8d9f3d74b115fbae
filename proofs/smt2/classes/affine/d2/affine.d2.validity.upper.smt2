(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/affine/d2/affine.d2.validity.upper|)
(set-info :status unsat)
; obligation: affine.d2.validity.upper
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-6 (printed, repaired, sharp), theorem-6.proof.corners (printed, repaired),
;   theorem-6.proof.equal-extrema (printed), theorem-6.proof.origin-recovered (printed, repaired),
;   theorem-6.proof.maximum-at-origin-recovered (printed), theorem-6.proof.one-one-recovered
;   (printed), theorem-6.proof.cases (printed), theorem-7 (printed, repaired, sharp),
;   remark-3.affine (printed, repaired), table-1.affine-in-several-variables.epsilon (sharp),
;   table-1.affine-in-several-variables.exact (sharp), table-1.affine-in-several-variables.side
;   (sharp)
; symbols: s1 = hidden1, s2 = w[0], s3 = hidden3, s4 = hidden0, s5 = hidden2, s6 = w[1], s7 =
;   hidden4, s8 = f_max, s9 = f_min, s10 = fx
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
(assert (<= s1 (* (* s2 s3) s4)))
(assert (<= s5 (* (* s6 s7) s4)))
(assert (= (+ s8 (* (- 1.0) s9)) (+ (* s2 s3) (* s6 s7))))
(assert (= s10 (+ s9 (+ s1 s5))))
(assert (not (<= s10 (+ s9 (* (+ s8 (* (- 1.0) s9)) s4)))))
(check-sat)
(exit)

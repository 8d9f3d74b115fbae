(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/affine/d3/affine.d3.validity.upper|)
(set-info :status unsat)
; obligation: affine.d3.validity.upper
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-6.remark.higher-dimension (sharp), remark-3.affine (repaired),
;   table-1.affine-in-several-variables.epsilon (sharp), table-1.affine-in-several-variables.exact
;   (sharp), table-1.affine-in-several-variables.side (sharp)
; symbols: s1 = hidden1, s2 = w[0], s3 = hidden4, s4 = hidden0, s5 = hidden2, s6 = w[1], s7 =
;   hidden5, s8 = hidden3, s9 = w[2], s10 = hidden6, s11 = f_max, s12 = f_min, s13 = fx
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
(declare-const s12 Real)
(declare-const s13 Real)
(assert (<= s1 (* (* s2 s3) s4)))
(assert (<= s5 (* (* s6 s7) s4)))
(assert (<= s8 (* (* s9 s10) s4)))
(assert (= (+ s11 (* (- 1.0) s12)) (+ (+ (* s2 s3) (* s6 s7)) (* s9 s10))))
(assert (= s13 (+ s12 (+ (+ s1 s5) s8))))
(assert (not (<= s13 (+ s12 (* (+ s11 (* (- 1.0) s12)) s4)))))
(check-sat)
(exit)

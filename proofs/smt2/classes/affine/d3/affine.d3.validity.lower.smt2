(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/affine/d3/affine.d3.validity.lower|)
(set-info :status unsat)
; obligation: affine.d3.validity.lower
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-6.remark.higher-dimension (sharp), remark-3.affine (repaired),
;   table-1.affine-in-several-variables.epsilon (sharp), table-1.affine-in-several-variables.exact
;   (sharp), table-1.affine-in-several-variables.side (sharp)
; symbols: s1 = w[0], s2 = hidden4, s3 = hidden0, s4 = hidden1, s5 = w[1], s6 = hidden5, s7 =
;   hidden2, s8 = w[2], s9 = hidden6, s10 = hidden3, s11 = f_max, s12 = f_min, s13 = fx
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
(assert (<= (* (* s1 s2) s3) s4))
(assert (<= (* (* s5 s6) s3) s7))
(assert (<= (* (* s8 s9) s3) s10))
(assert (= (+ s11 (* (- 1.0) s12)) (+ (+ (* s1 s2) (* s5 s6)) (* s8 s9))))
(assert (= s13 (+ s12 (+ (+ s4 s7) s10))))
(assert (not (<= (+ s12 (* (+ s11 (* (- 1.0) s12)) s3)) s13)))
(check-sat)
(exit)

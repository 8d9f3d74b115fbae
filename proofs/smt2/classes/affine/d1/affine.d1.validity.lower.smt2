(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/affine/d1/affine.d1.validity.lower|)
(set-info :status unsat)
; obligation: affine.d1.validity.lower
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-8.affine (printed), theorem-8.proof.defined (printed, repaired),
;   table-1.affine-in-one-variable.epsilon (sharp), table-1.affine-in-one-variable.exact (sharp),
;   table-1.affine-in-one-variable.side (sharp)
; symbols: s1 = w[0], s2 = hidden2, s3 = hidden0, s4 = hidden1, s5 = f_max, s6 = f_min, s7 = fx
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(assert (<= (* (* s1 s2) s3) s4))
(assert (= (+ s5 (* (- 1.0) s6)) (* s1 s2)))
(assert (= s7 (+ s6 s4)))
(assert (not (<= (+ s6 (* (+ s5 (* (- 1.0) s6)) s3)) s7)))
(check-sat)
(exit)

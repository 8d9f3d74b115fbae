(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/affine/d1/affine.d1.necessity|)
(set-info :status unsat)
; obligation: affine.d1.necessity
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-8.affine (printed), theorem-8.proof.defined (printed, repaired),
;   table-1.affine-in-one-variable.epsilon (sharp), table-1.affine-in-one-variable.exact (sharp),
;   table-1.affine-in-one-variable.side (sharp)
; symbols: s1 = w[0], s2 = x_min, s3 = x_max, s4 = f_max, s5 = f_min, s6 = hidden0
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const |abs 1| Real)
(assert (>= |abs 1| (+ s2 (* (- 1.0) s3))))
(assert (>= |abs 1| (- (+ s2 (* (- 1.0) s3)))))
(assert (or (= |abs 1| (+ s2 (* (- 1.0) s3))) (= |abs 1| (- (+ s2 (* (- 1.0) s3))))))
(assert (or (= s1 0.0) (= |abs 1| 1.0)))
(assert (= (+ s4 (* (- 1.0) s5)) (* s1 s6)))
(assert (< s5 s4))
(assert (not (= |abs 1| 1.0)))
(check-sat)
(exit)

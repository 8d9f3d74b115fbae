(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/affine/d1/affine.d1.attainment.lower|)
(set-info :status unsat)
; obligation: affine.d1.attainment.lower
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-8.affine (printed), theorem-8.proof.defined (printed, repaired),
;   table-1.affine-in-one-variable.epsilon (sharp), table-1.affine-in-one-variable.exact (sharp),
;   table-1.affine-in-one-variable.side (sharp)
; symbols: s1 = x_min, s2 = x_max, s3 = hidden1, s4 = hidden0, s5 = hidden2, s6 = f_min, s7 = f_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(declare-const |abs 1| Real)
(assert (>= |abs 1| (+ s1 (* (- 1.0) s2))))
(assert (>= |abs 1| (- (+ s1 (* (- 1.0) s2)))))
(assert (or (= |abs 1| (+ s1 (* (- 1.0) s2))) (= |abs 1| (- (+ s1 (* (- 1.0) s2))))))
(assert (and (= |abs 1| 1.0) (= s3 s4)))
(assert (or (not (= |abs 1| 1.0)) (= s5 s3)))
(assert (not (and (= |abs 1| 1.0) (= (+ s6 (* (+ s7 (* (- 1.0) s6)) s5)) (+ s6 (* (+ s7 (* (- 1.0) s6)) s4))))))
(check-sat)
(exit)

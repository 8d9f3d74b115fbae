(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/neural-network/d1/neural-network.d1.member.upper.distance|)
(set-info :status unsat)
; obligation: neural-network.d1.member.upper.distance
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-1.neural-network (printed, sharp), theorem-1.erm (printed, sharp),
;   theorem-1.piecewise-affine (printed, sharp), theorem-2.neural-network (printed), theorem-2.erm
;   (printed), theorem-2.piecewise-affine (printed), footnote-2.neural-network (printed),
;   footnote-2.erm (printed), footnote-2.piecewise-affine (printed), table-1.neural-network.epsilon
;   (sharp), table-1.neural-network.exact (sharp), table-1.neural-network.side (sharp),
;   table-1.erm.epsilon (sharp), table-1.erm.exact (sharp), table-1.erm.side (sharp),
;   table-1.piecewise-affine.epsilon (sharp), table-1.piecewise-affine.exact (sharp),
;   table-1.piecewise-affine.side (sharp)
; symbols: s1 = x_min, s2 = x_max, s3 = f_min, s4 = f_max, s5 = x, s6 = y
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const |abs 1| Real)
(assert (>= |abs 1| (+ s6 (* (- 1.0) s1))))
(assert (>= |abs 1| (- (+ s6 (* (- 1.0) s1)))))
(assert (or (= |abs 1| (+ s6 (* (- 1.0) s1))) (= |abs 1| (- (+ s6 (* (- 1.0) s1))))))
(assert (<= 0.0 s1))
(assert (<= s1 1.0))
(assert (<= 0.0 s2))
(assert (<= s2 1.0))
(assert (<= 0.0 s3))
(assert (<= s3 s4))
(assert (<= s4 1.0))
(assert (<= 0.0 s5))
(assert (<= s5 1.0))
(assert (< s3 s4))
(assert (not (= s1 s2)))
(assert (<= 0.0 s6))
(assert (<= s6 1.0))
(assert (not (<= 0.0 |abs 1|)))
(check-sat)
(exit)

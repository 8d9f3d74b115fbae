(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/neural-network/d2/neural-network.d2.member.upper.distance|)
(set-info :status unsat)
; obligation: neural-network.d2.member.upper.distance
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-1.neural-network (printed, sharp), theorem-1.erm (printed, sharp),
;   theorem-1.piecewise-affine (printed, sharp), theorem-2.neural-network (printed), theorem-2.erm
;   (printed), theorem-2.piecewise-affine (printed), footnote-2.neural-network (printed),
;   footnote-2.erm (printed), footnote-2.piecewise-affine (printed), remark-3.neural-network
;   (printed), remark-3.erm (printed), remark-3.piecewise-affine (printed),
;   table-1.neural-network.epsilon (sharp), table-1.neural-network.exact (sharp),
;   table-1.neural-network.side (sharp), table-1.erm.epsilon (sharp), table-1.erm.exact (sharp),
;   table-1.erm.side (sharp), table-1.piecewise-affine.epsilon (sharp),
;   table-1.piecewise-affine.exact (sharp), table-1.piecewise-affine.side (sharp)
; symbols: s1 = x_min[0], s2 = x_min[1], s3 = x_max[0], s4 = x_max[1], s5 = f_min, s6 = f_max, s7 =
;   x[0], s8 = x[1], s9 = y[0], s10 = y[1]
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
(declare-const |max 3| Real)
(assert (>= |abs 1| (+ s9 (* (- 1.0) s1))))
(assert (>= |abs 1| (- (+ s9 (* (- 1.0) s1)))))
(assert (or (= |abs 1| (+ s9 (* (- 1.0) s1))) (= |abs 1| (- (+ s9 (* (- 1.0) s1))))))
(assert (>= |abs 2| (+ s10 (* (- 1.0) s2))))
(assert (>= |abs 2| (- (+ s10 (* (- 1.0) s2)))))
(assert (or (= |abs 2| (+ s10 (* (- 1.0) s2))) (= |abs 2| (- (+ s10 (* (- 1.0) s2))))))
(assert (>= |max 3| |abs 1|))
(assert (>= |max 3| |abs 2|))
(assert (or (= |max 3| |abs 1|) (= |max 3| |abs 2|)))
(assert (<= 0.0 s1))
(assert (<= s1 1.0))
(assert (<= 0.0 s2))
(assert (<= s2 1.0))
(assert (<= 0.0 s3))
(assert (<= s3 1.0))
(assert (<= 0.0 s4))
(assert (<= s4 1.0))
(assert (<= 0.0 s5))
(assert (<= s5 s6))
(assert (<= s6 1.0))
(assert (<= 0.0 s7))
(assert (<= s7 1.0))
(assert (<= 0.0 s8))
(assert (<= s8 1.0))
(assert (< s5 s6))
(assert (or (not (= s1 s3)) (not (= s2 s4))))
(assert (<= 0.0 s9))
(assert (<= s9 1.0))
(assert (<= 0.0 s10))
(assert (<= s10 1.0))
(assert (not (<= 0.0 |max 3|)))
(check-sat)
(exit)

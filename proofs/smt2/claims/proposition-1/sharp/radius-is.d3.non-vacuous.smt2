(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: claims/proposition-1/sharp/radius-is.d3.non-vacuous|)
(set-info :status sat)
; obligation: radius-is.d3.non-vacuous
; sat means that the hypotheses can be met
; claims: proposition-1 (sharp), theorem-1.all (printed, sharp), theorem-1.neural-network (printed,
;   sharp), theorem-1.erm (printed, sharp), theorem-1.piecewise-affine (printed, sharp),
;   theorem-2.all (printed), theorem-2.neural-network (printed), theorem-2.erm (printed),
;   theorem-2.piecewise-affine (printed), table-1.all.epsilon (sharp), table-1.all.exact (sharp),
;   table-1.all.side (sharp), table-1.neural-network.epsilon (sharp), table-1.neural-network.exact
;   (sharp), table-1.neural-network.side (sharp), table-1.erm.epsilon (sharp), table-1.erm.exact
;   (sharp), table-1.erm.side (sharp), table-1.piecewise-affine.epsilon (sharp),
;   table-1.piecewise-affine.exact (sharp), table-1.piecewise-affine.side (sharp)
; symbols: s1 = x_min[0], s2 = x_min[1], s3 = x_min[2], s4 = x_max[0], s5 = x_max[1], s6 = x_max[2],
;   s7 = f_min, s8 = f_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(declare-const s8 Real)
(assert (<= 0.0 s1))
(assert (<= s1 1.0))
(assert (<= 0.0 s2))
(assert (<= s2 1.0))
(assert (<= 0.0 s3))
(assert (<= s3 1.0))
(assert (<= 0.0 s4))
(assert (<= s4 1.0))
(assert (<= 0.0 s5))
(assert (<= s5 1.0))
(assert (<= 0.0 s6))
(assert (<= s6 1.0))
(assert (<= 0.0 s7))
(assert (<= s7 s8))
(assert (<= s8 1.0))
(assert (or (and (= s7 s8) true) (and (< s7 s8) (or (not (= s1 s4)) (not (= s2 s5)) (not (= s3 s6))))))
(assert true)
(check-sat)
(exit)

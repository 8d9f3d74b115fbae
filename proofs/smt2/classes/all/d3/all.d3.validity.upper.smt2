(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/all/d3/all.d3.validity.upper|)
(set-info :status unsat)
; obligation: all.d3.validity.upper
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: proposition-1 (sharp), theorem-1.all (printed, sharp), theorem-1.neural-network (printed,
;   sharp), theorem-1.erm (printed, sharp), theorem-1.piecewise-affine (printed, sharp),
;   theorem-1.proof.equal-extrema (printed), theorem-2.all (printed), theorem-2.neural-network
;   (printed), theorem-2.erm (printed), theorem-2.piecewise-affine (printed), footnote-2.all
;   (printed), footnote-2.neural-network (printed), footnote-2.erm (printed),
;   footnote-2.piecewise-affine (printed), table-1.all.epsilon (sharp), table-1.all.exact (sharp),
;   table-1.all.side (sharp), table-1.neural-network.epsilon (sharp), table-1.neural-network.exact
;   (sharp), table-1.neural-network.side (sharp), table-1.erm.epsilon (sharp), table-1.erm.exact
;   (sharp), table-1.erm.side (sharp), table-1.piecewise-affine.epsilon (sharp),
;   table-1.piecewise-affine.exact (sharp), table-1.piecewise-affine.side (sharp)
; symbols: s1 = x_min[0], s2 = x_min[1], s3 = x_min[2], s4 = x_max[0], s5 = x_max[1], s6 = x_max[2],
;   s7 = f_min, s8 = f_max, s9 = x[0], s10 = x[1], s11 = x[2], s12 = fx
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
(declare-const |ite 1| Real)
(assert (or (not (and (= s9 s1) (= s10 s2) (= s11 s3))) (= |ite 1| s7)))
(assert (or (and (= s9 s1) (= s10 s2) (= s11 s3)) (= |ite 1| s8)))
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
(assert (<= 0.0 s9))
(assert (<= s9 1.0))
(assert (<= 0.0 s10))
(assert (<= s10 1.0))
(assert (<= 0.0 s11))
(assert (<= s11 1.0))
(assert (< s7 s8))
(assert (or (not (= s1 s4)) (not (= s2 s5)) (not (= s3 s6))))
(assert (<= s7 s12))
(assert (<= s12 s8))
(assert (or (not (and (= s9 s1) (= s10 s2) (= s11 s3))) (= s12 s7)))
(assert (or (not (and (= s9 s4) (= s10 s5) (= s11 s6))) (= s12 s8)))
(assert (not (<= s12 |ite 1|)))
(check-sat)
(exit)

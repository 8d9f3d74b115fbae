(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/neural-network/d2/neural-network.d2.attainment.upper|)
(set-info :status unsat)
; obligation: neural-network.d2.attainment.upper
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
; symbols: s1 = hidden0, s2 = x[0], s3 = x_min[0], s4 = x[1], s5 = x_min[1], s6 = hidden1, s7 =
;   f_min, s8 = f_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(declare-const s8 Real)
(declare-const |ite 1| Real)
(declare-const |quotient 2| Real)
(declare-const |min 3| Real)
(declare-const |ite 4| Real)
(assert (or (not (and (= s2 s3) (= s4 s5))) (= |ite 1| 0.0)))
(assert (or (and (= s2 s3) (= s4 s5)) (= |ite 1| s1)))
(assert (= (* |quotient 2| s1) s6))
(assert (<= |min 3| 1.0))
(assert (<= |min 3| |quotient 2|))
(assert (or (= |min 3| 1.0) (= |min 3| |quotient 2|)))
(assert (or (not (and (= s2 s3) (= s4 s5))) (= |ite 4| s7)))
(assert (or (and (= s2 s3) (= s4 s5)) (= |ite 4| s8)))
(assert (and (< 0.0 s1) (<= |ite 1| s6) (<= 0.0 s6)))
(assert (or (not (and (= s2 s3) (= s4 s5))) (= s6 0.0)))
(assert (not (= (+ s7 (* (+ s8 (* (- 1.0) s7)) |min 3|)) |ite 4|)))
(check-sat)
(exit)

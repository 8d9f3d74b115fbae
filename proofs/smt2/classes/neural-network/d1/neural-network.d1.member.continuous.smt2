(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/neural-network/d1/neural-network.d1.member.continuous|)
(set-info :status unsat)
; obligation: neural-network.d1.member.continuous
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
; symbols: s1 = reach, s2 = u, s3 = v, s4 = w
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const |quotient 1| Real)
(declare-const |min 2| Real)
(declare-const |quotient 3| Real)
(declare-const |min 4| Real)
(assert (= (* |quotient 1| s1) s2))
(assert (<= |min 2| 1.0))
(assert (<= |min 2| |quotient 1|))
(assert (or (= |min 2| 1.0) (= |min 2| |quotient 1|)))
(assert (= (* |quotient 3| s1) s3))
(assert (<= |min 4| 1.0))
(assert (<= |min 4| |quotient 3|))
(assert (or (= |min 4| 1.0) (= |min 4| |quotient 3|)))
(assert (< 0.0 s1))
(assert (<= 0.0 s2))
(assert (<= 0.0 s3))
(assert (<= s2 (+ s3 s4)))
(assert (<= s3 (+ s2 s4)))
(assert (not (<= (* s1 (+ |min 2| (* (- 1.0) |min 4|))) s4)))
(check-sat)
(exit)

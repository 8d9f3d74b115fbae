(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/neural-network/d1/neural-network.d1.member.upper.information|)
(set-info :status unsat)
; obligation: neural-network.d1.member.upper.information
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
; symbols: s1 = hidden4, s2 = hidden2, s3 = hidden1, s4 = hidden3, s5 = f_min, s6 = f_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const |quotient 1| Real)
(declare-const |min 2| Real)
(declare-const |quotient 3| Real)
(declare-const |min 4| Real)
(declare-const |quotient 5| Real)
(declare-const |min 6| Real)
(assert (= (* |quotient 1| s1) s3))
(assert (<= |min 2| 1.0))
(assert (<= |min 2| |quotient 1|))
(assert (or (= |min 2| 1.0) (= |min 2| |quotient 1|)))
(assert (= (* |quotient 3| s1) s2))
(assert (<= |min 4| 1.0))
(assert (<= |min 4| |quotient 3|))
(assert (or (= |min 4| 1.0) (= |min 4| |quotient 3|)))
(assert (= (* |quotient 5| s1) s4))
(assert (<= |min 6| 1.0))
(assert (<= |min 6| |quotient 5|))
(assert (or (= |min 6| 1.0) (= |min 6| |quotient 5|)))
(assert (and (< 0.0 s1) (<= s1 s2)))
(assert (= s3 0.0))
(assert (<= 0.0 s4))
(assert (<= s5 s6))
(assert (not (and (= (+ s5 (* (+ s6 (* (- 1.0) s5)) |min 2|)) s5) (= (+ s5 (* (+ s6 (* (- 1.0) s5)) |min 4|)) s6) (<= s5 (+ s5 (* (+ s6 (* (- 1.0) s5)) |min 6|))) (<= (+ s5 (* (+ s6 (* (- 1.0) s5)) |min 6|)) s6))))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/neural-network/d1/neural-network.d1.relu.absolute-value|)
(set-info :status unsat)
; obligation: neural-network.d1.relu.absolute-value
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-1.neural-network (printed, sharp), theorem-1.erm (printed, sharp),
;   theorem-2.neural-network (printed), theorem-2.erm (printed), footnote-2.neural-network
;   (printed), footnote-2.erm (printed), remark-3.neural-network (printed), remark-3.erm (printed),
;   table-1.neural-network.epsilon (sharp), table-1.neural-network.exact (sharp),
;   table-1.neural-network.side (sharp), table-1.erm.epsilon (sharp), table-1.erm.exact (sharp),
;   table-1.erm.side (sharp)
; symbols: s1 = s
(declare-const s1 Real)
(declare-const |abs 1| Real)
(declare-const |max 2| Real)
(declare-const |max 3| Real)
(assert (>= |abs 1| s1))
(assert (>= |abs 1| (- s1)))
(assert (or (= |abs 1| s1) (= |abs 1| (- s1))))
(assert (>= |max 2| 0.0))
(assert (>= |max 2| s1))
(assert (or (= |max 2| 0.0) (= |max 2| s1)))
(assert (>= |max 3| 0.0))
(assert (>= |max 3| (* (- 1.0) s1)))
(assert (or (= |max 3| 0.0) (= |max 3| (* (- 1.0) s1))))
(assert (not (= |abs 1| (+ |max 2| |max 3|))))
(check-sat)
(exit)

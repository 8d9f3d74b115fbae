(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/neural-network/d1/neural-network.d1.relu.maximum|)
(set-info :status unsat)
; obligation: neural-network.d1.relu.maximum
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-1.neural-network (printed, sharp), theorem-1.erm (printed, sharp),
;   theorem-2.neural-network (printed), theorem-2.erm (printed), footnote-2.neural-network
;   (printed), footnote-2.erm (printed), remark-3.neural-network (printed), remark-3.erm (printed),
;   table-1.neural-network.epsilon (sharp), table-1.neural-network.exact (sharp),
;   table-1.neural-network.side (sharp), table-1.erm.epsilon (sharp), table-1.erm.exact (sharp),
;   table-1.erm.side (sharp)
; symbols: s1 = s, s2 = t
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const |max 1| Real)
(declare-const |max 2| Real)
(assert (>= |max 1| s1))
(assert (>= |max 1| s2))
(assert (or (= |max 1| s1) (= |max 1| s2)))
(assert (>= |max 2| 0.0))
(assert (>= |max 2| (+ s2 (* (- 1.0) s1))))
(assert (or (= |max 2| 0.0) (= |max 2| (+ s2 (* (- 1.0) s1)))))
(assert (not (= |max 1| (+ s1 |max 2|))))
(check-sat)
(exit)

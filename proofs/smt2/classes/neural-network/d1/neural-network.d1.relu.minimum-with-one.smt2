(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/neural-network/d1/neural-network.d1.relu.minimum-with-one|)
(set-info :status unsat)
; obligation: neural-network.d1.relu.minimum-with-one
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-1.neural-network (printed, sharp), theorem-1.erm (printed, sharp),
;   theorem-2.neural-network (printed), theorem-2.erm (printed), footnote-2.neural-network
;   (printed), footnote-2.erm (printed), remark-3.neural-network (printed), remark-3.erm (printed),
;   table-1.neural-network.epsilon (sharp), table-1.neural-network.exact (sharp),
;   table-1.neural-network.side (sharp), table-1.erm.epsilon (sharp), table-1.erm.exact (sharp),
;   table-1.erm.side (sharp)
; symbols: s1 = t
(declare-const s1 Real)
(declare-const |min 1| Real)
(declare-const |max 2| Real)
(assert (<= |min 1| 1.0))
(assert (<= |min 1| s1))
(assert (or (= |min 1| 1.0) (= |min 1| s1)))
(assert (>= |max 2| 0.0))
(assert (>= |max 2| (+ 1.0 (* (- 1.0) s1))))
(assert (or (= |max 2| 0.0) (= |max 2| (+ 1.0 (* (- 1.0) s1)))))
(assert (not (= |min 1| (+ 1.0 (* (- 1.0) |max 2|)))))
(check-sat)
(exit)

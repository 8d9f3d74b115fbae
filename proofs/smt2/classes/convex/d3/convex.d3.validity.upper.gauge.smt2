(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/convex/d3/convex.d3.validity.upper.gauge|)
(set-info :status unsat)
; obligation: convex.d3.validity.upper.gauge
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-3 (printed, sharp), footnote-2.convex (printed),
;   remark-3.convex (repaired), table-1.convex.epsilon (sharp), table-1.convex.exact (sharp),
;   table-1.convex.side (sharp)
; symbols: s1 = hidden0, s2 = hidden1, s3 = hidden2
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const |max 1| Real)
(declare-const |max 2| Real)
(assert (>= |max 1| s1))
(assert (>= |max 1| s2))
(assert (or (= |max 1| s1) (= |max 1| s2)))
(assert (>= |max 2| |max 1|))
(assert (>= |max 2| s3))
(assert (or (= |max 2| |max 1|) (= |max 2| s3)))
(assert (and (<= 0.0 s1) (<= s1 1.0)))
(assert (and (<= 0.0 s2) (<= s2 1.0)))
(assert (and (<= 0.0 s3) (<= s3 1.0)))
(assert (not (and (<= 0.0 |max 2|) (<= |max 2| 1.0))))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/convex/d3/convex.d3.validity.upper.largest-2|)
(set-info :status unsat)
; obligation: convex.d3.validity.upper.largest-2
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-3 (printed, sharp), footnote-2.convex (printed),
;   remark-3.convex (repaired), table-1.convex.epsilon (sharp), table-1.convex.exact (sharp),
;   table-1.convex.side (sharp)
; symbols: s1 = hidden2, s2 = hidden0, s3 = hidden1
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const |max 1| Real)
(declare-const |max 2| Real)
(assert (>= |max 1| s2))
(assert (>= |max 1| s3))
(assert (or (= |max 1| s2) (= |max 1| s3)))
(assert (>= |max 2| |max 1|))
(assert (>= |max 2| s1))
(assert (or (= |max 2| |max 1|) (= |max 2| s1)))
(assert (not (<= s1 |max 2|)))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/convex/d2/convex.d2.validity.upper.rest|)
(set-info :status unsat)
; obligation: convex.d2.validity.upper.rest
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-3 (printed, sharp), footnote-2.convex (printed),
;   remark-3.convex (printed, repaired), table-1.convex.epsilon (sharp), table-1.convex.exact
;   (sharp), table-1.convex.side (sharp)
; symbols: s1 = hidden0, s2 = hidden1, s3 = x[0], s4 = x_min[0], s5 = x[1], s6 = x_min[1]
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const |max 1| Real)
(assert (>= |max 1| s1))
(assert (>= |max 1| s2))
(assert (or (= |max 1| s1) (= |max 1| s2)))
(assert (and (<= 0.0 s1) (<= s1 1.0)))
(assert (and (<= 0.0 s2) (<= s2 1.0)))
(assert (or (not (<= s1 0.0)) (= s3 s4)))
(assert (or (not (<= s2 0.0)) (= s5 s6)))
(assert (not (or (not (<= |max 1| 0.0)) (and (= s3 s4) (= s5 s6)))))
(check-sat)
(exit)

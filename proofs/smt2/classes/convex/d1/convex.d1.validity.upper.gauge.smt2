(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.validity.upper.gauge|)
(set-info :status unsat)
; obligation: convex.d1.validity.upper.gauge
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), table-1.convex.epsilon (sharp), table-1.convex.exact (sharp),
;   table-1.convex.side (sharp)
; symbols: s1 = hidden0
(declare-const s1 Real)
(assert (and (<= 0.0 s1) (<= s1 1.0)))
(assert (not (and (<= 0.0 s1) (<= s1 1.0))))
(check-sat)
(exit)

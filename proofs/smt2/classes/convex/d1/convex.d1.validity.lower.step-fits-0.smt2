(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.validity.lower.step-fits-0|)
(set-info :status unsat)
; obligation: convex.d1.validity.lower.step-fits-0
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), table-1.convex.epsilon (sharp), table-1.convex.exact (sharp),
;   table-1.convex.side (sharp)
; symbols: s1 = x_max, s2 = hidden1
(declare-const s1 Real)
(declare-const s2 Real)
(assert (or (or (= s1 0.0) (= s1 1.0)) (and (<= s2 s1) (<= s2 (+ 1.0 (* (- 1.0) s1))))))
(assert (<= s2 s2))
(assert (not (or (or (= s1 0.0) (= s1 1.0)) (and (<= s2 s1) (<= s2 (+ 1.0 (* (- 1.0) s1)))))))
(check-sat)
(exit)

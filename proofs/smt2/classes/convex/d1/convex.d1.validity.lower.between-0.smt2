(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.validity.lower.between-0|)
(set-info :status unsat)
; obligation: convex.d1.validity.lower.between-0
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), remark-3.convex (printed, repaired), table-1.convex.epsilon
;   (sharp), table-1.convex.exact (sharp), table-1.convex.side (sharp)
; symbols: s1 = hidden0, s2 = x_max, s3 = x
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(assert (not (= (* (+ 1.0 s1) s2) (+ (* s1 s3) (+ s2 (* s1 (+ s2 (* (- 1.0) s3))))))))
(check-sat)
(exit)

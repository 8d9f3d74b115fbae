(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/convex/d2/convex.d2.validity.lower.step-fits-0|)
(set-info :status unsat)
; obligation: convex.d2.validity.lower.step-fits-0
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-3 (printed, sharp), footnote-2.convex (printed),
;   remark-3.convex (printed, repaired), table-1.convex.epsilon (sharp), table-1.convex.exact
;   (sharp), table-1.convex.side (sharp)
; symbols: s1 = x_max[0], s2 = hidden0, s3 = hidden1
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(assert (or (or (= s1 0.0) (= s1 1.0)) (and (<= s2 s1) (<= s2 (+ 1.0 (* (- 1.0) s1))))))
(assert (<= s3 s2))
(assert (not (or (or (= s1 0.0) (= s1 1.0)) (and (<= s3 s1) (<= s3 (+ 1.0 (* (- 1.0) s1)))))))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.validity.lower.beyond-0|)
(set-info :status unsat)
; obligation: convex.d1.validity.lower.beyond-0
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), remark-3.convex (printed, repaired), table-1.convex.epsilon
;   (sharp), table-1.convex.exact (sharp), table-1.convex.side (sharp)
; symbols: s1 = x_max, s2 = hidden0, s3 = x
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(assert (or (or (= s1 0.0) (= s1 1.0)) (and (<= s2 s1) (<= s2 (+ 1.0 (* (- 1.0) s1))))))
(assert (<= 0.0 s1))
(assert (<= s1 1.0))
(assert (<= 0.0 s3))
(assert (<= s3 1.0))
(assert (and (< 0.0 s2) (<= s2 1.0)))
(assert (not (or (or (and (= s1 0.0) (not (= s3 0.0))) (and (= s1 1.0) (not (= s3 1.0)))) (and (<= 0.0 (+ s1 (* s2 (+ s1 (* (- 1.0) s3))))) (<= (+ s1 (* s2 (+ s1 (* (- 1.0) s3)))) 1.0)))))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.validity.upper.within-0|)
(set-info :status unsat)
; obligation: convex.d1.validity.upper.within-0
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), table-1.convex.epsilon (sharp), table-1.convex.exact (sharp),
;   table-1.convex.side (sharp)
; symbols: s1 = x, s2 = x_min, s3 = hidden1
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(assert (and (<= (+ s1 (* (- 1.0) s2)) (* s3 (+ 1.0 (* (- 1.0) s2)))) (<= (+ s2 (* (- 1.0) s1)) (* s3 s2))))
(assert (<= s3 s3))
(assert (<= 0.0 s2))
(assert (<= s2 1.0))
(assert (<= 0.0 s1))
(assert (<= s1 1.0))
(assert (not (and (<= (+ s1 (* (- 1.0) s2)) (* s3 (+ 1.0 (* (- 1.0) s2)))) (<= (+ s2 (* (- 1.0) s1)) (* s3 s2)))))
(check-sat)
(exit)

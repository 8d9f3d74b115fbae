(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.necessity|)
(set-info :status unsat)
; obligation: convex.d1.necessity
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), table-1.convex.epsilon (sharp), table-1.convex.exact (sharp),
;   table-1.convex.side (sharp)
; symbols: s1 = x_min, s2 = x_max, s3 = f_min, s4 = f_max, s5 = f_at_x_min
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(assert (<= 0.0 s1))
(assert (<= s1 1.0))
(assert (<= 0.0 s2))
(assert (<= s2 1.0))
(assert (<= 0.0 s3))
(assert (<= s3 s4))
(assert (<= s4 1.0))
(assert (< s3 s4))
(assert (= s5 s3))
(assert (or (or (and (= s2 0.0) (not (= s1 0.0))) (and (= s2 1.0) (not (= s1 1.0)))) (<= s4 s5)))
(assert (not (or (and (= s2 0.0) (not (= s1 0.0))) (and (= s2 1.0) (not (= s1 1.0))))))
(check-sat)
(exit)

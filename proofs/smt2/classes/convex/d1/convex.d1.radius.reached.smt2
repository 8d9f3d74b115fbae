(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.radius.reached|)
(set-info :status unsat)
; obligation: convex.d1.radius.reached
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), remark-3.convex (printed, repaired), table-1.convex.epsilon
;   (sharp), table-1.convex.exact (sharp), table-1.convex.side (sharp)
; symbols: s1 = hidden1, s2 = f_min, s3 = slack, s4 = hidden0, s5 = f_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(assert (= s1 s2))
(assert (<= (+ 1.0 (* (- 1.0) s3)) s4))
(assert (< 0.0 s3))
(assert (<= s3 (/ 1.0 2.0)))
(assert (<= 0.0 s2))
(assert (<= s5 1.0))
(assert (< s2 s5))
(assert (not (<= (+ (* 2.0 (* (/ 1.0 2.0) (+ s5 (* (- 1.0) s2)))) (* (- 1.0) s3)) (+ (+ s2 (* (+ s5 (* (- 1.0) s2)) s4)) (* (- 1.0) s1)))))
(check-sat)
(exit)

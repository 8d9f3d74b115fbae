(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.member.gauge.convex|)
(set-info :status unsat)
; obligation: convex.d1.member.gauge.convex
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), remark-3.convex (printed, repaired), table-1.convex.epsilon
;   (sharp), table-1.convex.exact (sharp), table-1.convex.side (sharp)
; symbols: s1 = hidden0, s2 = weight, s3 = hidden1, s4 = hidden2, s5 = f_min, s6 = f_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(assert (<= s1 (+ (* s2 s3) (* (+ 1.0 (* (- 1.0) s2)) s4))))
(assert (<= s5 s6))
(assert (not (<= (+ s5 (* (+ s6 (* (- 1.0) s5)) s1)) (+ (* s2 (+ s5 (* (+ s6 (* (- 1.0) s5)) s3))) (* (+ 1.0 (* (- 1.0) s2)) (+ s5 (* (+ s6 (* (- 1.0) s5)) s4)))))))
(check-sat)
(exit)

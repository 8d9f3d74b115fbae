(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.member.gauge.information|)
(set-info :status unsat)
; obligation: convex.d1.member.gauge.information
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), table-1.convex.epsilon (sharp), table-1.convex.exact (sharp),
;   table-1.convex.side (sharp)
; symbols: s1 = x_max, s2 = x_min, s3 = f_min, s4 = f_max, s5 = hidden0, s6 = hidden1, s7 = hidden2
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(assert (or (and (= s1 0.0) (not (= s2 0.0))) (and (= s1 1.0) (not (= s2 1.0)))))
(assert (<= s3 s4))
(assert (= s5 0.0))
(assert (and (<= s6 1.0) (or (not (or (and (= s1 0.0) (not (= s2 0.0))) (and (= s1 1.0) (not (= s2 1.0))))) (= s6 1.0))))
(assert (and (<= 0.0 s7) (<= s7 1.0)))
(assert (not (and (= (+ s3 (* (+ s4 (* (- 1.0) s3)) s5)) s3) (= (+ s3 (* (+ s4 (* (- 1.0) s3)) s6)) s4) (<= s3 (+ s3 (* (+ s4 (* (- 1.0) s3)) s7))) (<= (+ s3 (* (+ s4 (* (- 1.0) s3)) s7)) s4))))
(check-sat)
(exit)

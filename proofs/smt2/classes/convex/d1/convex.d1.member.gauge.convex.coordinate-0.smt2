(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.member.gauge.convex.coordinate-0|)
(set-info :status unsat)
; obligation: convex.d1.member.gauge.convex.coordinate-0
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), remark-3.convex (printed, repaired), table-1.convex.epsilon
;   (sharp), table-1.convex.exact (sharp), table-1.convex.side (sharp)
; symbols: s1 = hidden0, s2 = weight, s3 = hidden2, s4 = hidden4, s5 = hidden1, s6 = hidden3, s7 =
;   hidden5
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(declare-const |max 1| Real)
(declare-const |max 2| Real)
(declare-const |max 3| Real)
(assert (>= |max 1| s1))
(assert (>= |max 1| s5))
(assert (or (= |max 1| s1) (= |max 1| s5)))
(assert (>= |max 2| s3))
(assert (>= |max 2| s6))
(assert (or (= |max 2| s3) (= |max 2| s6)))
(assert (>= |max 3| s4))
(assert (>= |max 3| s7))
(assert (or (= |max 3| s4) (= |max 3| s7)))
(assert (= s1 (+ (* s2 s3) (* (+ 1.0 (* (- 1.0) s2)) s4))))
(assert (= s5 (+ (* s2 s6) (* (+ 1.0 (* (- 1.0) s2)) s7))))
(assert (<= 0.0 s2))
(assert (<= s2 1.0))
(assert (not (<= |max 1| (+ (* s2 |max 2|) (* (+ 1.0 (* (- 1.0) s2)) |max 3|)))))
(check-sat)
(exit)

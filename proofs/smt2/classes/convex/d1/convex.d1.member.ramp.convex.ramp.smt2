(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.member.ramp.convex.ramp|)
(set-info :status unsat)
; obligation: convex.d1.member.ramp.convex.ramp
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), remark-3.convex (printed, repaired), table-1.convex.epsilon
;   (sharp), table-1.convex.exact (sharp), table-1.convex.side (sharp)
; symbols: s1 = hidden1, s2 = weight, s3 = hidden2, s4 = hidden3, s5 = hidden0
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const |max 1| Real)
(declare-const |max 2| Real)
(declare-const |max 3| Real)
(assert (>= |max 1| 0.0))
(assert (>= |max 1| (+ 1.0 (* (- 1.0) (* s5 s1)))))
(assert (or (= |max 1| 0.0) (= |max 1| (+ 1.0 (* (- 1.0) (* s5 s1))))))
(assert (>= |max 2| 0.0))
(assert (>= |max 2| (+ 1.0 (* (- 1.0) (* s5 s3)))))
(assert (or (= |max 2| 0.0) (= |max 2| (+ 1.0 (* (- 1.0) (* s5 s3))))))
(assert (>= |max 3| 0.0))
(assert (>= |max 3| (+ 1.0 (* (- 1.0) (* s5 s4)))))
(assert (or (= |max 3| 0.0) (= |max 3| (+ 1.0 (* (- 1.0) (* s5 s4))))))
(assert (= s1 (+ (* s2 s3) (* (+ 1.0 (* (- 1.0) s2)) s4))))
(assert (<= 0.0 s2))
(assert (<= s2 1.0))
(assert (not (<= |max 1| (+ (* s2 |max 2|) (* (+ 1.0 (* (- 1.0) s2)) |max 3|)))))
(check-sat)
(exit)

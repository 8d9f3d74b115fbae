(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.member.ramp.information|)
(set-info :status unsat)
; obligation: convex.d1.member.ramp.information
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), remark-3.convex (printed, repaired), table-1.convex.epsilon
;   (sharp), table-1.convex.exact (sharp), table-1.convex.side (sharp)
; symbols: s1 = f_min, s2 = f_max, s3 = hidden0, s4 = hidden1, s5 = hidden2, s6 = hidden3
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const |quotient 1| Real)
(declare-const |max 2| Real)
(declare-const |max 3| Real)
(declare-const |max 4| Real)
(assert (= (* |quotient 1| s3) 1.0))
(assert (>= |max 2| 0.0))
(assert (>= |max 2| (+ 1.0 (* (- 1.0) (* |quotient 1| s4)))))
(assert (or (= |max 2| 0.0) (= |max 2| (+ 1.0 (* (- 1.0) (* |quotient 1| s4))))))
(assert (>= |max 3| 0.0))
(assert (>= |max 3| (+ 1.0 (* (- 1.0) (* |quotient 1| s5)))))
(assert (or (= |max 3| 0.0) (= |max 3| (+ 1.0 (* (- 1.0) (* |quotient 1| s5))))))
(assert (>= |max 4| 0.0))
(assert (>= |max 4| (+ 1.0 (* (- 1.0) (* |quotient 1| s6)))))
(assert (or (= |max 4| 0.0) (= |max 4| (+ 1.0 (* (- 1.0) (* |quotient 1| s6))))))
(assert (<= s1 s2))
(assert (and (< 0.0 s3) (<= s3 s4)))
(assert (= s5 0.0))
(assert (<= 0.0 s6))
(assert (not (and (= (+ s1 (* (+ s2 (* (- 1.0) s1)) |max 2|)) s1) (= (+ s1 (* (+ s2 (* (- 1.0) s1)) |max 3|)) s2) (<= s1 (+ s1 (* (+ s2 (* (- 1.0) s1)) |max 4|))) (<= (+ s1 (* (+ s2 (* (- 1.0) s1)) |max 4|)) s2))))
(check-sat)
(exit)

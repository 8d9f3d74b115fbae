(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.attainment.lower|)
(set-info :status unsat)
; obligation: convex.d1.attainment.lower
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), table-1.convex.epsilon (sharp), table-1.convex.exact (sharp),
;   table-1.convex.side (sharp)
; symbols: s1 = hidden1, s2 = x_max, s3 = x, s4 = hidden0, s5 = f_min, s6 = f_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const |quotient 1| Real)
(declare-const |max 2| Real)
(declare-const |ite 3| Real)
(assert (= (* |quotient 1| s1) 1.0))
(assert (>= |max 2| 0.0))
(assert (>= |max 2| (+ 1.0 (* (- 1.0) (* |quotient 1| s4)))))
(assert (or (= |max 2| 0.0) (= |max 2| (+ 1.0 (* (- 1.0) (* |quotient 1| s4))))))
(assert (or (not (or (and (= s2 0.0) (not (= s3 0.0))) (and (= s2 1.0) (not (= s3 1.0))))) (= |ite 3| s5)))
(assert (or (or (and (= s2 0.0) (not (= s3 0.0))) (and (= s2 1.0) (not (= s3 1.0)))) (= |ite 3| s6)))
(assert (< 0.0 s1))
(assert (or (not (or (and (= s2 0.0) (not (= s3 0.0))) (and (= s2 1.0) (not (= s3 1.0))))) (<= s1 s4)))
(assert (or (or (and (= s2 0.0) (not (= s3 0.0))) (and (= s2 1.0) (not (= s3 1.0)))) (= s4 0.0)))
(assert (not (= (+ s5 (* (+ s6 (* (- 1.0) s5)) |max 2|)) |ite 3|)))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d2/convex.d2.attainment.lower|)
(set-info :status unsat)
; obligation: convex.d2.attainment.lower
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-3 (printed, sharp), footnote-2.convex (printed),
;   remark-3.convex (printed, repaired), table-1.convex.epsilon (sharp), table-1.convex.exact
;   (sharp), table-1.convex.side (sharp)
; symbols: s1 = hidden1, s2 = x_max[0], s3 = x[0], s4 = x_max[1], s5 = x[1], s6 = hidden0, s7 =
;   f_min, s8 = f_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(declare-const s8 Real)
(declare-const |quotient 1| Real)
(declare-const |max 2| Real)
(declare-const |ite 3| Real)
(assert (= (* |quotient 1| s1) 1.0))
(assert (>= |max 2| 0.0))
(assert (>= |max 2| (+ 1.0 (* (- 1.0) (* |quotient 1| s6)))))
(assert (or (= |max 2| 0.0) (= |max 2| (+ 1.0 (* (- 1.0) (* |quotient 1| s6))))))
(assert (or (not (or (or (and (= s2 0.0) (not (= s3 0.0))) (and (= s2 1.0) (not (= s3 1.0)))) (or (and (= s4 0.0) (not (= s5 0.0))) (and (= s4 1.0) (not (= s5 1.0)))))) (= |ite 3| s7)))
(assert (or (or (or (and (= s2 0.0) (not (= s3 0.0))) (and (= s2 1.0) (not (= s3 1.0)))) (or (and (= s4 0.0) (not (= s5 0.0))) (and (= s4 1.0) (not (= s5 1.0))))) (= |ite 3| s8)))
(assert (< 0.0 s1))
(assert (or (not (or (or (and (= s2 0.0) (not (= s3 0.0))) (and (= s2 1.0) (not (= s3 1.0)))) (or (and (= s4 0.0) (not (= s5 0.0))) (and (= s4 1.0) (not (= s5 1.0)))))) (<= s1 s6)))
(assert (or (or (or (and (= s2 0.0) (not (= s3 0.0))) (and (= s2 1.0) (not (= s3 1.0)))) (or (and (= s4 0.0) (not (= s5 0.0))) (and (= s4 1.0) (not (= s5 1.0))))) (= s6 0.0)))
(assert (not (= (+ s7 (* (+ s8 (* (- 1.0) s7)) |max 2|)) |ite 3|)))
(check-sat)
(exit)

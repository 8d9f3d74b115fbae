(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d2/convex.d2.radius.bound|)
(set-info :status unsat)
; obligation: convex.d2.radius.bound
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-3 (printed, sharp), footnote-2.convex (printed),
;   remark-3.convex (printed, repaired), table-1.convex.epsilon (sharp), table-1.convex.exact
;   (sharp), table-1.convex.side (sharp)
; symbols: s1 = f_min, s2 = f_max, s3 = hidden0, s4 = hidden1, s5 = x_max[0], s6 = x[0], s7 =
;   x_max[1], s8 = x[1]
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(declare-const s8 Real)
(declare-const |max 1| Real)
(declare-const |ite 2| Real)
(assert (>= |max 1| s3))
(assert (>= |max 1| s4))
(assert (or (= |max 1| s3) (= |max 1| s4)))
(assert (or (not (or (or (and (= s5 0.0) (not (= s6 0.0))) (and (= s5 1.0) (not (= s6 1.0)))) (or (and (= s7 0.0) (not (= s8 0.0))) (and (= s7 1.0) (not (= s8 1.0)))))) (= |ite 2| s1)))
(assert (or (or (or (and (= s5 0.0) (not (= s6 0.0))) (and (= s5 1.0) (not (= s6 1.0)))) (or (and (= s7 0.0) (not (= s8 0.0))) (and (= s7 1.0) (not (= s8 1.0))))) (= |ite 2| s2)))
(assert (<= s1 s2))
(assert (<= s3 1.0))
(assert (<= s4 1.0))
(assert (not (<= (+ (+ s1 (* (+ s2 (* (- 1.0) s1)) |max 1|)) (* (- 1.0) |ite 2|)) (* 2.0 (* (/ 1.0 2.0) (+ s2 (* (- 1.0) s1)))))))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d2/convex.d2.validity.lower|)
(set-info :status unsat)
; obligation: convex.d2.validity.lower
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-3 (printed, sharp), footnote-2.convex (printed),
;   remark-3.convex (printed, repaired), table-1.convex.epsilon (sharp), table-1.convex.exact
;   (sharp), table-1.convex.side (sharp)
; symbols: s1 = hidden0, s2 = hidden1, s3 = hidden2, s4 = f_max, s5 = fx, s6 = f_beyond, s7 =
;   x_max[0], s8 = x[0], s9 = x_max[1], s10 = x[1], s11 = f_min
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(declare-const s8 Real)
(declare-const s9 Real)
(declare-const s10 Real)
(declare-const s11 Real)
(declare-const |ite 1| Real)
(assert (or (not (or (or (and (= s7 0.0) (not (= s8 0.0))) (and (= s7 1.0) (not (= s8 1.0)))) (or (and (= s9 0.0) (not (= s10 0.0))) (and (= s9 1.0) (not (= s10 1.0)))))) (= |ite 1| s11)))
(assert (or (or (or (and (= s7 0.0) (not (= s8 0.0))) (and (= s7 1.0) (not (= s8 1.0)))) (or (and (= s9 0.0) (not (= s10 0.0))) (and (= s9 1.0) (not (= s10 1.0))))) (= |ite 1| s4)))
(assert (and (< 0.0 s1) (<= s1 1.0)))
(assert (or (not (and (< 0.0 s1) (<= 0.0 s2) (<= s2 1.0) (<= 0.0 s3) (<= s3 1.0))) (<= (* (+ 1.0 s1) s4) (+ (* s1 s5) s6))))
(assert (or (or (and (= s7 0.0) (not (= s8 0.0))) (and (= s7 1.0) (not (= s8 1.0)))) (and (<= 0.0 s2) (<= s2 1.0))))
(assert (or (or (and (= s9 0.0) (not (= s10 0.0))) (and (= s9 1.0) (not (= s10 1.0)))) (and (<= 0.0 s3) (<= s3 1.0))))
(assert (<= s11 s5))
(assert (<= s6 s4))
(assert (not (<= |ite 1| s5)))
(check-sat)
(exit)

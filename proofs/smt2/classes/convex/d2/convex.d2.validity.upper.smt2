(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d2/convex.d2.validity.upper|)
(set-info :status unsat)
; obligation: convex.d2.validity.upper
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-3 (printed, sharp), footnote-2.convex (printed),
;   remark-3.convex (printed, repaired), table-1.convex.epsilon (sharp), table-1.convex.exact
;   (sharp), table-1.convex.side (sharp)
; symbols: s1 = hidden0, s2 = x[0], s3 = x_min[0], s4 = x[1], s5 = x_min[1], s6 = hidden1, s7 =
;   hidden2, s8 = fx, s9 = f_min, s10 = f_at_exit, s11 = f_max
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
(assert (and (<= 0.0 s1) (<= s1 1.0)))
(assert (or (not (<= s1 0.0)) (and (= s2 s3) (= s4 s5))))
(assert (or (not (and (< 0.0 s1) (<= s1 1.0) (<= 0.0 s6) (<= s6 1.0) (<= 0.0 s7) (<= s7 1.0))) (<= s8 (+ (* (+ 1.0 (* (- 1.0) s1)) s9) (* s1 s10)))))
(assert (or (not (and (= s2 s3) (= s4 s5))) (= s8 s9)))
(assert (or (not (< 0.0 s1)) (and (<= 0.0 s6) (<= s6 1.0))))
(assert (or (not (< 0.0 s1)) (and (<= 0.0 s7) (<= s7 1.0))))
(assert (<= s10 s11))
(assert (not (<= s8 (+ s9 (* (+ s11 (* (- 1.0) s9)) s1)))))
(check-sat)
(exit)

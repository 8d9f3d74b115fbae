(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d3/convex.d3.validity.upper|)
(set-info :status unsat)
; obligation: convex.d3.validity.upper
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-3 (printed, sharp), footnote-2.convex (printed),
;   remark-3.convex (repaired), table-1.convex.epsilon (sharp), table-1.convex.exact (sharp),
;   table-1.convex.side (sharp)
; symbols: s1 = hidden0, s2 = x[0], s3 = x_min[0], s4 = x[1], s5 = x_min[1], s6 = x[2], s7 =
;   x_min[2], s8 = hidden1, s9 = hidden2, s10 = hidden3, s11 = fx, s12 = f_min, s13 = f_at_exit, s14
;   = f_max
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
(declare-const s12 Real)
(declare-const s13 Real)
(declare-const s14 Real)
(assert (and (<= 0.0 s1) (<= s1 1.0)))
(assert (or (not (<= s1 0.0)) (and (= s2 s3) (= s4 s5) (= s6 s7))))
(assert (or (not (and (< 0.0 s1) (<= s1 1.0) (<= 0.0 s8) (<= s8 1.0) (<= 0.0 s9) (<= s9 1.0) (<= 0.0 s10) (<= s10 1.0))) (<= s11 (+ (* (+ 1.0 (* (- 1.0) s1)) s12) (* s1 s13)))))
(assert (or (not (and (= s2 s3) (= s4 s5) (= s6 s7))) (= s11 s12)))
(assert (or (not (< 0.0 s1)) (and (<= 0.0 s8) (<= s8 1.0))))
(assert (or (not (< 0.0 s1)) (and (<= 0.0 s9) (<= s9 1.0))))
(assert (or (not (< 0.0 s1)) (and (<= 0.0 s10) (<= s10 1.0))))
(assert (<= s13 s14))
(assert (not (<= s11 (+ s12 (* (+ s14 (* (- 1.0) s12)) s1)))))
(check-sat)
(exit)

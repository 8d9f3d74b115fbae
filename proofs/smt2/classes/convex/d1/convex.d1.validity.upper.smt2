(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.validity.upper|)
(set-info :status unsat)
; obligation: convex.d1.validity.upper
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), table-1.convex.epsilon (sharp), table-1.convex.exact (sharp),
;   table-1.convex.side (sharp)
; symbols: s1 = hidden0, s2 = x, s3 = x_min, s4 = hidden1, s5 = fx, s6 = f_min, s7 = f_at_exit, s8 =
;   f_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(declare-const s8 Real)
(assert (and (<= 0.0 s1) (<= s1 1.0)))
(assert (or (not (<= s1 0.0)) (= s2 s3)))
(assert (or (not (and (< 0.0 s1) (<= s1 1.0) (<= 0.0 s4) (<= s4 1.0))) (<= s5 (+ (* (+ 1.0 (* (- 1.0) s1)) s6) (* s1 s7)))))
(assert (or (not (= s2 s3)) (= s5 s6)))
(assert (or (not (< 0.0 s1)) (and (<= 0.0 s4) (<= s4 1.0))))
(assert (<= s7 s8))
(assert (not (<= s5 (+ s6 (* (+ s8 (* (- 1.0) s6)) s1)))))
(check-sat)
(exit)

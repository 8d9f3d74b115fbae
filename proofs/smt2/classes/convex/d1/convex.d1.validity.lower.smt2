(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.validity.lower|)
(set-info :status unsat)
; obligation: convex.d1.validity.lower
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), table-1.convex.epsilon (sharp), table-1.convex.exact (sharp),
;   table-1.convex.side (sharp)
; symbols: s1 = hidden0, s2 = hidden1, s3 = f_max, s4 = fx, s5 = f_beyond, s6 = x_max, s7 = x, s8 =
;   f_min
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(declare-const s8 Real)
(declare-const |ite 1| Real)
(assert (or (not (or (and (= s6 0.0) (not (= s7 0.0))) (and (= s6 1.0) (not (= s7 1.0))))) (= |ite 1| s8)))
(assert (or (or (and (= s6 0.0) (not (= s7 0.0))) (and (= s6 1.0) (not (= s7 1.0)))) (= |ite 1| s3)))
(assert (and (< 0.0 s1) (<= s1 1.0)))
(assert (or (not (and (< 0.0 s1) (<= 0.0 s2) (<= s2 1.0))) (<= (* (+ 1.0 s1) s3) (+ (* s1 s4) s5))))
(assert (or (or (and (= s6 0.0) (not (= s7 0.0))) (and (= s6 1.0) (not (= s7 1.0)))) (and (<= 0.0 s2) (<= s2 1.0))))
(assert (<= s8 s4))
(assert (<= s5 s3))
(assert (not (<= |ite 1| s4)))
(check-sat)
(exit)

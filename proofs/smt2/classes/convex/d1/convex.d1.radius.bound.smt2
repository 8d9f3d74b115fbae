(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.radius.bound|)
(set-info :status unsat)
; obligation: convex.d1.radius.bound
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), table-1.convex.epsilon (sharp), table-1.convex.exact (sharp),
;   table-1.convex.side (sharp)
; symbols: s1 = f_min, s2 = f_max, s3 = hidden0, s4 = x_max, s5 = x
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const |ite 1| Real)
(assert (or (not (or (and (= s4 0.0) (not (= s5 0.0))) (and (= s4 1.0) (not (= s5 1.0))))) (= |ite 1| s1)))
(assert (or (or (and (= s4 0.0) (not (= s5 0.0))) (and (= s4 1.0) (not (= s5 1.0)))) (= |ite 1| s2)))
(assert (<= s1 s2))
(assert (<= s3 1.0))
(assert (not (<= (+ (+ s1 (* (+ s2 (* (- 1.0) s1)) s3)) (* (- 1.0) |ite 1|)) (* 2.0 (* (/ 1.0 2.0) (+ s2 (* (- 1.0) s1)))))))
(check-sat)
(exit)

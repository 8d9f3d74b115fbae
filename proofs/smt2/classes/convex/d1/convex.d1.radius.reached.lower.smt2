(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.radius.reached.lower|)
(set-info :status unsat)
; obligation: convex.d1.radius.reached.lower
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), table-1.convex.epsilon (sharp), table-1.convex.exact (sharp),
;   table-1.convex.side (sharp)
; symbols: s1 = x_max, s2 = slack, s3 = x_min, s4 = f_min, s5 = f_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const |ite 1| Real)
(assert (or (not (or (and (= s1 0.0) (not (= (+ (* s2 s3) (* (+ 1.0 (* (- 1.0) s2)) s1)) 0.0))) (and (= s1 1.0) (not (= (+ (* s2 s3) (* (+ 1.0 (* (- 1.0) s2)) s1)) 1.0))))) (= |ite 1| s4)))
(assert (or (or (and (= s1 0.0) (not (= (+ (* s2 s3) (* (+ 1.0 (* (- 1.0) s2)) s1)) 0.0))) (and (= s1 1.0) (not (= (+ (* s2 s3) (* (+ 1.0 (* (- 1.0) s2)) s1)) 1.0)))) (= |ite 1| s5)))
(assert (or (and (= s1 0.0) (not (= (+ (* s2 s3) (* (+ 1.0 (* (- 1.0) s2)) s1)) 0.0))) (and (= s1 1.0) (not (= (+ (* s2 s3) (* (+ 1.0 (* (- 1.0) s2)) s1)) 1.0)))))
(assert (not (= |ite 1| s4)))
(check-sat)
(exit)

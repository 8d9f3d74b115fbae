(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.side.hidden.gauge|)
(set-info :status unsat)
; obligation: convex.d1.side.hidden.gauge
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), table-1.convex.epsilon (sharp), table-1.convex.exact (sharp),
;   table-1.convex.side (sharp)
; symbols: s1 = x_max, s2 = x_min, s3 = hidden0
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(assert (or (and (= s1 0.0) (not (= s2 0.0))) (and (= s1 1.0) (not (= s2 1.0)))))
(assert (or (not (or (and (= s1 0.0) (not (= s2 0.0))) (and (= s1 1.0) (not (= s2 1.0))))) (and (or (and (= s1 0.0) (not (= (+ (* (* (/ 1.0 2.0) (/ 1.0 2.0)) s2) (* (+ 1.0 (* (- 1.0) (* (/ 1.0 2.0) (/ 1.0 2.0)))) s1)) 0.0))) (and (= s1 1.0) (not (= (+ (* (* (/ 1.0 2.0) (/ 1.0 2.0)) s2) (* (+ 1.0 (* (- 1.0) (* (/ 1.0 2.0) (/ 1.0 2.0)))) s1)) 1.0)))) (<= (+ 1.0 (* (- 1.0) (* (/ 1.0 2.0) (/ 1.0 2.0)))) s3))))
(assert (not (<= (+ 1.0 (* (- 1.0) (* (/ 1.0 2.0) (/ 1.0 2.0)))) s3)))
(check-sat)
(exit)

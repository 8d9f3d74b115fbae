(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d2/convex.d2.validity.upper.within-0|)
(set-info :status unsat)
; obligation: convex.d2.validity.upper.within-0
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-3 (printed, sharp), footnote-2.convex (printed),
;   remark-3.convex (printed, repaired), table-1.convex.epsilon (sharp), table-1.convex.exact
;   (sharp), table-1.convex.side (sharp)
; symbols: s1 = x[0], s2 = x_min[0], s3 = hidden0, s4 = hidden1
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(assert (and (<= (+ s1 (* (- 1.0) s2)) (* s3 (+ 1.0 (* (- 1.0) s2)))) (<= (+ s2 (* (- 1.0) s1)) (* s3 s2))))
(assert (<= s3 s4))
(assert (<= 0.0 s2))
(assert (<= s2 1.0))
(assert (<= 0.0 s1))
(assert (<= s1 1.0))
(assert (not (and (<= (+ s1 (* (- 1.0) s2)) (* s4 (+ 1.0 (* (- 1.0) s2)))) (<= (+ s2 (* (- 1.0) s1)) (* s4 s2)))))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.validity.upper.rest-0|)
(set-info :status unsat)
; obligation: convex.d1.validity.upper.rest-0
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), remark-3.convex (printed, repaired), table-1.convex.epsilon
;   (sharp), table-1.convex.exact (sharp), table-1.convex.side (sharp)
; symbols: s1 = x_min, s2 = x
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const |quotient 1| Real)
(declare-const |ite 2| Real)
(declare-const |quotient 3| Real)
(declare-const |ite 4| Real)
(declare-const |max 5| Real)
(assert (or (= (+ 1.0 (* (- 1.0) s1)) 0.0) (= (* |quotient 1| (+ 1.0 (* (- 1.0) s1))) 1.0)))
(assert (or (not (< s1 1.0)) (= |ite 2| (* |quotient 1| (+ s2 (* (- 1.0) s1))))))
(assert (or (< s1 1.0) (= |ite 2| 0.0)))
(assert (or (= s1 0.0) (= (* |quotient 3| s1) 1.0)))
(assert (or (not (< 0.0 s1)) (= |ite 4| (* |quotient 3| (+ s1 (* (- 1.0) s2))))))
(assert (or (< 0.0 s1) (= |ite 4| 0.0)))
(assert (>= |max 5| |ite 2|))
(assert (>= |max 5| |ite 4|))
(assert (or (= |max 5| |ite 2|) (= |max 5| |ite 4|)))
(assert (<= 0.0 s1))
(assert (<= s1 1.0))
(assert (<= 0.0 s2))
(assert (<= s2 1.0))
(assert (not (or (not (<= |max 5| 0.0)) (= s2 s1))))
(check-sat)
(exit)

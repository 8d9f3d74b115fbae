(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.member.ramp.convex.coordinate-0|)
(set-info :status unsat)
; obligation: convex.d1.member.ramp.convex.coordinate-0
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), remark-3.convex (printed, repaired), table-1.convex.epsilon
;   (sharp), table-1.convex.exact (sharp), table-1.convex.side (sharp)
; symbols: s1 = x_max, s2 = weight, s3 = y, s4 = z
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const |ite 1| Real)
(declare-const |ite 2| Real)
(declare-const |ite 3| Real)
(declare-const |ite 4| Real)
(declare-const |ite 5| Real)
(declare-const |ite 6| Real)
(assert (or (not (= s1 1.0)) (= |ite 1| (+ 1.0 (* (- 1.0) (+ (* s2 s3) (* (+ 1.0 (* (- 1.0) s2)) s4)))))))
(assert (or (= s1 1.0) (= |ite 1| 0.0)))
(assert (or (not (= s1 0.0)) (= |ite 2| (+ (* s2 s3) (* (+ 1.0 (* (- 1.0) s2)) s4)))))
(assert (or (= s1 0.0) (= |ite 2| |ite 1|)))
(assert (or (not (= s1 1.0)) (= |ite 3| (+ 1.0 (* (- 1.0) s3)))))
(assert (or (= s1 1.0) (= |ite 3| 0.0)))
(assert (or (not (= s1 0.0)) (= |ite 4| s3)))
(assert (or (= s1 0.0) (= |ite 4| |ite 3|)))
(assert (or (not (= s1 1.0)) (= |ite 5| (+ 1.0 (* (- 1.0) s4)))))
(assert (or (= s1 1.0) (= |ite 5| 0.0)))
(assert (or (not (= s1 0.0)) (= |ite 6| s4)))
(assert (or (= s1 0.0) (= |ite 6| |ite 5|)))
(assert (not (= |ite 2| (+ (* s2 |ite 4|) (* (+ 1.0 (* (- 1.0) s2)) |ite 6|)))))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d1/convex.d1.member.gauge.convex.wall-0-0|)
(set-info :status unsat)
; obligation: convex.d1.member.gauge.convex.wall-0-0
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-2.proof.convex-cases (printed, repaired), theorem-3
;   (printed, sharp), theorem-3.proof.extremum-at-an-end (printed, repaired),
;   theorem-3.proof.minimum-at-zero (printed, repaired), theorem-3.proof.cases (printed, repaired),
;   footnote-2.convex (printed), remark-3.convex (printed, repaired), table-1.convex.epsilon
;   (sharp), table-1.convex.exact (sharp), table-1.convex.side (sharp)
; symbols: s1 = x_min, s2 = hidden0, s3 = weight, s4 = y, s5 = z
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const |ite 1| Real)
(declare-const |ite 2| Real)
(declare-const |ite 3| Real)
(assert (or (not (< s1 1.0)) (= |ite 1| (* s2 (+ (+ (* s3 s4) (* (+ 1.0 (* (- 1.0) s3)) s5)) (* (- 1.0) s1))))))
(assert (or (< s1 1.0) (= |ite 1| 0.0)))
(assert (or (not (< s1 1.0)) (= |ite 2| (* s2 (+ s4 (* (- 1.0) s1))))))
(assert (or (< s1 1.0) (= |ite 2| 0.0)))
(assert (or (not (< s1 1.0)) (= |ite 3| (* s2 (+ s5 (* (- 1.0) s1))))))
(assert (or (< s1 1.0) (= |ite 3| 0.0)))
(assert (not (= |ite 1| (+ (* s3 |ite 2|) (* (+ 1.0 (* (- 1.0) s3)) |ite 3|)))))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/convex/d2/convex.d2.side.hidden.lower|)
(set-info :status unsat)
; obligation: convex.d2.side.hidden.lower
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-3 (printed, sharp), footnote-2.convex (printed),
;   remark-3.convex (printed, repaired), table-1.convex.epsilon (sharp), table-1.convex.exact
;   (sharp), table-1.convex.side (sharp)
; symbols: s1 = x_max[0], s2 = x_min[0], s3 = x_max[1], s4 = x_min[1], s5 = f_min, s6 = f_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const |ite 1| Real)
(assert (or (not (or (or (and (= s1 0.0) (not (= (+ (* (* (/ 1.0 2.0) (/ 1.0 2.0)) s2) (* (+ 1.0 (* (- 1.0) (* (/ 1.0 2.0) (/ 1.0 2.0)))) s1)) 0.0))) (and (= s1 1.0) (not (= (+ (* (* (/ 1.0 2.0) (/ 1.0 2.0)) s2) (* (+ 1.0 (* (- 1.0) (* (/ 1.0 2.0) (/ 1.0 2.0)))) s1)) 1.0)))) (or (and (= s3 0.0) (not (= (+ (* (* (/ 1.0 2.0) (/ 1.0 2.0)) s4) (* (+ 1.0 (* (- 1.0) (* (/ 1.0 2.0) (/ 1.0 2.0)))) s3)) 0.0))) (and (= s3 1.0) (not (= (+ (* (* (/ 1.0 2.0) (/ 1.0 2.0)) s4) (* (+ 1.0 (* (- 1.0) (* (/ 1.0 2.0) (/ 1.0 2.0)))) s3)) 1.0)))))) (= |ite 1| s5)))
(assert (or (or (or (and (= s1 0.0) (not (= (+ (* (* (/ 1.0 2.0) (/ 1.0 2.0)) s2) (* (+ 1.0 (* (- 1.0) (* (/ 1.0 2.0) (/ 1.0 2.0)))) s1)) 0.0))) (and (= s1 1.0) (not (= (+ (* (* (/ 1.0 2.0) (/ 1.0 2.0)) s2) (* (+ 1.0 (* (- 1.0) (* (/ 1.0 2.0) (/ 1.0 2.0)))) s1)) 1.0)))) (or (and (= s3 0.0) (not (= (+ (* (* (/ 1.0 2.0) (/ 1.0 2.0)) s4) (* (+ 1.0 (* (- 1.0) (* (/ 1.0 2.0) (/ 1.0 2.0)))) s3)) 0.0))) (and (= s3 1.0) (not (= (+ (* (* (/ 1.0 2.0) (/ 1.0 2.0)) s4) (* (+ 1.0 (* (- 1.0) (* (/ 1.0 2.0) (/ 1.0 2.0)))) s3)) 1.0))))) (= |ite 1| s6)))
(assert (or (or (and (= s1 0.0) (not (= (+ (* (* (/ 1.0 2.0) (/ 1.0 2.0)) s2) (* (+ 1.0 (* (- 1.0) (* (/ 1.0 2.0) (/ 1.0 2.0)))) s1)) 0.0))) (and (= s1 1.0) (not (= (+ (* (* (/ 1.0 2.0) (/ 1.0 2.0)) s2) (* (+ 1.0 (* (- 1.0) (* (/ 1.0 2.0) (/ 1.0 2.0)))) s1)) 1.0)))) (or (and (= s3 0.0) (not (= (+ (* (* (/ 1.0 2.0) (/ 1.0 2.0)) s4) (* (+ 1.0 (* (- 1.0) (* (/ 1.0 2.0) (/ 1.0 2.0)))) s3)) 0.0))) (and (= s3 1.0) (not (= (+ (* (* (/ 1.0 2.0) (/ 1.0 2.0)) s4) (* (+ 1.0 (* (- 1.0) (* (/ 1.0 2.0) (/ 1.0 2.0)))) s3)) 1.0))))))
(assert (not (= |ite 1| s5)))
(check-sat)
(exit)

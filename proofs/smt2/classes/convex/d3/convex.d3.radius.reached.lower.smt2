(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d3/convex.d3.radius.reached.lower|)
(set-info :status unsat)
; obligation: convex.d3.radius.reached.lower
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-3 (printed, sharp), footnote-2.convex (printed),
;   remark-3.convex (repaired), table-1.convex.epsilon (sharp), table-1.convex.exact (sharp),
;   table-1.convex.side (sharp)
; symbols: s1 = x_max[0], s2 = slack, s3 = x_min[0], s4 = x_max[1], s5 = x_min[1], s6 = x_max[2], s7
;   = x_min[2], s8 = f_min, s9 = f_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(declare-const s8 Real)
(declare-const s9 Real)
(declare-const |ite 1| Real)
(assert (or (not (or (or (and (= s1 0.0) (not (= (+ (* s2 s3) (* (+ 1.0 (* (- 1.0) s2)) s1)) 0.0))) (and (= s1 1.0) (not (= (+ (* s2 s3) (* (+ 1.0 (* (- 1.0) s2)) s1)) 1.0)))) (or (and (= s4 0.0) (not (= (+ (* s2 s5) (* (+ 1.0 (* (- 1.0) s2)) s4)) 0.0))) (and (= s4 1.0) (not (= (+ (* s2 s5) (* (+ 1.0 (* (- 1.0) s2)) s4)) 1.0)))) (or (and (= s6 0.0) (not (= (+ (* s2 s7) (* (+ 1.0 (* (- 1.0) s2)) s6)) 0.0))) (and (= s6 1.0) (not (= (+ (* s2 s7) (* (+ 1.0 (* (- 1.0) s2)) s6)) 1.0)))))) (= |ite 1| s8)))
(assert (or (or (or (and (= s1 0.0) (not (= (+ (* s2 s3) (* (+ 1.0 (* (- 1.0) s2)) s1)) 0.0))) (and (= s1 1.0) (not (= (+ (* s2 s3) (* (+ 1.0 (* (- 1.0) s2)) s1)) 1.0)))) (or (and (= s4 0.0) (not (= (+ (* s2 s5) (* (+ 1.0 (* (- 1.0) s2)) s4)) 0.0))) (and (= s4 1.0) (not (= (+ (* s2 s5) (* (+ 1.0 (* (- 1.0) s2)) s4)) 1.0)))) (or (and (= s6 0.0) (not (= (+ (* s2 s7) (* (+ 1.0 (* (- 1.0) s2)) s6)) 0.0))) (and (= s6 1.0) (not (= (+ (* s2 s7) (* (+ 1.0 (* (- 1.0) s2)) s6)) 1.0))))) (= |ite 1| s9)))
(assert (or (or (and (= s1 0.0) (not (= (+ (* s2 s3) (* (+ 1.0 (* (- 1.0) s2)) s1)) 0.0))) (and (= s1 1.0) (not (= (+ (* s2 s3) (* (+ 1.0 (* (- 1.0) s2)) s1)) 1.0)))) (or (and (= s4 0.0) (not (= (+ (* s2 s5) (* (+ 1.0 (* (- 1.0) s2)) s4)) 0.0))) (and (= s4 1.0) (not (= (+ (* s2 s5) (* (+ 1.0 (* (- 1.0) s2)) s4)) 1.0)))) (or (and (= s6 0.0) (not (= (+ (* s2 s7) (* (+ 1.0 (* (- 1.0) s2)) s6)) 0.0))) (and (= s6 1.0) (not (= (+ (* s2 s7) (* (+ 1.0 (* (- 1.0) s2)) s6)) 1.0))))))
(assert (not (= |ite 1| s8)))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d3/convex.d3.radius.reached.off-face|)
(set-info :status unsat)
; obligation: convex.d3.radius.reached.off-face
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-3 (printed, sharp), footnote-2.convex (printed),
;   remark-3.convex (repaired), table-1.convex.epsilon (sharp), table-1.convex.exact (sharp),
;   table-1.convex.side (sharp)
; symbols: s1 = x_max[0], s2 = x_min[0], s3 = x_max[1], s4 = x_min[1], s5 = x_max[2], s6 = x_min[2],
;   s7 = slack, s8 = hidden0, s9 = hidden1, s10 = hidden2
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(declare-const s8 Real)
(declare-const s9 Real)
(declare-const s10 Real)
(assert (or (or (and (= s1 0.0) (not (= s2 0.0))) (and (= s1 1.0) (not (= s2 1.0)))) (or (and (= s3 0.0) (not (= s4 0.0))) (and (= s3 1.0) (not (= s4 1.0)))) (or (and (= s5 0.0) (not (= s6 0.0))) (and (= s5 1.0) (not (= s6 1.0))))))
(assert (or (not (or (and (= s1 0.0) (not (= s2 0.0))) (and (= s1 1.0) (not (= s2 1.0))))) (and (or (and (= s1 0.0) (not (= (+ (* s7 s2) (* (+ 1.0 (* (- 1.0) s7)) s1)) 0.0))) (and (= s1 1.0) (not (= (+ (* s7 s2) (* (+ 1.0 (* (- 1.0) s7)) s1)) 1.0)))) (<= (+ 1.0 (* (- 1.0) s7)) s8))))
(assert (or (not (or (and (= s3 0.0) (not (= s4 0.0))) (and (= s3 1.0) (not (= s4 1.0))))) (and (or (and (= s3 0.0) (not (= (+ (* s7 s4) (* (+ 1.0 (* (- 1.0) s7)) s3)) 0.0))) (and (= s3 1.0) (not (= (+ (* s7 s4) (* (+ 1.0 (* (- 1.0) s7)) s3)) 1.0)))) (<= (+ 1.0 (* (- 1.0) s7)) s9))))
(assert (or (not (or (and (= s5 0.0) (not (= s6 0.0))) (and (= s5 1.0) (not (= s6 1.0))))) (and (or (and (= s5 0.0) (not (= (+ (* s7 s6) (* (+ 1.0 (* (- 1.0) s7)) s5)) 0.0))) (and (= s5 1.0) (not (= (+ (* s7 s6) (* (+ 1.0 (* (- 1.0) s7)) s5)) 1.0)))) (<= (+ 1.0 (* (- 1.0) s7)) s10))))
(assert (not (or (or (and (= s1 0.0) (not (= (+ (* s7 s2) (* (+ 1.0 (* (- 1.0) s7)) s1)) 0.0))) (and (= s1 1.0) (not (= (+ (* s7 s2) (* (+ 1.0 (* (- 1.0) s7)) s1)) 1.0)))) (or (and (= s3 0.0) (not (= (+ (* s7 s4) (* (+ 1.0 (* (- 1.0) s7)) s3)) 0.0))) (and (= s3 1.0) (not (= (+ (* s7 s4) (* (+ 1.0 (* (- 1.0) s7)) s3)) 1.0)))) (or (and (= s5 0.0) (not (= (+ (* s7 s6) (* (+ 1.0 (* (- 1.0) s7)) s5)) 0.0))) (and (= s5 1.0) (not (= (+ (* s7 s6) (* (+ 1.0 (* (- 1.0) s7)) s5)) 1.0)))))))
(check-sat)
(exit)

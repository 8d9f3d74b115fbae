(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/convex/d3/convex.d3.member.ramp.convex.fall|)
(set-info :status unsat)
; obligation: convex.d3.member.ramp.convex.fall
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.convex (printed), theorem-3 (printed, sharp), footnote-2.convex (printed),
;   remark-3.convex (repaired), table-1.convex.epsilon (sharp), table-1.convex.exact (sharp),
;   table-1.convex.side (sharp)
; symbols: s1 = hidden0, s2 = weight, s3 = hidden3, s4 = hidden6, s5 = hidden1, s6 = hidden4, s7 =
;   hidden7, s8 = hidden2, s9 = hidden5, s10 = hidden8
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
(assert (= s1 (+ (* s2 s3) (* (+ 1.0 (* (- 1.0) s2)) s4))))
(assert (= s5 (+ (* s2 s6) (* (+ 1.0 (* (- 1.0) s2)) s7))))
(assert (= s8 (+ (* s2 s9) (* (+ 1.0 (* (- 1.0) s2)) s10))))
(assert (not (= (+ (+ s1 s5) s8) (+ (* s2 (+ (+ s3 s6) s9)) (* (+ 1.0 (* (- 1.0) s2)) (+ (+ s4 s7) s10))))))
(check-sat)
(exit)

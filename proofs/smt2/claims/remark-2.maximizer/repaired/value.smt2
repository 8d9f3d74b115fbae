(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: claims/remark-2.maximizer/repaired/value|)
(set-info :status unsat)
; obligation: value
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: remark-2.maximizer (repaired)
; symbols: s1 = n, s2 = w1, s3 = w2, s4 = r
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(assert (< 0.0 s1))
(assert (= (* s1 s1) (+ (* s2 s2) (* s3 s3))))
(assert (not (= (+ (* s2 (* s4 s2)) (* s3 (* s4 s3))) (* s1 (* s4 s1)))))
(check-sat)
(exit)

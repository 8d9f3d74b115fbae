(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: claims/remark-2.maximizer/printed/maximizer|)
(set-info :status sat)
; obligation: maximizer
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: remark-2.maximizer (printed)
; symbols: s1 = w1, s2 = w2, s3 = y1, s4 = y2
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(assert (or (not (= s1 0.0)) (not (= s2 0.0))))
(assert (not (<= (+ (* s1 (+ s3 s1)) (* s2 (+ s4 s2))) (+ (* s1 s3) (* s2 s4)))))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: claims/remark-2.maximizer/printed/maximizer.non-vacuous|)
(set-info :status sat)
; obligation: maximizer.non-vacuous
; sat means that the hypotheses can be met
; claims: remark-2.maximizer (printed)
; symbols: s1 = w1, s2 = w2
(declare-const s1 Real)
(declare-const s2 Real)
(assert (or (not (= s1 0.0)) (not (= s2 0.0))))
(check-sat)
(exit)

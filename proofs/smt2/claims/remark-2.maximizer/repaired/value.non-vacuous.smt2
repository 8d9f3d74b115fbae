(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: claims/remark-2.maximizer/repaired/value.non-vacuous|)
(set-info :status sat)
; obligation: value.non-vacuous
; sat means that the hypotheses can be met
; claims: remark-2.maximizer (repaired)
; symbols: s1 = n, s2 = w1, s3 = w2
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(assert (< 0.0 s1))
(assert (= (* s1 s1) (+ (* s2 s2) (* s3 s3))))
(check-sat)
(exit)

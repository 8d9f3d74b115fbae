(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: claims/theorem-2.proof.convex-cases/printed/about-the-radius.d1.non-vacuous|)
(set-info :status sat)
; obligation: about-the-radius.d1.non-vacuous
; sat means that the hypotheses can be met
; claims: theorem-2.proof.convex-cases (printed, repaired), theorem-3.proof.extremum-at-an-end
;   (repaired), theorem-3.proof.minimum-at-zero (repaired), footnote-2.convex (printed)
; symbols: s1 = x_min, s2 = x_max, s3 = f_min, s4 = f_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(assert (<= 0.0 s1))
(assert (<= s1 1.0))
(assert (<= 0.0 s2))
(assert (<= s2 1.0))
(assert (<= 0.0 s3))
(assert (<= s3 s4))
(assert (<= s4 1.0))
(assert (or (and (= s3 s4) true) (and (< s3 s4) (or (and (= s2 0.0) (not (= s1 0.0))) (and (= s2 1.0) (not (= s1 1.0)))))))
(assert (< s3 s4))
(check-sat)
(exit)

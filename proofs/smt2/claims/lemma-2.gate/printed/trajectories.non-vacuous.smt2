(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: claims/lemma-2.gate/printed/trajectories.non-vacuous|)
(set-info :status sat)
; obligation: trajectories.non-vacuous
; sat means that the hypotheses can be met
; claims: lemma-2.gate (printed, repaired)
; symbols: s1 = k, s2 = d, s3 = f
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(assert (< 0.0 s1))
(assert (<= 0.0 s2))
(assert (<= 0.0 s3))
(assert (<= s2 s1))
(assert (<= s3 s1))
(check-sat)
(exit)

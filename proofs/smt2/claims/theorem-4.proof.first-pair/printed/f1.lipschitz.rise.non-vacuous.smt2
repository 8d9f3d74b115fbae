(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: claims/theorem-4.proof.first-pair/printed/f1.lipschitz.rise.non-vacuous|)
(set-info :status sat)
; obligation: f1.lipschitz.rise.non-vacuous
; sat means that the hypotheses can be met
; claims: theorem-4.proof.first-pair (printed), theorem-4.proof.second-pair.slope (printed),
;   theorem-4.proof.second-pair (repaired)
; symbols: s1 = hidden0, s2 = L
(declare-const s1 Real)
(declare-const s2 Real)
(assert (and (<= 0.0 s1) (<= s1 s2)))
(check-sat)
(exit)

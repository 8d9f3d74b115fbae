(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: claims/theorem-4.proof.first-pair/printed/f1.lipschitz.rise|)
(set-info :status unsat)
; obligation: f1.lipschitz.rise
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-4.proof.first-pair (printed), theorem-4.proof.second-pair.slope (printed),
;   theorem-4.proof.second-pair (repaired)
; symbols: s1 = hidden0, s2 = L, s3 = hidden2, s4 = hidden1
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(assert (and (<= 0.0 s1) (<= s1 s2)))
(assert (not (or (not (<= s3 s4)) (and (<= (* s1 s3) (* s1 s4)) (<= (+ (* s1 s4) (* (- 1.0) (* s1 s3))) (+ (* s2 s4) (* (- 1.0) (* s2 s3))))))))
(check-sat)
(exit)

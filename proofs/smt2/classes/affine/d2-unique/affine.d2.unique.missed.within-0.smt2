(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/affine/d2-unique/affine.d2.unique.missed.within-0|)
(set-info :status unsat)
; obligation: affine.d2.unique.missed.within-0
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-6.proof.corners (repaired)
; symbols: s1 = hidden1, s2 = hidden2, s3 = hidden0
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(assert (< 0.0 s1))
(assert (and (<= 0.0 s2) (<= s2 1.0)))
(assert (= s3 (* s1 s2)))
(assert (not (and (<= 0.0 s3) (<= s3 s1) (and (or (not (= s2 0.0)) (= s3 0.0)) (or (not (= s2 1.0)) (= s3 s1))))))
(check-sat)
(exit)

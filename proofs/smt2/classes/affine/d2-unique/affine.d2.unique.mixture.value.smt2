(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/affine/d2-unique/affine.d2.unique.mixture.value|)
(set-info :status unsat)
; obligation: affine.d2.unique.mixture.value
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-6.proof.corners (repaired)
; symbols: s1 = share, s2 = u, s3 = low, s4 = h
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(assert (< 0.0 s1))
(assert (< s1 1.0))
(assert (= s2 s3))
(assert (= s4 s3))
(assert (not (= (+ (* (+ 1.0 (* (- 1.0) s1)) s2) (* s1 s4)) s3)))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/affine/d2-unique/affine.d2.unique.mixture.separation|)
(set-info :status unsat)
; obligation: affine.d2.unique.mixture.separation
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-6.proof.corners (repaired)
; symbols: s1 = share, s2 = u, s3 = v, s4 = h
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(assert (< 0.0 s1))
(assert (< s1 1.0))
(assert (<= (+ s2 (* (- 1.0) s3)) 1.0))
(assert (<= s3 s2))
(assert (not (<= (+ (+ s2 (* (- 1.0) s3)) (* (- 1.0) s1)) (+ (+ (* (+ 1.0 (* (- 1.0) s1)) s2) (* s1 s4)) (* (- 1.0) (+ (* (+ 1.0 (* (- 1.0) s1)) s3) (* s1 s4)))))))
(check-sat)
(exit)

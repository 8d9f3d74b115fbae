(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: claims/theorem-6.proof.coefficients/printed/a.non-vacuous|)
(set-info :status sat)
; obligation: a.non-vacuous
; sat means that the hypotheses can be met
; claims: theorem-6.proof.coefficients (printed)
; symbols: s1 = w1, s2 = x_min[0], s3 = w2, s4 = x_min[1], s5 = c, s6 = f_min, s7 = x_max[0], s8 =
;   x_max[1], s9 = f_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(declare-const s8 Real)
(declare-const s9 Real)
(assert (= (+ (+ (* s1 s2) (* s3 s4)) s5) s6))
(assert (= (+ (+ (* s1 s7) (* s3 s8)) s5) s9))
(assert (not (= (+ (* s2 s8) (* (- 1.0) (* s7 s4))) 0.0)))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/affine/d2/affine.d2.member.coordinate-0-upper.affine|)
(set-info :status unsat)
; obligation: affine.d2.member.coordinate-0-upper.affine
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-6 (printed, repaired, sharp), theorem-6.remark.higher-dimension (sharp),
;   theorem-6.proof.corners (printed, repaired), theorem-6.proof.equal-extrema (printed),
;   theorem-6.proof.origin-recovered (printed, repaired),
;   theorem-6.proof.maximum-at-origin-recovered (printed), theorem-6.proof.one-one-recovered
;   (printed), theorem-6.proof.cases (printed), theorem-7 (printed, repaired, sharp),
;   theorem-8.affine (printed), theorem-8.proof.defined (printed, repaired), remark-3.affine
;   (printed, repaired), table-1.affine-in-several-variables.epsilon (sharp),
;   table-1.affine-in-several-variables.exact (sharp), table-1.affine-in-several-variables.side
;   (sharp), table-1.affine-in-one-variable.epsilon (sharp), table-1.affine-in-one-variable.exact
;   (sharp), table-1.affine-in-one-variable.side (sharp)
; symbols: s1 = f_min, s2 = f_max, s3 = x_min[0], s4 = weight, s5 = y[0], s6 = z[0]
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(assert (not (= (+ s1 (* (+ s2 (* (- 1.0) s1)) (+ s3 (* (+ 1.0 (* (- 1.0) (* 2.0 s3))) (+ (* s4 s5) (* (+ 1.0 (* (- 1.0) s4)) s6)))))) (+ (* s4 (+ s1 (* (+ s2 (* (- 1.0) s1)) (+ s3 (* (+ 1.0 (* (- 1.0) (* 2.0 s3))) s5))))) (* (+ 1.0 (* (- 1.0) s4)) (+ s1 (* (+ s2 (* (- 1.0) s1)) (+ s3 (* (+ 1.0 (* (- 1.0) (* 2.0 s3))) s6)))))))))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/affine/d1/affine.d1.radius.bound|)
(set-info :status unsat)
; obligation: affine.d1.radius.bound
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-8.affine (printed), theorem-8.proof.defined (printed, repaired),
;   table-1.affine-in-one-variable.epsilon (sharp), table-1.affine-in-one-variable.exact (sharp),
;   table-1.affine-in-one-variable.side (sharp)
; symbols: s1 = hidden1, s2 = f_min, s3 = f_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const |ite 1| Real)
(assert (or (not false) (= |ite 1| (+ s3 (* (- 1.0) s2)))))
(assert (or false (= |ite 1| 0.0)))
(assert (and (<= (+ s1 (* (- 1.0) s1)) 1.0) (or false (= s1 s1))))
(assert (< s2 s3))
(assert (not (<= (+ (+ s2 (* (+ s3 (* (- 1.0) s2)) s1)) (* (- 1.0) (+ s2 (* (+ s3 (* (- 1.0) s2)) s1)))) (* 2.0 (* (/ 1.0 2.0) |ite 1|)))))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/affine/d1/affine.d1.radius.bound.apart|)
(set-info :status unsat)
; obligation: affine.d1.radius.bound.apart
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-8.affine (printed), theorem-8.proof.defined (printed, repaired),
;   table-1.affine-in-one-variable.epsilon (sharp), table-1.affine-in-one-variable.exact (sharp),
;   table-1.affine-in-one-variable.side (sharp)
; symbols: s1 = hidden0, s2 = hidden1
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const |ite 1| Real)
(assert (or (not (= s2 1.0)) (= |ite 1| s1)))
(assert (or (= s2 1.0) (= |ite 1| 0.0)))
(assert (and (<= 0.0 s1) (<= s1 1.0)))
(assert (= s2 1.0))
(assert (not (and (<= (+ |ite 1| (* (- 1.0) |ite 1|)) 1.0) (or false (= |ite 1| |ite 1|)))))
(check-sat)
(exit)

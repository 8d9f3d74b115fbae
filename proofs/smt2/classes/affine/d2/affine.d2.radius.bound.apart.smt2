(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/affine/d2/affine.d2.radius.bound.apart|)
(set-info :status unsat)
; obligation: affine.d2.radius.bound.apart
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-6 (printed, repaired, sharp), theorem-6.proof.corners (printed, repaired),
;   theorem-6.proof.equal-extrema (printed), theorem-6.proof.origin-recovered (printed, repaired),
;   theorem-6.proof.maximum-at-origin-recovered (printed), theorem-6.proof.one-one-recovered
;   (printed), theorem-6.proof.cases (printed), theorem-7 (printed, repaired, sharp),
;   remark-3.affine (printed, repaired), table-1.affine-in-several-variables.epsilon (sharp),
;   table-1.affine-in-several-variables.exact (sharp), table-1.affine-in-several-variables.side
;   (sharp)
; symbols: s1 = hidden0, s2 = hidden1, s3 = hidden2, s4 = hidden3
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const |ite 1| Real)
(declare-const |ite 2| Real)
(declare-const |max 3| Real)
(declare-const |ite 4| Real)
(declare-const |ite 5| Real)
(declare-const |min 6| Real)
(assert (or (not (= s3 1.0)) (= |ite 1| s1)))
(assert (or (= s3 1.0) (= |ite 1| 0.0)))
(assert (or (not (= s4 1.0)) (= |ite 2| s2)))
(assert (or (= s4 1.0) (= |ite 2| 0.0)))
(assert (>= |max 3| |ite 1|))
(assert (>= |max 3| |ite 2|))
(assert (or (= |max 3| |ite 1|) (= |max 3| |ite 2|)))
(assert (or (not (= s3 1.0)) (= |ite 4| s1)))
(assert (or (= s3 1.0) (= |ite 4| 1.0)))
(assert (or (not (= s4 1.0)) (= |ite 5| s2)))
(assert (or (= s4 1.0) (= |ite 5| 1.0)))
(assert (<= |min 6| |ite 4|))
(assert (<= |min 6| |ite 5|))
(assert (or (= |min 6| |ite 4|) (= |min 6| |ite 5|)))
(assert (and (<= 0.0 s1) (<= s1 1.0)))
(assert (and (<= 0.0 s2) (<= s2 1.0)))
(assert (or (= s3 1.0) (= s4 1.0)))
(assert (not (and (<= (+ |max 3| (* (- 1.0) |min 6|)) 1.0) (or (and (= s4 1.0) (= s3 1.0)) (= |max 3| |min 6|)))))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/all/d1/all.d1.side.hidden|)
(set-info :status unsat)
; obligation: all.d1.side.hidden
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: proposition-1 (sharp), theorem-1.all (printed, sharp), theorem-1.neural-network (printed,
;   sharp), theorem-1.erm (printed, sharp), theorem-1.piecewise-affine (printed, sharp),
;   theorem-1.proof.equal-extrema (printed), theorem-2.all (printed), theorem-2.neural-network
;   (printed), theorem-2.erm (printed), theorem-2.piecewise-affine (printed), footnote-2.all
;   (printed), footnote-2.neural-network (printed), footnote-2.erm (printed),
;   footnote-2.piecewise-affine (printed), table-1.all.epsilon (sharp), table-1.all.exact (sharp),
;   table-1.all.side (sharp), table-1.neural-network.epsilon (sharp), table-1.neural-network.exact
;   (sharp), table-1.neural-network.side (sharp), table-1.erm.epsilon (sharp), table-1.erm.exact
;   (sharp), table-1.erm.side (sharp), table-1.piecewise-affine.epsilon (sharp),
;   table-1.piecewise-affine.exact (sharp), table-1.piecewise-affine.side (sharp)
; symbols: s1 = x_min, s2 = x_max, s3 = f_min, s4 = f_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const |ite 1| Real)
(declare-const |ite 2| Real)
(assert (or (not (= (* (/ 1.0 2.0) (+ s1 s2)) s1)) (= |ite 1| s3)))
(assert (or (= (* (/ 1.0 2.0) (+ s1 s2)) s1) (= |ite 1| s4)))
(assert (or (not (= (* (/ 1.0 2.0) (+ s1 s2)) s2)) (= |ite 2| s4)))
(assert (or (= (* (/ 1.0 2.0) (+ s1 s2)) s2) (= |ite 2| s3)))
(assert (<= 0.0 s1))
(assert (<= s1 1.0))
(assert (<= 0.0 s2))
(assert (<= s2 1.0))
(assert (<= 0.0 s3))
(assert (<= s3 s4))
(assert (<= s4 1.0))
(assert (< s3 s4))
(assert (not (= s1 s2)))
(assert (< s3 s4))
(assert (not (and (<= 0.0 (* (/ 1.0 2.0) (+ s1 s2))) (<= (* (/ 1.0 2.0) (+ s1 s2)) 1.0) (< (* (/ 1.0 2.0) (+ s3 s4)) |ite 1|) (< |ite 2| (* (/ 1.0 2.0) (+ s3 s4))))))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: decoders/value/decoder.anchored|)
(set-info :status unsat)
; obligation: decoder.anchored
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: proposition-1 (sharp), theorem-1.all (printed, sharp), theorem-1.neural-network (printed,
;   sharp), theorem-1.erm (printed, sharp), theorem-1.piecewise-affine (printed, sharp),
;   theorem-1.monotone (printed, sharp), theorem-1.proof.equal-extrema (printed),
;   theorem-2.proof.convex-cases (printed, repaired), theorem-3 (printed, sharp),
;   theorem-3.proof.extremum-at-an-end (printed, repaired), theorem-3.proof.minimum-at-zero
;   (printed, repaired), theorem-3.proof.cases (printed, repaired), theorem-4.first-inequality
;   (printed), theorem-4.second-inequality (printed, repaired), theorem-4 (sharp),
;   theorem-4.remark.higher-dimension (printed), theorem-4.remark.spread (printed),
;   theorem-4.remark.tight (printed), theorem-4.remark.zero (printed, sharp),
;   theorem-4.remark.zero-is-tight (printed), theorem-4.remark.steepest (printed), theorem-6
;   (printed, repaired, sharp), theorem-6.remark.higher-dimension (sharp), theorem-6.proof.corners
;   (printed, repaired), theorem-6.proof.equal-extrema (printed), theorem-6.proof.origin-recovered
;   (printed, repaired), theorem-6.proof.maximum-at-origin-recovered (printed),
;   theorem-6.proof.one-one-recovered (printed), theorem-6.proof.cases (printed), theorem-8.affine
;   (printed), theorem-8.constant (printed), theorem-8.proof.defined (printed, repaired),
;   footnote-2.all (printed), footnote-2.neural-network (printed), footnote-2.erm (printed),
;   footnote-2.lipschitz (printed, repaired), footnote-2.piecewise-affine (printed),
;   footnote-2.monotone (printed), footnote-2.convex (printed), section-b.2.dichotomy (printed),
;   remark-3.all (printed), remark-3.neural-network (printed), remark-3.erm (printed),
;   remark-3.piecewise-affine (printed), remark-3.monotone (printed), remark-3.convex (printed,
;   repaired), remark-3.lipschitz (printed, repaired), remark-3.affine (printed, repaired),
;   table-1.all.epsilon (sharp), table-1.all.exact (sharp), table-1.neural-network.epsilon (sharp),
;   table-1.neural-network.exact (sharp), table-1.erm.epsilon (sharp), table-1.erm.exact (sharp),
;   table-1.lipschitz.epsilon (sharp), table-1.lipschitz.exact (sharp),
;   table-1.piecewise-affine.epsilon (sharp), table-1.piecewise-affine.exact (sharp),
;   table-1.monotone.epsilon (sharp), table-1.monotone.exact (sharp), table-1.convex.epsilon
;   (sharp), table-1.convex.exact (sharp), table-1.affine-in-several-variables.epsilon (sharp),
;   table-1.affine-in-several-variables.exact (sharp), table-1.affine-in-one-variable.epsilon
;   (sharp), table-1.affine-in-one-variable.exact (sharp), table-1.constant.epsilon (sharp),
;   table-1.constant.exact (sharp)
; symbols: s1 = u, s2 = g, s3 = n1, s4 = v, s5 = n2, s6 = r
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const |abs 1| Real)
(declare-const |abs 2| Real)
(declare-const |abs 3| Real)
(assert (>= |abs 1| (+ s1 (* (- 1.0) s2))))
(assert (>= |abs 1| (- (+ s1 (* (- 1.0) s2)))))
(assert (or (= |abs 1| (+ s1 (* (- 1.0) s2))) (= |abs 1| (- (+ s1 (* (- 1.0) s2))))))
(assert (>= |abs 2| (+ s4 (* (- 1.0) s2))))
(assert (>= |abs 2| (- (+ s4 (* (- 1.0) s2)))))
(assert (or (= |abs 2| (+ s4 (* (- 1.0) s2))) (= |abs 2| (- (+ s4 (* (- 1.0) s2))))))
(assert (>= |abs 3| (+ s1 (* (- 1.0) s4))))
(assert (>= |abs 3| (- (+ s1 (* (- 1.0) s4)))))
(assert (or (= |abs 3| (+ s1 (* (- 1.0) s4))) (= |abs 3| (- (+ s1 (* (- 1.0) s4))))))
(assert (<= |abs 1| s3))
(assert (<= |abs 2| s5))
(assert (<= s6 (/ 1.0 2.0)))
(assert (< s3 s6))
(assert (<= (+ (* 2.0 s6) (* (- 1.0) (+ s6 (* (- 1.0) s3)))) |abs 3|))
(assert (not (and (< 0.0 (+ s6 (* (- 1.0) s3))) (<= (+ s6 (* (- 1.0) s3)) (/ 1.0 2.0)) (<= s6 s5))))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/neural-network/d1/neural-network.d1.member.triangle|)
(set-info :status unsat)
; obligation: neural-network.d1.member.triangle
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-1.neural-network (printed, sharp), theorem-1.erm (printed, sharp),
;   theorem-1.piecewise-affine (printed, sharp), theorem-2.neural-network (printed), theorem-2.erm
;   (printed), theorem-2.piecewise-affine (printed), footnote-2.neural-network (printed),
;   footnote-2.erm (printed), footnote-2.piecewise-affine (printed), table-1.neural-network.epsilon
;   (sharp), table-1.neural-network.exact (sharp), table-1.neural-network.side (sharp),
;   table-1.erm.epsilon (sharp), table-1.erm.exact (sharp), table-1.erm.side (sharp),
;   table-1.piecewise-affine.epsilon (sharp), table-1.piecewise-affine.exact (sharp),
;   table-1.piecewise-affine.side (sharp)
; symbols: s1 = y, s2 = x_min, s3 = z
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const |abs 1| Real)
(declare-const |abs 2| Real)
(declare-const |abs 3| Real)
(assert (>= |abs 1| (+ s1 (* (- 1.0) s2))))
(assert (>= |abs 1| (- (+ s1 (* (- 1.0) s2)))))
(assert (or (= |abs 1| (+ s1 (* (- 1.0) s2))) (= |abs 1| (- (+ s1 (* (- 1.0) s2))))))
(assert (>= |abs 2| (+ s3 (* (- 1.0) s2))))
(assert (>= |abs 2| (- (+ s3 (* (- 1.0) s2)))))
(assert (or (= |abs 2| (+ s3 (* (- 1.0) s2))) (= |abs 2| (- (+ s3 (* (- 1.0) s2))))))
(assert (>= |abs 3| (+ s1 (* (- 1.0) s3))))
(assert (>= |abs 3| (- (+ s1 (* (- 1.0) s3)))))
(assert (or (= |abs 3| (+ s1 (* (- 1.0) s3))) (= |abs 3| (- (+ s1 (* (- 1.0) s3))))))
(assert (not (<= |abs 1| (+ |abs 2| |abs 3|))))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/lipschitz/d1/lipschitz.d1.necessity|)
(set-info :status unsat)
; obligation: lipschitz.d1.necessity
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-4.first-inequality (printed), theorem-4.second-inequality (printed, repaired),
;   theorem-4 (sharp), theorem-4.remark.spread (printed), theorem-4.remark.tight (printed),
;   theorem-4.remark.zero (printed, sharp), theorem-4.remark.zero-is-tight (printed),
;   theorem-4.remark.steepest (printed), theorem-5 (printed, sharp), footnote-2.lipschitz (printed,
;   repaired), section-b.2.dichotomy (printed), table-1.lipschitz.epsilon (sharp),
;   table-1.lipschitz.exact (sharp), table-1.lipschitz.side (sharp)
; symbols: s1 = x_min, s2 = L, s3 = x_max, s4 = f_min, s5 = f_max, s6 = f_at_x_min, s7 = f_at_x_max
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(declare-const |abs 1| Real)
(declare-const |abs 2| Real)
(assert (>= |abs 1| (+ s3 (* (- 1.0) s1))))
(assert (>= |abs 1| (- (+ s3 (* (- 1.0) s1)))))
(assert (or (= |abs 1| (+ s3 (* (- 1.0) s1))) (= |abs 1| (- (+ s3 (* (- 1.0) s1))))))
(assert (>= |abs 2| (+ s1 (* (- 1.0) s3))))
(assert (>= |abs 2| (- (+ s1 (* (- 1.0) s3)))))
(assert (or (= |abs 2| (+ s1 (* (- 1.0) s3))) (= |abs 2| (- (+ s1 (* (- 1.0) s3))))))
(assert (<= 0.0 s1))
(assert (<= s1 s2))
(assert (<= 0.0 s3))
(assert (<= s3 s2))
(assert (<= 0.0 s4))
(assert (<= s4 s5))
(assert (<= s5 1.0))
(assert (< 0.0 s2))
(assert (< s4 s5))
(assert (= s6 s4))
(assert (= s7 s5))
(assert (<= (+ s7 (* (- 1.0) s6)) |abs 1|))
(assert (not (<= (+ s5 (* (- 1.0) s4)) |abs 2|)))
(check-sat)
(exit)

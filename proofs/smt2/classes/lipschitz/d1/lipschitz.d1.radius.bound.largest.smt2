(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/lipschitz/d1/lipschitz.d1.radius.bound.largest|)
(set-info :status unsat)
; obligation: lipschitz.d1.radius.bound.largest
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-4.first-inequality (printed), theorem-4.second-inequality (printed, repaired),
;   theorem-4 (sharp), theorem-4.remark.spread (printed), theorem-4.remark.tight (printed),
;   theorem-4.remark.zero (printed, sharp), theorem-4.remark.zero-is-tight (printed),
;   theorem-4.remark.steepest (printed), theorem-5 (printed, sharp), footnote-2.lipschitz (printed,
;   repaired), section-b.2.dichotomy (printed), table-1.lipschitz.epsilon (sharp),
;   table-1.lipschitz.exact (sharp), table-1.lipschitz.side (sharp)
; symbols: s1 = f_max, s2 = f_min, s3 = hidden0, s4 = hidden1, s5 = hidden2, s6 = hidden3, s7 =
;   hidden4
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(declare-const |min 1| Real)
(declare-const |min 2| Real)
(declare-const |min 3| Real)
(declare-const |max 4| Real)
(declare-const |max 5| Real)
(declare-const |max 6| Real)
(assert (<= |min 1| (+ s1 (* (- 1.0) s2))))
(assert (<= |min 1| s3))
(assert (or (= |min 1| (+ s1 (* (- 1.0) s2))) (= |min 1| s3)))
(assert (<= |min 2| |min 1|))
(assert (<= |min 2| s4))
(assert (or (= |min 2| |min 1|) (= |min 2| s4)))
(assert (<= |min 3| |min 2|))
(assert (<= |min 3| (+ (+ s3 s4) (* (- 1.0) (+ s1 (* (- 1.0) s2))))))
(assert (or (= |min 3| |min 2|) (= |min 3| (+ (+ s3 s4) (* (- 1.0) (+ s1 (* (- 1.0) s2)))))))
(assert (>= |max 4| 0.0))
(assert (>= |max 4| s5))
(assert (or (= |max 4| 0.0) (= |max 4| s5)))
(assert (>= |max 5| |max 4|))
(assert (>= |max 5| s6))
(assert (or (= |max 5| |max 4|) (= |max 5| s6)))
(assert (>= |max 6| |max 5|))
(assert (>= |max 6| s7))
(assert (or (= |max 6| |max 5|) (= |max 6| s7)))
(assert (<= |min 3| |max 6|))
(assert (not (<= |min 3| |max 6|)))
(check-sat)
(exit)

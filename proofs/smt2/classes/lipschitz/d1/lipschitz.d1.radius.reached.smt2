(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/lipschitz/d1/lipschitz.d1.radius.reached|)
(set-info :status unsat)
; obligation: lipschitz.d1.radius.reached
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-4.first-inequality (printed), theorem-4.second-inequality (printed, repaired),
;   theorem-4 (sharp), theorem-4.remark.spread (printed), theorem-4.remark.tight (printed),
;   theorem-4.remark.zero (printed, sharp), theorem-4.remark.zero-is-tight (printed),
;   theorem-4.remark.steepest (printed), theorem-5 (printed, sharp), footnote-2.lipschitz (printed,
;   repaired), section-b.2.dichotomy (printed), table-1.lipschitz.epsilon (sharp),
;   table-1.lipschitz.exact (sharp), table-1.lipschitz.side (sharp)
; symbols: s1 = x_min, s2 = L, s3 = hidden4, s4 = hidden0, s5 = hidden5, s6 = hidden1, s7 = x_max,
;   s8 = hidden6, s9 = hidden2, s10 = hidden3, s11 = hidden7
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(declare-const s7 Real)
(declare-const s8 Real)
(declare-const s9 Real)
(declare-const s10 Real)
(declare-const s11 Real)
(declare-const |max 1| Real)
(declare-const |max 2| Real)
(declare-const |max 3| Real)
(assert (>= |max 1| 0.0))
(assert (>= |max 1| s3))
(assert (or (= |max 1| 0.0) (= |max 1| s3)))
(assert (>= |max 2| |max 1|))
(assert (>= |max 2| s5))
(assert (or (= |max 2| |max 1|) (= |max 2| s5)))
(assert (>= |max 3| |max 2|))
(assert (>= |max 3| s8))
(assert (or (= |max 3| |max 2|) (= |max 3| s8)))
(assert (and (<= 0.0 (* s1 0.0)) (<= (* s1 0.0) s2) (<= s3 s4)))
(assert (and (<= 0.0 s2) (<= s2 s2) (<= s5 s6)))
(assert (and (<= 0.0 (* (/ 1.0 2.0) (+ s1 s7))) (<= (* (/ 1.0 2.0) (+ s1 s7)) s2) (<= s8 s9)))
(assert (and (<= 0.0 s1) (<= s1 s2) (<= 0.0 s10)))
(assert (<= (* 2.0 s11) |max 3|))
(assert (not (or (and (<= 0.0 (* s1 0.0)) (<= (* s1 0.0) s2) (<= (* 2.0 s11) s4)) (and (<= 0.0 s2) (<= s2 s2) (<= (* 2.0 s11) s6)) (and (<= 0.0 (* (/ 1.0 2.0) (+ s1 s7))) (<= (* (/ 1.0 2.0) (+ s1 s7)) s2) (<= (* 2.0 s11) s9)) (and (<= 0.0 s1) (<= s1 s2) (<= (* 2.0 s11) s10)))))
(check-sat)
(exit)

(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/lipschitz/d1/lipschitz.d1.radius.bound.width|)
(set-info :status unsat)
; obligation: lipschitz.d1.radius.bound.width
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-4.first-inequality (printed), theorem-4.second-inequality (printed, repaired),
;   theorem-4 (sharp), theorem-4.remark.higher-dimension (printed), theorem-4.remark.spread
;   (printed), theorem-4.remark.tight (printed), theorem-4.remark.zero (printed, sharp),
;   theorem-4.remark.zero-is-tight (printed), theorem-4.remark.steepest (printed), theorem-5
;   (printed, sharp), footnote-2.lipschitz (printed, repaired), section-b.2.dichotomy (printed),
;   remark-3.lipschitz (printed, repaired), table-1.lipschitz.epsilon (sharp),
;   table-1.lipschitz.exact (sharp), table-1.lipschitz.side (sharp)
; symbols: s1 = f_max, s2 = f_min, s3 = hidden0, s4 = hidden1
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const |min 1| Real)
(declare-const |max 2| Real)
(declare-const |min 3| Real)
(declare-const |min 4| Real)
(declare-const |min 5| Real)
(assert (<= |min 1| s1))
(assert (<= |min 1| (+ s2 s3)))
(assert (or (= |min 1| s1) (= |min 1| (+ s2 s3))))
(assert (>= |max 2| s2))
(assert (>= |max 2| (+ s1 (* (- 1.0) s4))))
(assert (or (= |max 2| s2) (= |max 2| (+ s1 (* (- 1.0) s4)))))
(assert (<= |min 3| (+ s1 (* (- 1.0) s2))))
(assert (<= |min 3| s3))
(assert (or (= |min 3| (+ s1 (* (- 1.0) s2))) (= |min 3| s3)))
(assert (<= |min 4| |min 3|))
(assert (<= |min 4| s4))
(assert (or (= |min 4| |min 3|) (= |min 4| s4)))
(assert (<= |min 5| |min 4|))
(assert (<= |min 5| (+ (+ s3 s4) (* (- 1.0) (+ s1 (* (- 1.0) s2))))))
(assert (or (= |min 5| |min 4|) (= |min 5| (+ (+ s3 s4) (* (- 1.0) (+ s1 (* (- 1.0) s2)))))))
(assert (not (= (+ |min 1| (* (- 1.0) |max 2|)) |min 5|)))
(check-sat)
(exit)

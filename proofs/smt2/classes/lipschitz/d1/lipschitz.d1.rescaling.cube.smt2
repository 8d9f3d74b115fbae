(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/lipschitz/d1/lipschitz.d1.rescaling.cube|)
(set-info :status unsat)
; obligation: lipschitz.d1.rescaling.cube
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-4.first-inequality (printed), theorem-4.second-inequality (printed, repaired),
;   theorem-4 (sharp), theorem-4.remark.higher-dimension (printed), theorem-4.remark.spread
;   (printed), theorem-4.remark.tight (printed), theorem-4.remark.zero (printed, sharp),
;   theorem-4.remark.zero-is-tight (printed), theorem-4.remark.steepest (printed), theorem-5
;   (printed, sharp), footnote-2.lipschitz (printed, repaired), section-b.2.dichotomy (printed),
;   remark-3.lipschitz (printed, repaired), table-1.lipschitz.epsilon (sharp),
;   table-1.lipschitz.exact (sharp), table-1.lipschitz.side (sharp)
; symbols: s1 = L, s2 = s
(declare-const s1 Real)
(declare-const s2 Real)
(assert (< 0.0 s1))
(assert (not (and (or (not (and (<= 0.0 s2) (<= s2 1.0))) (and (<= 0.0 (* s1 s2)) (<= (* s1 s2) s1))) (or (and (<= 0.0 s2) (<= s2 1.0)) (not (and (<= 0.0 (* s1 s2)) (<= (* s1 s2) s1)))))))
(check-sat)
(exit)

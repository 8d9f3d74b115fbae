(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: classes/monotone/d1/monotone.d1.necessity|)
(set-info :status unsat)
; obligation: monotone.d1.necessity
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-1.monotone (printed, sharp), theorem-2.monotone (printed), footnote-2.monotone
;   (printed), table-1.monotone.epsilon (sharp), table-1.monotone.exact (sharp),
;   table-1.monotone.side (sharp)
; symbols: s1 = x_min, s2 = x_max, s3 = f_min, s4 = f_max, s5 = x, s6 = fx
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(declare-const s5 Real)
(declare-const s6 Real)
(assert (<= 0.0 s1))
(assert (<= s1 1.0))
(assert (<= 0.0 s2))
(assert (<= s2 1.0))
(assert (<= 0.0 s3))
(assert (<= s3 s4))
(assert (<= s4 1.0))
(assert (< s3 s4))
(assert (or (and (or (not (<= s5 s1)) (<= s6 s3)) (or (not (<= s2 s5)) (<= s4 s6)) (or (not (<= s2 s1)) (<= s4 s3))) (and (or (not (<= s1 s5)) (<= s6 s3)) (or (not (<= s5 s2)) (<= s4 s6)) (or (not (<= s1 s2)) (<= s4 s3)))))
(assert (not (or (not (<= s2 s1)) (not (<= s1 s2)))))
(check-sat)
(exit)

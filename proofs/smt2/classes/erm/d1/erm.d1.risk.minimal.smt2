(set-info :smt-lib-version 2.6)
(set-logic QF_NRA)
(set-info :source |fvtheory: classes/erm/d1/erm.d1.risk.minimal|)
(set-info :status unsat)
; obligation: erm.d1.risk.minimal
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-1.erm (printed, sharp), theorem-2.erm (printed), footnote-2.erm (printed),
;   remark-3.erm (printed), table-1.erm.epsilon (sharp), table-1.erm.exact (sharp), table-1.erm.side
;   (sharp)
; symbols: s1 = f, s2 = g
(declare-const s1 Real)
(declare-const s2 Real)
(assert (<= 0.0 s1))
(assert (<= s1 1.0))
(assert (not (<= (+ (* s1 (* (+ 1.0 (* (- 1.0) s1)) (+ 1.0 (* (- 1.0) s1)))) (* (+ 1.0 (* (- 1.0) s1)) (* s1 s1))) (+ (* s1 (* (+ 1.0 (* (- 1.0) s2)) (+ 1.0 (* (- 1.0) s2)))) (* (+ 1.0 (* (- 1.0) s1)) (* s2 s2))))))
(check-sat)
(exit)

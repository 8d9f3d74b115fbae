(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: decoders/side/decoder.central-side|)
(set-info :status unsat)
; obligation: decoder.central-side
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.all (printed), theorem-2.neural-network (printed), theorem-2.erm (printed),
;   theorem-2.piecewise-affine (printed), theorem-2.monotone (printed), theorem-2.convex (printed),
;   theorem-5 (printed, sharp), theorem-7 (printed, repaired, sharp), table-1.all.side (sharp),
;   table-1.neural-network.side (sharp), table-1.erm.side (sharp), table-1.lipschitz.side (sharp),
;   table-1.piecewise-affine.side (sharp), table-1.monotone.side (sharp), table-1.convex.side
;   (sharp), table-1.affine-in-several-variables.side (sharp), table-1.affine-in-one-variable.side
;   (sharp), table-1.constant.side (sharp)
; symbols: s1 = low, s2 = f, s3 = high, s4 = middle
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(assert (<= s1 s2))
(assert (<= s2 s3))
(assert (or (<= s3 s4) (< s4 s1)))
(assert (not (and (or (not (< s4 s2)) (< s4 (* (/ 1.0 2.0) (+ s1 s3)))) (or (not (< s4 (* (/ 1.0 2.0) (+ s1 s3)))) (< s4 s2)))))
(check-sat)
(exit)

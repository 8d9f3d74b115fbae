(set-info :smt-lib-version 2.6)
(set-logic QF_LRA)
(set-info :source |fvtheory: decoders/side/decoder.two-sides|)
(set-info :status unsat)
; obligation: decoder.two-sides
; unsat proves that the hypotheses imply the goal, whose negation is the last assertion
; claims: theorem-2.all (printed), theorem-2.neural-network (printed), theorem-2.erm (printed),
;   theorem-2.piecewise-affine (printed), theorem-2.monotone (printed), theorem-2.convex (printed),
;   theorem-5 (printed, sharp), theorem-7 (printed, repaired, sharp), table-1.all.side (sharp),
;   table-1.neural-network.side (sharp), table-1.erm.side (sharp), table-1.lipschitz.side (sharp),
;   table-1.piecewise-affine.side (sharp), table-1.monotone.side (sharp), table-1.convex.side
;   (sharp), table-1.affine-in-several-variables.side (sharp), table-1.affine-in-one-variable.side
;   (sharp), table-1.constant.side (sharp)
; symbols: s1 = middle, s2 = u, s3 = v, s4 = g
(declare-const s1 Real)
(declare-const s2 Real)
(declare-const s3 Real)
(declare-const s4 Real)
(assert (and (< s1 s2) (<= s3 s1)))
(assert (not (or (not (and (or (not (< s1 s2)) (< s1 s4)) (or (not (< s1 s4)) (< s1 s2)))) (not (and (or (not (< s1 s3)) (< s1 s4)) (or (not (< s1 s4)) (< s1 s3)))))))
(check-sat)
(exit)

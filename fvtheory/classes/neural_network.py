"""Functions of ReLU networks (Table 1; F_NN in B.2: matrix products with scalar activations)."""

from __future__ import annotations

from fvtheory.classes.base import Member
from fvtheory.classes.piecewise_affine import PiecewiseAffine
from fvtheory.obligations import Obligation, valid
from fvtheory.symbols import Phi, SymbolicPoint
from fvtheory.terms import Sym, absolute, eq, maximum, minimum, relu


class NeuralNetwork(PiecewiseAffine):
    """Finite ReLU networks: the continuous piecewise affine functions (Arora et al., 2018)."""

    name = "neural-network"
    title = "neural network (NN)"
    source = "B.2, F_NN; Arora et al. 2018, Theorem 2.1"

    def prove_law(self, phi: Phi, x: SymbolicPoint, member: Member) -> list[Obligation]:
        """The three identities that write a clipped cone of the sup norm with ReLU units."""
        s, t = Sym("s"), Sym("t")
        return [
            *super().prove_law(phi, x, member),
            valid("relu.absolute-value", [], eq(absolute(s), relu(s) + relu(-s))),
            valid("relu.maximum", [], eq(maximum(s, t), s + relu(t - s))),
            valid("relu.minimum-with-one", [], eq(minimum(1, t), 1 - relu(1 - t))),
        ]

"""Networks trained by empirical risk minimization, in the limit of data (Table 1; F_ERM in B.2)."""

from __future__ import annotations

from fvtheory.classes.base import Member
from fvtheory.classes.neural_network import NeuralNetwork
from fvtheory.obligations import Obligation, valid
from fvtheory.symbols import Phi, SymbolicPoint
from fvtheory.terms import Sym, Term, eq, implies


def bernoulli_risk(prediction: Term, mean: Term) -> Term:
    """E (prediction - Y)^2 for Y ~ Bernoulli(mean): the squared loss is a Bregman loss."""
    hit, miss = 1 - prediction, prediction
    return mean * (hit * hit) + (1 - mean) * (miss * miss)


class EmpiricalRisk(NeuralNetwork):
    """Every network is a risk minimizer: X uniform, Y given X Bernoulli with mean f(X) (B.5.3).

    The minimizer is unique up to sets of measure zero, so unique among continuous functions.
    """

    name = "erm"
    title = "NN trained with ERM"
    source = "B.2, F_ERM; B.5.3, last paragraph"

    def prove_law(self, phi: Phi, x: SymbolicPoint, member: Member) -> list[Obligation]:
        f, g = Sym("f"), Sym("g")
        given = [f >= 0, f <= 1]
        best, other = bernoulli_risk(f, f), bernoulli_risk(g, f)
        return [
            *super().prove_law(phi, x, member),
            valid("risk.minimal", given, best <= other),
            valid("risk.only-minimizer", given, implies(other <= best, eq(f, g))),
        ]

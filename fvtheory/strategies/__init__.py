"""Hypothesis strategies for Φ, functions, decoders, networks and claims (extra ``[hypothesis]``).

    from hypothesis import given
    from fvtheory.strategies import functions

    @given(functions("convex", dim=2))
    def test_mine(f): ...

All numbers are exact dyadic fractions, small ones first, so that floats hold them and failing examples
shrink to something readable. Nothing is drawn and then rejected. Once the package is installed,
``st.from_type(fvtheory.MinMax)`` and the like work too: see `fvtheory._hypothesis`.
"""

from fvtheory.strategies.answers import (
    FloatDecoder,
    StretchedDecoder,
    claims,
    decoders,
    relu_modules,
    relu_networks,
)
from fvtheory.strategies.information import classes, fibers, phis
from fvtheory.strategies.kinds import exact_functions
from fvtheory.strategies.known import knowledge
from fvtheory.strategies.members import functions, pairs
from fvtheory.strategies.numbers import points

__all__ = [
    "FloatDecoder",
    "StretchedDecoder",
    "claims",
    "classes",
    "decoders",
    "exact_functions",
    "fibers",
    "functions",
    "knowledge",
    "pairs",
    "phis",
    "points",
    "relu_modules",
    "relu_networks",
]

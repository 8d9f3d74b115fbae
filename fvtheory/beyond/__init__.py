"""Beyond Φ: what other information about a function would tell.

``Knowledge`` combines information operators freely, ``family`` names a class or an intersection of classes,
and `radius`, `envelope`, `counterexample` answer as for Φ: exact in one variable, certified in several.
`average_radius` is the smallest expected error, `advise` says what to ask next; `fvtheory.beyond.numeric` has the
envelopes in floats, many at once.
"""

from fvtheory.beyond.advise import Advice, Query, advise, curve
from fvtheory.beyond.answers import (
    BeyondCounterexample,
    BeyondRadius,
    counterexample,
    envelope,
    radius,
)
from fvtheory.beyond.average import AverageRadius, average_radius
from fvtheory.beyond.densities import Density
from fvtheory.beyond.family import Family, UnsupportedError, family
from fvtheory.beyond.fiber import BeyondFiber, fiber
from fvtheory.beyond.knowledge import (
    Evaluations,
    Gradient,
    Knowledge,
    LevelPoints,
    LevelSet,
    Maximizers,
    Minimizers,
    Top,
)

__all__ = [
    "Advice",
    "AverageRadius",
    "BeyondCounterexample",
    "BeyondFiber",
    "BeyondRadius",
    "Density",
    "Evaluations",
    "Family",
    "Gradient",
    "Knowledge",
    "LevelPoints",
    "LevelSet",
    "Maximizers",
    "Minimizers",
    "Query",
    "Top",
    "UnsupportedError",
    "advise",
    "average_radius",
    "counterexample",
    "curve",
    "envelope",
    "family",
    "fiber",
    "radius",
]

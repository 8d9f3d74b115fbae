"""Exact functions [0, 1]^d -> Q that one can hold, evaluate, compare and classify.

All numbers are exact rationals; a float is refused. In JSON a function is an object with a "kind"
and the keys of that kind. Numbers are strings "p" or "p/q", points and slopes are lists of them, F
stands for a function (any object of this table) and n, j for JSON integers:

    {"kind": "piecewise-affine-1d", "knots": [["0", y], [x, y], ..., ["1", y]]}    x climbing
    {"kind": "piecewise-1d", "breakpoints": ["0", x, ..., "1"], "values": [y, ...],
     "pieces": [[limit at the left end, limit at the right end], ...]}             one an interval
    {"kind": "affine", "slope": [s, ...], "intercept": c}
    {"kind": "max-affine", "pieces": [{"slope": [s, ...], "intercept": c}, ...]}
    {"kind": "cone", "apex": [x, ...], "value": v, "slope": s}                     v + s ‖x - apex‖
    {"kind": "clip", "inner": F, "low": a, "high": b}                              a <= b
    {"kind": "min", "parts": [F, ...]}
    {"kind": "max", "parts": [F, ...]}
    {"kind": "combination", "weights": [w, ...], "parts": [F, ...]}                sum of w F
    {"kind": "lift", "inner": F, "coordinate": j, "dim": n}                        x -> F(x_j), 0 <= j < n
    {"kind": "orthant-step", "corner": [x, ...], "side": "at-least" | "at-most",
     "inside": v, "outside": w}                                                    v where x >= (<=) corner
    {"kind": "point-value", "inner": F, "point": [x, ...], "value": v}             F but for one point

A file may nest functions 64 deep and hold 10,000 functions, knots and pieces. The norm is the sup norm.
"""

from fvtheory.functions.base import Function
from fvtheory.functions.extrema import (
    Extremum,
    LevelSet,
    equal,
    has_information,
    maximum,
    minimum,
    sup_distance,
)
from fvtheory.functions.intervals import Interval, IntervalSet
from fvtheory.functions.kinds import (
    Affine,
    Clip,
    Combination,
    Cone,
    Lift,
    MaxAffine,
    Maximum,
    Minimum,
    OrthantStep,
    Piecewise1D,
    PiecewiseAffine1D,
    PointValue,
    constant,
)
from fvtheory.functions.membership import (
    is_affine,
    is_constant,
    is_continuous,
    is_convex,
    is_lipschitz,
    is_monotone,
)
from fvtheory.functions.pieces import MAX_DIM, to_piecewise_1d
from fvtheory.functions.reading import function_from_json

__all__ = [
    "MAX_DIM",
    "Affine",
    "Clip",
    "Combination",
    "Cone",
    "Extremum",
    "Function",
    "Interval",
    "IntervalSet",
    "LevelSet",
    "Lift",
    "MaxAffine",
    "Maximum",
    "Minimum",
    "OrthantStep",
    "Piecewise1D",
    "PiecewiseAffine1D",
    "PointValue",
    "constant",
    "equal",
    "function_from_json",
    "has_information",
    "is_affine",
    "is_constant",
    "is_continuous",
    "is_convex",
    "is_lipschitz",
    "is_monotone",
    "maximum",
    "minimum",
    "sup_distance",
    "to_piecewise_1d",
]

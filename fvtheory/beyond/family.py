"""Classes of functions by name, freely intersected: "lipschitz", "convex+monotone", "monotone+sparse".

A class is a union of branches; each branch is a `Gauge`, a shape, or both. Monotone functions of unknown
direction are the union of two branches, functions of at most k coordinates that of all sets of k.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb

from fvtheory.beyond.gauge import MAX, ROOT, SUM, Gauge, Slope
from fvtheory.classes import CLASSES
from fvtheory.errors import InvalidInputError, UnknownNameError
from fvtheory.exact import Rational, rational, short

FREE = ("all", "erm")
CONTINUOUS = ("continuous", "neural-network", "piecewise-affine")
SHAPES = ("convex", "concave", "quasi-convex", "affine", "additive")
ATOMS = (*FREE, *CONTINUOUS, "constant", "lipschitz", "monotone", "sparse", *SHAPES, "smooth")
NORMS = {"sup": MAX, "1": SUM, "2": ROOT}
UNKNOWN = "unknown"
ZERO = Fraction(0)
MAX_BRANCHES = 256


class UnsupportedError(InvalidInputError):
    """A combination of class and knowledge for which nothing is proved here; the message says why."""


@dataclass(frozen=True, slots=True)
class Family:
    """A class of functions [0, 1]^dim -> [0, 1].

    Attributes:
        name: atoms joined by "+": the class is their intersection.
        dim: the dimension.
        gauges: one a branch; the class is the union of its branches.
        shape: ``convex``, ``concave``, ``quasi-convex``, ``affine``, ``additive``, ``smooth`` or None.
        table_1: where the class is one of Table 1, its name there and the Lipschitz constant or None.
        curvature: for shape ``smooth``, the bounds of f''.
    """

    name: str
    dim: int
    gauges: tuple[Gauge, ...]
    shape: str | None = None
    table_1: tuple[str, Fraction | None] | None = None
    curvature: tuple[Fraction, Fraction] | None = None


def family(
    name: str,
    dim: int,
    *,
    lipschitz: Rational | None = None,
    norm: str = "sup",
    weights: Iterable[Rational] | None = None,
    signs: Sequence[int | str] | str | None = None,
    coordinates: int | None = None,
    smooth: Rational | None = None,
) -> Family:
    """The class with that name.

    Args:
        name: atoms joined by "+", of `ATOMS`. "all" and "erm" are all functions; "continuous",
            "neural-network" and "piecewise-affine" have the same envelopes as the continuous functions.
        dim: the dimension.
        lipschitz: the constant L, for the atom "lipschitz"; "unknown" for any finite L.
        norm: "sup", "1" or "2", the norm of the atom "lipschitz".
        weights: w_j > 0: the norm is max_j w_j |t_j|, Σ_j w_j |t_j| or (Σ_j w_j² t_j²)^(1/2).
        signs: for the atom "monotone", one of +, -, 0 (or 1, -1, 0) a coordinate: non-decreasing,
            non-increasing, free. Left out: non-decreasing or non-increasing in all coordinates, unknown which.
        coordinates: for the atom "sparse": f depends on at most that many coordinates, unknown which.
        smooth: the constant M > 0 of the atom "smooth", in one variable: f' is M-Lipschitz.

    Raises:
        UnknownNameError: for an unknown atom.
        UnsupportedError: for shapes with the 2-norm, smooth functions and shapes that do not intersect here.
        InvalidInputError: for missing or needless options, or options out of range.
    """
    atoms = name.split("+")
    for atom in atoms:
        if atom not in ATOMS:
            raise UnknownNameError(f"class {short(name)}", f"atoms joined by +, of {', '.join(ATOMS)}")
    if len(set(atoms)) < len(atoms):
        raise InvalidInputError(f"class {name!r}", "each atom once")
    for atom, option, value in (
        ("lipschitz", "lipschitz", lipschitz),
        ("monotone", "signs", signs),
        ("sparse", "coordinates", coordinates),
        ("smooth", "smooth", smooth),
    ):
        if value is not None and atom not in atoms:
            raise InvalidInputError(f"class {name!r} with {option}", f"the atom {atom}, or no {option}")
    for atom, option, value in (
        ("lipschitz", "lipschitz", lipschitz),
        ("sparse", "coordinates", coordinates),
        ("smooth", "smooth", smooth),
    ):
        if atom in atoms and value is None:
            raise InvalidInputError(
                f"class {name!r} without {option}",
                f"{option} for the atom {atom}",
                f"--{option}, or the key {option} in a file",
            )
    if "lipschitz" not in atoms and (norm != "sup" or weights is not None):
        raise InvalidInputError(f"class {name!r} with a norm", "the atom lipschitz, or no norm")
    shapes = [atom for atom in atoms if atom in SHAPES]
    if len(shapes) > 1:
        raise UnsupportedError(
            f"class {name!r}",
            "at most one of " + ", ".join(SHAPES),
            "affine is that of convex and concave; other intersections of shapes are not worked out here",
        )
    curvature = _curvature(name, dim, smooth, shapes) if smooth is not None else None
    gauges = _gauges(atoms, dim, lipschitz, norm, weights, signs, coordinates)
    if shapes == ["quasi-convex"] and any({*g.up, *g.down} != {None} for g in gauges):
        raise UnsupportedError(
            f"class {name!r}",
            "quasi-convex alone",
            "its level sets and a rate couple in a way that is not linear",
        )
    if shapes and any(g.combine == ROOT for g in gauges):
        raise UnsupportedError(
            f"class {name!r} with the 2-norm",
            "the sup norm or the 1-norm with shapes, or a class of rates",
            "envelopes of shapes are linear programs, and a rate in the 2-norm is none",
        )
    plain = signs is None and weights is None and norm == "sup" and lipschitz != UNKNOWN and name in CLASSES
    table_1 = (name, None if lipschitz is None else rational(lipschitz)) if plain else None
    shape = shapes[0] if shapes else None
    return Family(name, dim, gauges, "smooth" if curvature else shape, table_1, curvature)


def _curvature(
    name: str, dim: int, smooth: Rational, shapes: Sequence[str]
) -> tuple[Fraction, Fraction] | None:
    """The bounds of f'' in one variable; None for affine functions, which are as smooth as can be."""
    most = rational(smooth, "smooth")
    if most <= 0:
        raise InvalidInputError(f"smooth = {short(most)}", "a constant of smoothness above 0")
    if dim > 1:
        raise UnsupportedError(
            f"class {name!r} in {dim} variables",
            "smooth functions of one variable",
            "in several variables interpolation conditions are quadratic in the unknown gradients, and no bounds are "
            "certified here",
        )
    if shapes == ["affine"]:
        return None
    if shapes in (["quasi-convex"], ["additive"]):
        raise UnsupportedError(
            f"class {name!r}",
            "smooth alone or with convex, concave, monotone, lipschitz",
            "the valley of a quasi-convex function is at one of infinitely many places"
            if shapes == ["quasi-convex"]
            else "in one variable additive says nothing",
        )
    return ZERO if shapes == ["convex"] else -most, ZERO if shapes == ["concave"] else most


def _gauges(
    atoms: list[str],
    dim: int,
    lipschitz: Rational | None,
    norm: str,
    weights: Iterable[Rational] | None,
    signs: Sequence[int | str] | str | None,
    coordinates: int | None,
) -> tuple[Gauge, ...]:
    rates: list[Slope] = [None] * dim
    continuous = any(atom in CONTINUOUS for atom in atoms)
    if "lipschitz" in atoms:
        if lipschitz == UNKNOWN:
            continuous = True
        else:
            rates = list(_rates(lipschitz, weights, dim))
    if norm not in NORMS:
        raise UnsupportedError(
            f"norm {short(norm)}",
            f"one of {', '.join(NORMS)}",
            "bound a norm between these, such as ‖t‖_sup <= ‖t‖_p <= ‖t‖_1",
        )
    combine = NORMS[norm] if dim > 1 else MAX  # in one variable all norms agree
    if "constant" in atoms:
        rates, continuous = [Fraction(0)] * dim, False
    directions = _directions(signs, dim) if "monotone" in atoms else [[0] * dim]
    kept: list[tuple[int, ...]] = [tuple(range(dim))]
    if "sparse" in atoms:
        if type(coordinates) is not int or not 0 <= coordinates <= dim:
            raise InvalidInputError(f"coordinates = {short(coordinates)}", f"an integer from 0 to {dim}")
        if comb(dim, coordinates) > MAX_BRANCHES:
            raise InvalidInputError(
                f"{comb(dim, coordinates)} sets of {coordinates} coordinates", f"at most {MAX_BRANCHES} sets"
            )
        kept = list(combinations(range(dim), coordinates))
    found = []
    for direction in directions:
        for subset in kept:
            up = tuple(r if j in subset and direction[j] >= 0 else ZERO for j, r in enumerate(rates))
            down = tuple(r if j in subset and direction[j] <= 0 else ZERO for j, r in enumerate(rates))
            found.append(Gauge(up, down, combine, continuous))
    return tuple(dict.fromkeys(found))


def _rates(lipschitz: Rational | None, weights: Iterable[Rational] | None, dim: int) -> Iterable[Fraction]:
    rate = rational(lipschitz, "lipschitz")  # type: ignore[arg-type]
    if rate <= 0:
        raise InvalidInputError(f"lipschitz = {short(rate)}", "a Lipschitz constant above 0")
    found = [Fraction(1)] * dim if weights is None else [rational(w, "weight") for w in weights]
    if len(found) != dim or any(w <= 0 for w in found):
        raise InvalidInputError(f"{len(found)} weights", f"{dim} weights above 0")
    return [rate * w for w in found]


def _directions(signs: Sequence[int | str] | str | None, dim: int) -> list[list[int]]:
    if signs is None:
        return [[1] * dim, [-1] * dim]
    words = signs.split(",") if isinstance(signs, str) and "," in signs else list(signs)
    meaning: dict[int | str, int] = {"+": 1, "-": -1, "0": 0, 1: 1, -1: -1, 0: 0, "1": 1, "-1": -1}
    if len(words) != dim or any(word not in meaning for word in words):
        raise InvalidInputError(f"signs {short(signs)}", f"{dim} signs, each of +, -, 0")
    return [[meaning[word] for word in words]]

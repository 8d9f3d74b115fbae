"""What every class needs when ties of extrema are read as ``first`` or ``unique``.

The fiber shrinks to the functions whose extremal sets are as the convention says. The central
decoder is still good for it. A member of the smaller fiber, mixed in with an arbitrarily small
weight, turns any member of the larger one into a member of the smaller one (`mixtures`); so the
radius stays the same. What can change is whether, for every decoder, some function reaches it:

* an *anchor* is a fixed member of the smaller fiber that comes as close as one likes to a distance
  of 2R from an envelope; then the bound is reached for every decoder (``decoder.anchored`` in
  `fvtheory.statements`);
* the bound is *missed* when the central decoder is off by less than R at every point: functions and
  decoder being continuous and the cube compact, it then is off by less than R on every function.

On the side question nothing changes: mixing keeps a value above the midpoint there, and one below it
too; a value at the midpoint is kept if the member mixed in is not above it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fvtheory.obligations import Obligation, valid
from fvtheory.symbols import (
    Phi,
    SymbolicFunction,
    SymbolicPoint,
    different_points,
    distance,
    has_information,
    lexicographically_before,
    symbolic_point,
)
from fvtheory.terms import Formula, Sym, Term, absolute, eq, every, implies, ite, relu

SLACK = Sym("slack")
SMALL = (SLACK > 0, SLACK + SLACK <= 1)


def strict_at(phi: Phi, x: SymbolicPoint, fx: Term, convention: str) -> tuple[Formula, Formula]:
    """What the convention says of the value fx at x: strictly inside (f_min, f_max) off the extrema."""
    off = different_points if convention == "unique" else lexicographically_before
    return implies(off(x, phi.x_min), fx > phi.f_min), implies(off(x, phi.x_max), fx < phi.f_max)


def constants(phi: Phi, convention: str) -> Iterator[Obligation]:
    """A constant has no unique extremum, and its first ones are at the origin."""
    y = symbolic_point("y", phi.dim)
    if convention == "unique":
        far = tuple(ite(c <= phi.edge / 2, phi.edge, 0) for c in phi.x_min)
        yield valid("constant", phi.domain(), every([*phi.in_cube(far), different_points(far, phi.x_min)]))
        return
    origin = tuple(c * 0 for c in phi.x_min)
    for name, p in (("x_min", phi.x_min), ("x_max", phi.x_max)):
        at_origin = every(eq(c, 0) for c in p)
        given = [*phi.domain(), *phi.in_cube(y)]
        yield valid(f"constant.{name}", [*given, ~lexicographically_before(origin, p)], at_origin)
        yield valid(f"constant.{name}.first", [*given, at_origin], ~lexicographically_before(y, p))


def mixtures() -> Iterator[Obligation]:
    """(1 - share)*f + share*h keeps the law of the class, is strict where h is, and is close to f."""
    share, u, v, h = Sym("share"), Sym("u"), Sym("v"), Sym("h")
    p, q, r, s, low = Sym("p"), Sym("q"), Sym("r"), Sym("s"), Sym("low")
    weight = [share > 0, share < 1]

    def mix(f: Term, g: Term) -> Term:
        return (1 - share) * f + share * g

    yield valid("mixture.law", [*weight, p <= q, r <= s], mix(p, r) <= mix(q, s))
    yield valid("mixture.strict", [*weight, low <= u, low < h], low < mix(u, h))
    yield valid("mixture.value", [*weight, eq(u, low), eq(h, low)], eq(mix(u, h), low))
    close = mix(u, h) - mix(v, h) >= u - v - share
    yield valid("mixture.separation", [*weight, u - v <= 1, u >= v], close)


def two_cones(phi: Phi) -> SymbolicFunction:
    """The midpoint value, with a cone up to x_max and one down to x_min; unique extrema.

    Lengths are in a unit in which the slope is 1 and the spread at most the distance of the extrema.
    """

    def value(y: SymbolicPoint) -> Term:
        peak, pit = (relu(phi.spread / 2 - distance(y, p)) for p in (phi.x_max, phi.x_min))
        return phi.middle + peak - pit

    return value


def near(p: SymbolicPoint, edge: Term, length: Term = SLACK) -> SymbolicPoint:
    """p with its first coordinate moved by at most the length, within [0, edge]."""
    step = ite(length <= edge / 2, length, edge / 2)
    return (ite(p[0] <= edge / 2, p[0] + step, p[0] - step), *p[1:])


def information(
    name: str, given: Iterable[Formula], f: SymbolicFunction, phi: Phi, convention: str
) -> Obligation:
    """f has the information Φ under the convention."""
    y = symbolic_point("y", phi.dim)
    return valid(f"{name}.information", [*given, *phi.in_cube(y)], has_information(f, phi, y, convention))


def lipschitz_law(name: str, given: Iterable[Formula], f: SymbolicFunction, phi: Phi) -> Obligation:
    """f changes by at most the distance."""
    y, z = symbolic_point("y", phi.dim), symbolic_point("z", phi.dim)
    return valid(f"{name}.lipschitz", [*given, *phi.in_cube(y, z)], f(y) - f(z) <= distance(y, z))


def monotone_law(
    name: str, given: Iterable[Formula], f: SymbolicFunction, phi: Phi, rising: bool
) -> Obligation:
    """f is non-decreasing, or non-increasing."""
    y, z = symbolic_point("y", phi.dim), symbolic_point("z", phi.dim)
    order = every(s <= t for s, t in zip(y, z, strict=True))
    goal = f(y) <= f(z) if rising else f(z) <= f(y)
    return valid(f"{name}.monotone", [*given, *phi.in_cube(y, z), order], goal)


def missed(
    phi: Phi, given: Iterable[Formula], envelope: tuple[Term, Term], radius: Term, convention: str
) -> Obligation:
    """The central decoder is off by less than the radius at x."""
    x, fx = symbolic_point("x", phi.dim), Sym("fx")
    lower, upper = envelope
    within = [*phi.in_cube(x), lower <= fx, fx <= upper, *strict_at(phi, x, fx, convention)]
    return valid("missed", [*given, *within], absolute(fx - (lower + upper) / 2) < radius)

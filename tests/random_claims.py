"""Random claims with known truth, for the engine that decides a user's claims.

Each claim speaks of a few pinned Φ (its ``when`` lists them) and of a free-form bound, scaled so that it
holds or fails by a chosen slack at the Φ that matters. The truth comes from the exact enumeration in
`mutants.closed_forms`; the linear programs of `linear_programs` confirm the errors it uses. Neither
shares code with the package.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from mutants.closed_forms import Info, radius, samples

CLASSES = ("all", "neural-network", "erm", "lipschitz", "piecewise-affine", "monotone", "convex", "affine")
SLACKS = (Fraction(0), *(Fraction(1, 10**k) for k in (1, 2, 3, 4, 5, 6)))

AT_LEAST, AT_MOST = "every-decoder-errs-at-least", "some-decoder-errs-at-most"


@dataclass(frozen=True)
class RandomClaim:
    """A claim as an entry of a claim file, and whether it is true."""

    toml: str
    true: bool
    cls: str
    informations: tuple[Info, ...]


Template = tuple[str, Callable[[Info], Fraction]]


def templates(dim: int, with_lipschitz: bool) -> list[Template]:
    """Free-form bounds, positive for Δ > 0, as text and as a function."""
    a, b = ("x_min", "x_max") if dim == 1 else ("x_min[0]", "x_max[0]")
    spread = "(f_max - f_min)"
    found: list[Template] = [
        (spread, lambda p: p.spread),
        (f"{spread}/2", lambda p: p.spread / 2),
        (f"{spread}*(1 + {a})/3", lambda p: p.spread * (1 + p.a[0]) / 3),
        (f"{spread}*max({a}, 1 - {a})", lambda p: p.spread * max(p.a[0], 1 - p.a[0])),
        (
            f"min({spread}, 1/2 + abs({a} - {b}))",
            lambda p: min(p.spread, Fraction(1, 2) + abs(p.a[0] - p.b[0])),
        ),
        (f"{spread}/(1 + {b}*{b})", lambda p: p.spread / (1 + p.b[0] * p.b[0])),
        (f"(f_max*f_max - f_min*f_min + {spread})/4", lambda p: (p.M**2 - p.m**2 + p.spread) / 4),
    ]
    if with_lipschitz:
        found += [
            (f"min({spread}, L)", lambda p: min(p.spread, p.L)),
            (f"L*(1/4 + max({a}, 1 - {a}))", lambda p: p.L * (Fraction(1, 4) + max(p.a[0], 1 - p.a[0]))),
        ]
    return found


def pinned(p: Info, with_lipschitz: bool) -> str:
    """The condition that Φ is this one."""
    parts = []
    for name, point in (("x_min", p.a), ("x_max", p.b)):
        for j, c in enumerate(point):
            parts.append(f"{name} == {c}" if p.dim == 1 else f"{name}[{j}] == {c}")
    parts += [f"f_min == {p.m}", f"f_max == {p.M}"]
    if with_lipschitz:
        parts.append(f"L == {p.L}")
    return "(" + " and ".join(parts) + ")"


def random_claims(count: int, seed: int) -> Iterator[RandomClaim]:
    """Claims over all classes and d = 1, 2; about half of them true, slack from 1/10 down to 10^-6."""
    rng = random.Random(seed)
    number = 0
    while number < count:
        cls, dim = rng.choice(CLASSES), rng.choice((1, 1, 2))
        found = samples(cls, dim, rng.randrange(10**9), 6)
        informations = [p for p, _, _ in found if p.spread > 0][: rng.randint(1, 3)]
        errors = [radius(cls, p) for p in informations]
        kind = rng.choice((AT_LEAST, AT_MOST))
        if not errors or (kind == AT_MOST and max(errors) == 0):
            continue
        text, bound = rng.choice(templates(dim, cls == "lipschitz"))
        ratios = [e / bound(p) for e, p in zip(errors, informations, strict=True)]
        best = min(ratios) if kind == AT_LEAST else max(ratios)
        slack, up = rng.choice(SLACKS), rng.random() < 0.5
        factor = best * (1 + slack) if up else best * (1 - slack)
        if best == 0:
            factor = slack
        true = factor <= best if kind == AT_LEAST else factor >= best
        when = " or ".join(pinned(p, cls == "lipschitz") for p in informations)
        lines = [
            "[[claim]]",
            f'id = "random-{number}"',
            f'class = "{cls}"',
            f"dim = {dim}",
            'question = "value"',
            f'kind = "{kind}"',
            f'bound = "{factor}*{text}"' if factor.denominator == 1 else f'bound = "({factor})*{text}"',
            f'when = "{when}"',
        ]
        if cls == "lipschitz":
            lines.append('lipschitz = "L"')
        yield RandomClaim("\n".join(lines), true, cls, tuple(informations))
        number += 1

"""What the claims of the paper and the obligations of the classes say, apart from how they are written: at
pinned points, how often hypotheses hold, conclusions, and both. A formula may be respelled freely; a change
of meaning shows. After a change that is meant, run this file as a program for the new table."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from fractions import Fraction as Q
from pathlib import Path

import pytest

from fvtheory.claims import claims_of
from fvtheory.claims.claim import Claim
from fvtheory.classes import TABLE_1, get_class
from fvtheory.information import CONVENTIONS
from fvtheory.obligations import Obligation, valid
from fvtheory.statements import RadiusStatement, sentence
from fvtheory.terms import Formula, Sym, UndefinedTerm, evaluate, every

TABLE = Path(__file__).with_name("meanings.txt")
COUNT = 40
VALUES = [Q(v) for v in ("0", "0", "1", "1", "1/2", "1/2", "1/3", "2/3", "1/4", "3/4")]
ANY = [Q(v) for v in ("1/2", "1", "1", "3/2", "2", "3", "0", "-1", "1/3")]
CORNERS = [Q(0), Q(1)]
OUTSIDE = [Q(v) for v in ("-2", "-1", "-1/2", "0", "1", "3/2", "3")]
INSIDE = ("x", "y", "z", "f", "u", "v", "low", "high", "middle")


def point(names: tuple[str, ...], i: int) -> dict[str, Q]:
    """The values of the symbols at the i-th point; those of one symbol do not depend on the others.

    Of four points, one has coordinates and values of functions outside of [0, 1], and one has both extrema
    in corners of the cube."""
    drawn = {}
    for name in names:
        inside = (OUTSIDE, CORNERS if name.startswith("x_m") else VALUES, VALUES, VALUES)[i % 4]
        source = random.Random(f"{name} {i}")
        drawn[name] = source.choice(inside if name.startswith(INSIDE) else ANY)
    if i % 2 and drawn.get("f_min", 0) > drawn.get("f_max", 0):
        drawn["f_min"], drawn["f_max"] = drawn["f_max"], drawn["f_min"]
    return drawn


def holds(formula: Formula, values: dict[str, Q]) -> bool | None:
    try:
        return evaluate(formula, values)
    except UndefinedTerm:
        return None


def parts(claim: Claim) -> Iterator[Obligation]:
    """What decides the claim, under its own convention and under the strictest."""
    for convention in dict.fromkeys((claim.convention, "unique")):
        plan = claim.statement.plan(convention)
        yield from (*plan.conjuncts, *plan.sufficient, *plan.defined)
        if not isinstance(claim.statement, RadiusStatement):
            yield from plan.support


def counts(obligations: Iterable[Obligation]) -> str:
    """How often hypotheses, conclusions and both hold."""
    counts = [0, 0, 0]
    for o in obligations:
        given = every(o.hypotheses)
        for i in range(COUNT):
            values = point(o.symbols, i)
            before, after = holds(given, values), holds(o.goal, values)
            counts[0] += bool(before)
            counts[1] += bool(after)
            counts[2] += bool(before and after)
    return " ".join(map(str, counts))


def meaning(claim: Claim) -> str:
    """The dimensions of a claim about a class, and the counts."""
    dims = claim.statement.dims if isinstance(claim.statement, RadiusStatement) else ()
    return f"{','.join(map(str, dims)) or '-'} {counts(parts(claim))}"


def owed(name: str, dim: int) -> list[Obligation]:
    """What a class proves, under any convention."""
    return list(dict.fromkeys(o for c in CONVENTIONS for o in get_class(name).obligations(dim, c)))


def table() -> dict[tuple[str, str], str]:
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        name, variant, words = line.split(maxsplit=2)
        found[name, variant] = words
    return found


CLAIMS = claims_of("geirhos2024")


KEYS = [(name, str(dim)) for name in TABLE_1 for dim in (1, 2)]


def test_every_claim_and_class_is_in_the_table():
    assert list(table()) == [*((c.id, c.variant) for c in CLAIMS), *KEYS]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: f"{c.id}-{c.variant}")
def test_the_meaning_of_a_claim(claim):
    assert meaning(claim) == table()[claim.id, claim.variant]


@pytest.mark.parametrize(("name", "dim"), [pytest.param(*key, id="-".join(key)) for key in KEYS])
def test_the_meaning_of_what_a_class_proves(name, dim):
    assert counts(owed(name, int(dim))) == table()[name, dim]


def test_a_change_of_meaning_shows_and_a_respelling_does_not():
    x, y = Sym("x"), Sym("y")

    def said(hypothesis: Formula, goal: Formula) -> str:
        return meaning(Claim("c", "printed", "s", "t", sentence("s", [hypothesis], goal)))

    first = said(x <= y, x < 1)
    assert said(~(y < x), ~(x >= 1)) == first
    for other in ((x < y, x < 1), (x <= y, x <= 1), (x <= y, x < Q(1, 2)), (y <= x, x < 1), (x <= y, y < 1)):
        assert said(*other) != first
    assert meaning(Claim("c", "printed", "s", "t", sentence("s", [], 1 / x > 0)))  # undefined at 0: no value
    assert holds(valid("o", [], 1 / x > 0).goal, {"x": Q(0)}) is None


if __name__ == "__main__":
    rows = [f"{c.id} {c.variant} {meaning(c)}\n" for c in CLAIMS]
    rows += [f"{name} {dim} {counts(owed(name, int(dim)))}\n" for name, dim in KEYS]
    TABLE.write_text("".join(rows), encoding="utf-8")

"""A verdict depends on what a statement says: not on names, order, units, or on what the claim is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

from fvtheory import terms as t
from fvtheory.claims import claims_of
from fvtheory.claims.claim import Claim
from fvtheory.obligations import Obligation, conclusions
from fvtheory.statements import RadiusStatement, Universal
from fvtheory.verification import verify_claims

CLAIMS = [
    ("lemma-1", "printed"),
    ("lemma-2.gate", "printed"),
    ("lemma-2.k", "repaired"),
    ("lemma-3", "printed"),
    ("lemma-4", "printed"),
    ("proposition-1", "printed"),
    ("proposition-1", "sharp"),
    ("theorem-1.proof.pair", "printed"),
    ("theorem-1.proof.reflection", "printed"),
    ("theorem-2.convex", "printed"),
    ("theorem-3.proof.reflected-pair", "printed"),
    ("theorem-3.proof.cases", "printed"),
    ("theorem-4", "sharp"),
    ("theorem-4.second-inequality", "printed"),
    ("theorem-4.proof.second-pair.information", "printed"),
    ("theorem-6", "printed"),
    ("theorem-7", "repaired"),
    ("section-4.1.closer", "printed"),
]

Change = Callable[[Obligation], Obligation]


def claim_of(key: tuple[str, str]) -> Claim:
    (claim,) = (c for c in claims_of("geirhos2024") if (c.id, c.variant) == key)
    return claim


def mapped(o: Obligation, change) -> Obligation:
    return replace(o, hypotheses=tuple(change(h) for h in o.hypotheses), goal=change(o.goal))


def renamed(prefix: str) -> Change:
    """Every symbol renamed, so that the new names sort in the reverse order."""

    def change(o: Obligation) -> Obligation:
        names = sorted(o.symbols, reverse=True)
        new = {name: f"{prefix}{i}" for i, name in enumerate(names)}
        plain = mapped(o, lambda f: t.substitute(f, {old: t.Sym(name) for old, name in new.items()}))
        if o.rescaling is None:
            return plain
        lengths = frozenset(new[name] for name in o.rescaling.lengths)
        return replace(
            plain, rescaling=replace(o.rescaling, unit=t.Sym(new[o.rescaling.unit.name]), lengths=lengths)
        )

    return change


def rotated_names(o: Obligation) -> Obligation:
    """The symbols exchanged among themselves, in a ring."""
    names = o.symbols
    new = {name: t.Sym(names[(i + 1) % len(names)]) for i, name in enumerate(names)}
    plain = mapped(o, lambda f: t.substitute(f, new))
    if o.rescaling is None:
        return plain
    lengths = frozenset(new[name].name for name in o.rescaling.lengths)
    return replace(plain, rescaling=replace(o.rescaling, unit=new[o.rescaling.unit.name], lengths=lengths))


def reordered(o: Obligation) -> Obligation:
    return replace(o, hypotheses=tuple(reversed(o.hypotheses)))


def repeated(o: Obligation) -> Obligation:
    """Every hypothesis twice, the second time inside one conjunction."""
    return replace(o, hypotheses=(*o.hypotheses, t.And(o.hypotheses)))


def multiplied(factor: Fraction) -> Change:
    """Both sides of every comparison times a positive constant."""

    def visit(node, parts):
        if isinstance(node, (t.Le, t.Lt, t.Eq)):
            return type(node)(*(t.Mul(t.Const(factor), p) for p in parts))
        return t.rebuild(node, parts)

    return lambda o: mapped(o, lambda f: t.fold(f, visit))


def contradicted(o: Obligation) -> Obligation:
    """The goal as a double negation, the comparisons p <= q as not q < p."""

    def visit(node, parts):
        if isinstance(node, t.Le):
            return t.Not(t.Lt(parts[1], parts[0]))
        if isinstance(node, t.Lt):
            return t.Not(t.Le(parts[1], parts[0]))
        return t.rebuild(node, parts)

    plain = mapped(o, lambda f: t.fold(f, visit))
    return replace(plain, goal=t.Not(t.Not(plain.goal)))


def substituted(o: Obligation, new: dict[str, t.Term]) -> Obligation:
    return mapped(o, lambda f: t.substitute(f, new))


def affine_values(o: Obligation) -> Obligation:
    """f_min and f_max written as the image of others under v -> 1/4 + v/2: a change of variables."""
    values = [name for name in o.symbols if name in ("f_min", "f_max")]
    return substituted(o, {name: Fraction(1, 4) + t.Sym(name) / 2 for name in values})


def mirrored_points(o: Obligation) -> Obligation:
    """Every coordinate c written as 1 - c; a change of variables."""
    points = [name for name in o.symbols if name.split("[")[0] in ("x_min", "x_max", "x", "y")]
    return substituted(o, {name: 1 - t.Sym(name) for name in points})


CHANGES: dict[str, Change] = {
    "renamed": renamed("q"),
    "renamed-with-quotes": renamed("s p "),
    "rotated-names": rotated_names,
    "reordered": reordered,
    "repeated": repeated,
    "multiplied": multiplied(Fraction(3, 7)),
    "multiplied-by-1000": multiplied(Fraction(1000)),
    "contradicted": contradicted,
    "affine-values": affine_values,
    "mirrored-points": mirrored_points,
}


def sentences_of(claim: Claim) -> Universal:
    """The statement as closed sentences over the reals, its lemmas beside them."""
    plan = claim.statement.plan(claim.convention)
    return Universal(lambda convention: conclusions(plan.conjuncts), lambda convention: plan.support)


def changed(claim: Claim, name: str, change: Change) -> Claim:
    statement = sentences_of(claim)
    altered = Universal(lambda c: [change(o) for o in statement.conjuncts(c)], statement.support)
    return replace(claim, id=f"{claim.id}.{name}", statement=altered)


def retitled(claim: Claim) -> Claim:
    return replace(
        claim, id="theorem-0", text="no words", source="nowhere", cls="", fidelity="exact", delta=""
    )


def relabelled(claim: Claim) -> Claim:
    """The variant says nothing about the verdict."""
    return replace(claim, variant="repaired" if claim.variant != "repaired" else "printed")


def respelled(claim: Claim) -> Claim:
    """A statement about decoders with bound, condition and dimensions spelled differently."""
    s = claim.statement
    if not isinstance(s, RadiusStatement):
        return claim
    when, bound = s.when, s.bound
    new = replace(s, when=lambda phi: when(phi) & t.TRUE & when(phi), dims=tuple(reversed(s.dims)))
    return replace(
        claim, statement=new if bound is None else replace(new, bound=lambda phi: (3 * bound(phi)) / 3)
    )


FORMS = {"retitled": retitled, "relabelled": relabelled, "respelled": respelled}
KEYS = [(claim, form) for claim in CLAIMS for form in ("as-printed", *FORMS, *CHANGES)]


def form_of(key: tuple[str, str], form: str) -> Claim:
    claim = claim_of(key)
    if form == "as-printed":
        return claim
    return FORMS[form](claim) if form in FORMS else changed(claim, form, CHANGES[form])


@pytest.fixture(scope="module")
def verdicts() -> dict[tuple[tuple[str, str], str], str]:
    results = verify_claims([form_of(*key) for key in KEYS], seconds_a_query=20).claims
    return {key: result.status for key, result in zip(KEYS, results, strict=True)}


@pytest.mark.parametrize("form", [*FORMS, *CHANGES])
@pytest.mark.parametrize("key", CLAIMS, ids=".".join)
def test_verdict_is_kept(verdicts, key, form):
    assert verdicts[key, form] == verdicts[key, "as-printed"]


def test_both_verdicts_occur(verdicts):
    assert {verdicts[key, "as-printed"] for key in CLAIMS} == {"PROVED", "REFUTED"}


def test_a_mistake_in_the_change_of_variables_would_show():
    """The changes do alter what solvers are asked."""
    o = claim_of(("proposition-1", "printed")).statement.plan("any-selection").conjuncts[0]
    for name, change in CHANGES.items():
        assert change(o) != o, name

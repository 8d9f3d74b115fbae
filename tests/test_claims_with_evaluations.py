"""Claims that know evaluations, or numbers, in place of Φ: the proofs, the verdicts, and what is refused."""

from __future__ import annotations

import json
import pickle
import random
from fractions import Fraction as F
from itertools import pairwise

import pytest

from fvtheory.beyond import (
    Evaluations,
    Knowledge,
    Maximizers,
    Minimizers,
    UnsupportedError,
    envelope,
    family,
    radius,
)
from fvtheory.checkers.pool import SolverPool
from fvtheory.checkers.verdict import decide as put_to_solvers
from fvtheory.checkers.verdict import judge
from fvtheory.claim_files import CLAIM_SETS, UserClaim, check, claims_of_set, parse_claims, replay
from fvtheory.claim_files import known as known_module
from fvtheory.cli import main
from fvtheory.errors import InvalidInputError, UnknownNameError
from fvtheory.interpolation import INTERPOLATIONS, Datum, get_interpolation
from fvtheory.interpolation import data as data_module
from fvtheory.interpolation.convex import Convex
from fvtheory.interpolation.data import EVALUATION, MAXIMIZER, MINIMIZER, data_of
from fvtheory.interpolation.lipschitz import Lipschitz
from fvtheory.interpolation.monotone import Monotone
from fvtheory.notation.smtlib import script
from fvtheory.terms import ONE, Const, Max, Min, evaluate, every, minimum
from fvtheory.verification import verify_claims

SETS = [name for name in CLAIM_SETS if name != "instructive"]
SECONDS = 20


# ---- proofs ----------------------------------------------------------------------------------------


def verdicts(obligations) -> dict[str, str]:
    return {result.name: result.status for result in put_to_solvers(obligations, SECONDS, jobs=2)}


@pytest.mark.parametrize(("name", "size"), [("all", 2), ("convex", 1)])
def test_interpolation_is_proved_for_all_data(name, size):
    """The sets that ship have others proved."""
    found = verdicts(INTERPOLATIONS[name].obligations(size))
    assert {n: s for n, s in found.items() if s != "PROVED"} == {}


def half_width(self, data, i):
    return HONEST[type(self)].width(self, data, i) / 2


def double_width(self, data, i):
    return HONEST[type(self)].width(self, data, i) * 2


class WithoutExtendedChords(Convex):
    """The chords alone: floor below."""

    def _around(self, data, i, x):
        return [], super()._around(data, i, x)[1]

    def prove_extension(self, data, i, x, name):
        return super(Convex, self).prove_extension(data, i, x, name)


class OneNeighbour(Lipschitz):
    """Only the point before x counts."""

    def envelope(self, data, i, x):
        lower, upper = super().envelope(data, min(i, 1) if i else 0, x)
        return lower, upper


class Rising(Monotone):
    """Falling functions are forgotten in the envelopes."""

    def envelope(self, data, i, x):
        if 0 < i < data.size:
            return super().envelope(data, i, x)
        return (data.floor, data.values[0]) if i == 0 else (data.values[-1], data.cap)


class TooSteep(Lipschitz):
    """The condition allows twice the rate."""

    def condition(self, data):
        places = list(zip(data.points, data.values, strict=True))
        return every(
            part
            for (p, y), (q, z) in pairwise(places)
            for part in (y - z <= 2 * (q - p), z - y <= 2 * (q - p))
        )


class FlatInterpolant(Monotone):
    """The interpolant forgets the last value."""

    def interpolant(self, data, x):
        return data.values[0]


class LowInterpolant(Lipschitz):
    def interpolant(self, data, x):
        return minimum(data.cap, *(c - 1 for c in self._cones(data, x)))


HONEST = {}
for _base, _change in ((Lipschitz, half_width), (Monotone, double_width), (Convex, half_width)):
    _made = type(f"{_base.__name__}_{_change.__name__}", (_base,), {"width": _change})
    HONEST[_made] = _base

MUTANTS = [
    *((cls, "radius.gap") for cls in HONEST),
    (WithoutExtendedChords, "extension.gap-1"),
    (OneNeighbour, "extension.gap-2"),
    (Rising, "extension.gap"),
    (TooSteep, "extension.gap-1"),
    (FlatInterpolant, "member-2"),
    (LowInterpolant, "member-2"),
]


def test_classes_that_state_something_else_are_not_proved():
    asked = [(cls.__name__, o) for cls, part in MUTANTS for o in cls().obligations(2) if part in o.name]
    found: dict[str, set[str]] = {}
    with SolverPool(2, 2) as pool:
        keys = [pool.submit(script(o.asked, anonymous=True)) for _, o in asked]
        answers = pool.collect(None)
    for (name, o), key in zip(asked, keys, strict=True):
        found.setdefault(name, set()).add(judge(o, answers[key]).status)
    assert len(found) == len(MUTANTS)
    assert {name for name, statuses in found.items() if "REFUTED" not in statuses} == set()


# ---- the formulas against other code -----------------------------------------------------------------


def drawn_data(draw: random.Random, name: str):
    """(data as terms, rate, knowledge), feasible for the class."""
    while True:
        size = draw.randrange(1, 5)
        points = sorted(draw.sample([F(i, 12) for i in range(13)], size))
        values = [F(draw.randrange(13), 12) for _ in points]
        if name == "monotone":
            values.sort(reverse=draw.random() < 0.5)
        rate = draw.choice([F(1, 2), F(1), F(2), F(5)]) if name == "lipschitz" else None
        if name == "convex":
            lines = [(F(draw.randrange(-8, 9), 4), F(draw.randrange(-4, 5), 4)) for _ in range(3)]
            values = [min(F(1), max(F(0), *(s * p + c for s, c in lines))) for p in points]
        roles = [draw.choice([EVALUATION] * 4 + [MINIMIZER, MAXIMIZER]) for _ in points]
        roles = [
            r if (r != MINIMIZER or y == min(values)) else EVALUATION
            for r, y in zip(roles, values, strict=True)
        ]
        roles = [
            r if (r != MAXIMIZER or y == max(values)) else EVALUATION
            for r, y in zip(roles, values, strict=True)
        ]
        known = [Evaluations(points, values)]
        known += [Minimizers([p], y) for p, y, r in zip(points, values, roles, strict=True) if r == MINIMIZER]
        known += [Maximizers([p], y) for p, y, r in zip(points, values, roles, strict=True) if r == MAXIMIZER]
        items = [Datum(Const(p), Const(y), r) for p, y, r in zip(points, values, roles, strict=True)]
        data = data_of(items, ONE if rate is None else Const(rate))
        knowledge, cls = Knowledge(*known), family(name, 1, lipschitz=rate)
        feasible = all(evaluate(f, {}) for f in get_interpolation(name).feasible(data))
        assert feasible == radius(cls, knowledge).feasible
        if feasible:
            return data, cls, knowledge


@pytest.mark.parametrize("name", sorted(INTERPOLATIONS))
def test_formulas_agree_with_the_radius_by_breakpoints(name):
    draw, interpolation = random.Random(11), get_interpolation(name)
    for _ in range(40):
        data, cls, knowledge = drawn_data(draw, name)
        assert evaluate(interpolation.radius(data), {}) == radius(cls, knowledge).exact
        points = [evaluate(p, {}) for p in data.points]
        x = F(draw.randrange(1, 240), 241)
        i = sum(p < x for p in points)
        low, high = interpolation.envelope(data, i, Const(x))
        (found,) = envelope(cls, knowledge, [[x]]).points
        assert (evaluate(low, {}), evaluate(high, {})) == (found.lower, found.upper)


# ---- the sets that ship --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped():
    claims = [c for name in SETS for c in claims_of_set(name)]
    return check(claims, seconds_a_query=SECONDS, sharpness=False)


def test_the_sets_are_decided_as_their_authors_expect(shipped):
    found = {c.claim.id: (c.status, c.document.get("reason")) for c in shipped.claims}
    expected = {c.claim.id: c.claim.expected for c in shipped.claims}
    assert {i: status for i, (status, _) in found.items()} == expected, found
    assert len(found) >= 40


@pytest.mark.parametrize("name", SETS)
def test_each_set_has_sources_and_both_verdicts(name):
    claims = claims_of_set(name)
    assert len(claims) >= 8
    assert {c.expected for c in claims} == {"PROVED", "REFUTED"}
    assert all(c.source and c.text and (c.fidelity == "exact") == (not c.delta) for c in claims)


def test_verdicts_say_who_vouches_and_refutations_bring_functions(shipped):
    for c in shipped.claims:
        checkers = {v["checker"] for v in c.document["vouched_by"]}
        assert {"beyond"} <= checkers if c.claim.knowledge is not None else {"z3", "cvc5"} <= checkers, (
            c.claim.id
        )
        if c.status == "REFUTED" and c.claim.evaluations is not None:
            assert {"function", "functions"} & set(c.counterexample), c.claim.id
        assert all(line.isprintable() for line in c.explanation)


def test_a_refutation_that_other_code_does_not_confirm_stays_open(monkeypatch):
    (claim,) = [c for c in claims_of_set("monotone-regression") if c.id == "monotone-data.halving-for-all"]
    honest = replay.radius

    def other(cls, known):
        found = honest(cls, known)
        return type(found)(True, found.lower / 2, found.upper / 2, True, found.at, "breakpoints")

    monkeypatch.setattr(replay, "radius", other)
    (found,) = check([claim], seconds_a_query=SECONDS).claims
    assert found.status == "UNKNOWN"
    assert "the formula says" in found.document["reason"]


# ---- claims in numbers -----------------------------------------------------------------------------------

NUMBERS = {
    "id": "n",
    "class": "convex+lipschitz",
    "lipschitz": "2",
    "dim": 1,
    "question": "value",
    "kind": "some-decoder-errs-at-most",
    "bound": "7/32",
}
KNOWLEDGE = 'knowledge = { kind = "evaluations", points = [["0"], ["1"]], values = ["1/4", "1/2"] }'


def written(extra: str = "", **changes) -> str:
    entries = NUMBERS | changes
    lines = [f"{k} = {json.dumps(v)}" for k, v in entries.items() if v is not None]
    return "\n".join(["[[claim]]", *lines, extra])


def decide(text: str):
    return check(parse_claims(text, "test.toml"), seconds_a_query=SECONDS).claims[0]


def test_numbers_are_decided_by_the_exact_radius():
    least, most = "every-decoder-errs-at-least", "some-decoder-errs-at-most"
    cases = [
        (most, "7/32", "PROVED"),
        (most, "7/32 - 1/1000", "REFUTED"),
        (least, "7/32", "PROVED"),
        (least, "7/32 + 1/1000", "REFUTED"),
        (most, "7*L/64", "PROVED"),
    ]
    texts = [
        written(KNOWLEDGE, id=f"n{i}", kind=kind, bound=bound) for i, (kind, bound, _) in enumerate(cases)
    ]
    claims = check(parse_claims("\n".join(texts)), seconds_a_query=SECONDS, sharpness=False).claims
    assert [c.status for c in claims] == [status for *_, status in cases]
    for found in claims:
        assert found.document["radius"]["radius"] == "7/32"
        assert found.document["vouched_by"][0]["checker"] == "beyond"


def test_a_bound_inside_certified_bounds_stays_open(monkeypatch):
    points = [[str(F(2 * i + 1, 6)), str(F(2 * j + 1, 6))] for i in range(3) for j in range(3)]
    values = json.dumps(["1/2"] * 9)
    known = f'knowledge = {{ kind = "evaluations", points = {json.dumps(points)}, values = {values} }}'
    monkeypatch.setattr("fvtheory.claim_files.known.MAX_BOXES", 60)
    entries = {"class": "lipschitz", "lipschitz": "1", "dim": 2}
    low = decide(written(known, **entries, kind="every-decoder-errs-at-least", bound="1/10"))
    assert low.status == "PROVED"
    bounds = low.document["radius"]
    assert F(bounds["lower"]) < F(bounds["upper"])
    between = str((F(bounds["lower"]) + F(bounds["upper"])) / 2)
    kinds = ("every-decoder-errs-at-least", "some-decoder-errs-at-most")
    texts = [written(known, **entries, id=kind, kind=kind, bound=between) for kind in kinds]
    for found in check(parse_claims("\n".join(texts)), seconds_a_query=SECONDS).claims:
        assert found.status == "UNKNOWN"
        assert "and so is the bound" in found.document["reason"]


def test_bounds_of_the_radius_that_two_functions_contradict_decide_nothing(monkeypatch):
    honest = known_module._radius

    def halved(statement):
        found = honest(statement)
        return type(found)(True, found.lower / 2, found.upper / 2, True, found.at, "breakpoints")

    monkeypatch.setattr(known_module, "_radius", halved)
    found = decide(written(KNOWLEDGE, bound="1/8"))
    assert found.status == "UNKNOWN"
    assert "contradict the bounds" in found.document["reason"]


def test_smooth_functions_are_decided_by_bounds_alone_unless_functions_are_needed():
    entries = {"class": "smooth", "smooth": "3", "lipschitz": None}
    known = 'knowledge = { kind = "evaluations", points = [["0"], ["1"]], values = ["1/4", "1/2"] }'
    least, most = "every-decoder-errs-at-least", "some-decoder-errs-at-most"
    cases = [
        (most, "1/2", "PROVED"),
        (least, "1/4", "PROVED"),
        (least, "1/2", "REFUTED"),
        (most, "1/4", "UNKNOWN"),
    ]
    for kind, bound, status in cases:
        found = decide(written(known, **entries, kind=kind, bound=bound))
        assert found.status == status
    assert "no two functions" in "".join(found.explanation)


def test_a_refuted_decoder_is_explained_by_its_own_error():
    known = 'evaluations = [{ point = "0" }, { point = "1" }]'
    entries = {"class": "convex", "kind": "decoder-errs-at-most", "decoder": "y[0] + (y[1] - y[0])*x"}
    found = decide(written(known, **entries, lipschitz=None, bound="1/2"))
    assert found.status == "REFUTED"
    assert f"errs by {found.counterexample['error']}" in "".join(found.explanation)


def test_knowledge_without_a_radius_is_an_error_with_the_reason():
    square = 'knowledge = { kind = "evaluations", points = [["0", "1"]], values = ["0"] }'
    with pytest.raises(UnsupportedError, match=r"claim 'n'.*nothing bounds the envelopes"):
        decide(written(square, **{"class": "additive", "lipschitz": None, "dim": 2}))
    with pytest.raises(InvalidInputError, match="contradicts class"):
        decide(
            written('knowledge = { kind = "evaluations", points = [["0"], ["1/8"]], values = ["0", "1"] }')
        )


# ---- reading -----------------------------------------------------------------------------------------------

SYMBOLS = {"class": "lipschitz", "lipschitz": "L", "bound": "L/4"}
TWO = 'evaluations = [{ point = "1/4" }, { point = "3/4" }]'


def test_claims_with_knowledge_are_plain_data():
    for name in SETS:
        for claim in claims_of_set(name):
            assert pickle.loads(pickle.dumps(claim)) == claim
            assert hash(claim) == hash(pickle.loads(pickle.dumps(claim)))
            assert claim.id in str(claim.claim().id)
            assert str(claim)


@pytest.mark.parametrize(
    ("extra", "changes", "shown"),
    [
        ("evaluations = []", {}, "0 evaluations"),
        ("evaluations = 1", {}, "1 to 8 tables"),
        ("evaluations = [1]", {}, "evaluation 0 = 1"),
        ("evaluations = [" + "{}, " * 9 + "]", {}, "9 evaluations"),
        ('evaluations = [{ at = "0" }]', {}, "'at'"),
        ("evaluations = [{ point = 0 }]", {}, "point 0 of evaluation 0"),
        ('evaluations = [{ point = "0.5" }]', {}, "'0.5' at character 1 (point of evaluation 0)"),
        ('evaluations = [{ point = "p[0]" }]', {}, "point of evaluation 0"),
        ('evaluations = [{ point = "y[0]" }]', {}, "point of evaluation 0"),
        ('evaluations = [{ value = "y[0]" }]', {}, "value of evaluation 0"),
        ('evaluations = [{ role = "top" }]', {}, "'top'"),
        (TWO, {"bound": "f_max"}, "key bound"),
        (TWO, {"bound": "p[2]"}, "p[0] to p[1]"),
        (TWO + '\nwhen = "p[0]"', {}, "key when"),
        (TWO, {"question": "side"}, "side with evaluations"),
        (TWO, {"dim": 2}, "1 with evaluations"),
        (TWO, {"class": "constant", "lipschitz": None}, "one value says all"),
        (TWO, {"class": "affine", "lipschitz": None}, "state numbers"),
        (TWO, {"class": "convex+lipschitz"}, "convex+lipschitz"),
        (TWO + '\nconvention = "first"', {}, "first with evaluations"),
        (TWO + '\nreading = "attained"', {}, "attained with evaluations"),
        (TWO + '\ndecoder = "x"', {}, "key decoder"),
        (TWO, {"kind": "decoder-errs-at-most"}, "a decoder for the kind"),
        (TWO + '\ndecoder = "z"', {"kind": "decoder-errs-at-most"}, "key decoder"),
        (
            'evaluations = [{ point = "3/4" }, { point = "1/4" }]',
            {},
            "point 1/4 of evaluation 1 after 3/4 of",
        ),
        (
            'evaluations = [{ point = "1/2" }, {}, { point = "1/2" }]',
            {},
            "of evaluation 2 after 1/2 of evaluation 0",
        ),
        ('evaluations = [{ point = "5/4" }]', {}, "point 5/4 of evaluation 0"),
        ('decoder = "x"', {"kind": "decoder-errs-at-most"}, "errs-at-most without evaluations"),
        ("smooth = 2", {"class": "smooth", "lipschitz": None}, "'smooth' without knowledge"),
        (TWO + "\n" + KNOWLEDGE, {}, "knowledge beside evaluations"),
        ('decoder = "x"', {}, "no decoder without evaluations"),
        ('signs = "+"', {}, "no signs without knowledge"),
        ('fidelity = "related"', {}, "the difference"),
        ('delta = "d = 1"', {}, "the difference"),
        ('knowledge = "f"', {}, "a table"),
        ('knowledge = { kind = "rumour" }', {}, "'rumour'"),
        (KNOWLEDGE + '\nwhen = "0 < 1"', {"lipschitz": "2"}, "no when"),
        (KNOWLEDGE, {"lipschitz": "2", "dim": 2}, "knowledge of dimension 1"),
        (KNOWLEDGE, {"lipschitz": "2", "class": "cubic"}, "cubic"),
        (KNOWLEDGE, {"lipschitz": "2", "bound": "1/(1 - 1)"}, "key bound"),
        (KNOWLEDGE, {"lipschitz": "2", "class": "convex+concave+lipschitz"}, "at most one of"),
    ],
)
def test_what_is_wrong_is_named_with_claim_and_key(extra, changes, shown):
    with pytest.raises(InvalidInputError) as caught:
        parse_claims(written(extra, **(SYMBOLS | changes)), "mine.toml")
    assert shown in str(caught.value)
    assert "mine.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_whole_numbers_need_no_quotes():
    extra = "lipschitz = 2\nnorm = 2\n" + KNOWLEDGE
    (claim,) = parse_claims(written(extra, **(SYMBOLS | {"lipschitz": None, "bound": "1/4"})))
    assert (claim.norm, claim.lipschitz) == ("2", "2")
    smooth = "smooth = 2\n" + KNOWLEDGE
    (claim,) = parse_claims(
        written(smooth, **(SYMBOLS | {"class": "smooth", "lipschitz": None, "bound": "1/4"}))
    )
    assert claim.smooth == "2"
    with pytest.raises(InvalidInputError, match="norm True"):
        parse_claims(written(extra.replace("norm = 2", "norm = true"), **(SYMBOLS | {"lipschitz": None})))


def test_contradictory_hypotheses_and_vanishing_denominators_are_malformed():
    cases = [
        ('evaluations = [{}, { point = "p[0] - 1/4" }]', {}, "cannot be met"),
        (TWO + '\nwhen = "y[0] < y[0]"', {}, "cannot be met"),
        (TWO, {"bound": "L/(y[0] - y[1])"}, "can be zero"),
        ('evaluations = [{ point = "1/2", value = "2" }]', {}, "cannot be met"),
    ]
    texts = [
        written(extra, **(SYMBOLS | changes | {"id": f"m{i}"})) for i, (extra, changes, _) in enumerate(cases)
    ]
    claims = parse_claims("\n".join(texts))
    found = verify_claims([c.claim() for c in claims], seconds_a_query=SECONDS).claims
    for result, (_, _, shown) in zip(found, cases, strict=True):
        assert result.malformed
        assert shown in result.reason
    with pytest.raises(
        InvalidInputError, match=r"cannot be met.*ascending order in \[0, 1\].*change evaluations"
    ):
        check(claims[:1], seconds_a_query=SECONDS)


def test_numbers_are_folded_but_for_quotients_by_zero():
    folded = data_module.folded(Max(Const(F(1)), Min(Const(F(2)), Const(F(3)))))
    assert folded == Const(F(2))
    quotient = (Const(F(1)) / Const(F(0))) + Const(F(1))
    assert data_module.folded(quotient) == quotient


# ---- the command line ------------------------------------------------------------------------------------------


def test_sets_by_name_on_the_command_line(capsys, monkeypatch):
    two = [
        c for c in claims_of_set("monotone-regression") if "linear-decoder" in c.id or "equal-ends" in c.id
    ]
    asked = []
    monkeypatch.setattr("fvtheory.claim_files.claims_of_set", lambda name: asked.append(name) or two)
    assert main(["check", "--set", "monotone-regression", "--json"]) == 0
    monkeypatch.undo()
    document = json.loads(capsys.readouterr().out)
    assert asked == ["monotone-regression"]
    assert {c["status"] for c in document["claims"]} == {"PROVED", "REFUTED"}
    assert main(["check"]) == 2
    assert main(["check", "a.toml", "--set", "instructive"]) == 2
    assert main(["check", "--set", "optimal"]) == 2
    error = capsys.readouterr().err
    assert all(name in error for name in CLAIM_SETS)
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert all(name in shown.replace("- ", "-") for name in CLAIM_SETS)


def test_unknown_sets():
    with pytest.raises(UnknownNameError):
        claims_of_set("../geirhos2024")


def test_claims_from_python_and_expressions_as_points():
    claim = UserClaim(
        id="mine",
        cls="monotone",
        dim=1,
        question="value",
        kind="some-decoder-errs-at-most",
        bound="1/4",
        evaluations=({"point": "0", "value": "0"}, {"value": "1/2"}, {"point": "1", "value": "1"}),
    )
    shifted = 'evaluations = [{}, { point = "p[0] + 1/2", value = "1 - y[0]" }]'
    other = written(shifted, **{"class": "monotone", "lipschitz": None, "bound": "1/2"})
    mine, moved = check([claim, *parse_claims(other)], seconds_a_query=SECONDS).claims
    assert mine.status == moved.status == "PROVED"
    assert mine.document["sharpness"]["factor"] == "1"

"""The records of the paper's claims: complete, unambiguous, and selected by id."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from fvtheory.claims import PAPERS, claims_of, select_claims
from fvtheory.claims.claim import FIDELITIES, VARIANTS, Claim
from fvtheory.classes import CLASSES
from fvtheory.errors import InvalidInputError, UnknownNameError
from fvtheory.information import CONVENTIONS
from fvtheory.obligations import Obligation, satisfiable, valid
from fvtheory.statements import RadiusStatement, Universal, errs_at_least, half_spread, plan, sentence
from fvtheory.terms import TRUE, Sym

CLAIMS = claims_of("geirhos2024")
X = Sym("x")
STATEMENT = sentence("s", [X >= 0], X >= 0)

every_claim = pytest.mark.parametrize("claim", CLAIMS, ids=lambda c: f"{c.id}-{c.variant}")


# ---- the records --------------------------------------------------------------------------------


def test_a_variant_of_a_claim_is_there_once():
    counts = Counter((c.id, c.variant) for c in CLAIMS)
    assert [key for key, n in counts.items() if n > 1] == []
    assert len(CLAIMS) >= 100


def test_ids_of_the_contract_are_there():
    ids = {c.id for c in CLAIMS}
    assert {
        "lemma-1",
        "lemma-2.gate",
        "proposition-1",
        "theorem-1.monotone",
        "theorem-4.first-inequality",
        "theorem-4.second-inequality",
        "theorem-6.proof.origin-recovered",
    } <= ids
    for n in range(1, 9):
        assert any(re.match(rf"theorem-{n}(\.|\Z)", i) for i in ids)


@every_claim
def test_a_record_is_complete(claim):
    assert re.fullmatch(r"[a-z0-9]+([-.][a-z0-9]+)*", claim.id)
    for words in (claim.source, claim.text):
        assert words.strip() == words
        assert words
        assert "\n" not in words
    assert claim.variant in VARIANTS
    assert claim.fidelity in FIDELITIES
    assert claim.convention in CONVENTIONS
    assert claim.cls == "" or claim.cls in CLASSES
    if isinstance(claim.statement, RadiusStatement):
        assert claim.cls == claim.statement.cls


@every_claim
def test_what_is_not_exact_says_how_it_differs(claim):
    assert (claim.fidelity != "exact") == bool(claim.delta.strip())


def test_variants_say_different_things():
    texts: dict[str, list[str]] = {}
    for claim in CLAIMS:
        texts.setdefault(claim.id, []).append(claim.text)
    for name, found in texts.items():
        assert len(set(found)) == len(found), name


def test_repaired_statements_repair_a_printed_one():
    """The same sentence, or parts of it under ids below."""
    printed = {c.id for c in CLAIMS if c.variant == "printed"}
    for claim in CLAIMS:
        if claim.variant == "repaired":
            assert any(i == claim.id or i.startswith(claim.id + ".") for i in printed), claim.id


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_plans_say_what_is_proved_and_guard_it(convention):
    for claim in CLAIMS:
        found = claim.statement.plan(convention)
        assert found.conjuncts
        assert all(type(o) is Obligation for o in found.obligations)
        assert all(o.satisfiable for o in found.non_vacuity)
        assert not any(o.satisfiable for o in (*found.conjuncts, *found.support))
        guarded = {o.hypotheses for o in found.non_vacuity}
        assert all(o.hypotheses in guarded for o in found.conjuncts if o.hypotheses)


def test_statements_about_decoders_rest_on_the_proofs_of_the_class():
    for claim in CLAIMS:
        if isinstance(claim.statement, RadiusStatement):
            names = {o.name for o in claim.statement.plan("any-selection").support}
            assert any(name.startswith("decoder.") for name in names)
            for dim in claim.statement.dims:
                assert f"{claim.cls}.d{dim}.necessity" in names


# ---- selection ----------------------------------------------------------------------------------


def ids(*wanted: str) -> list[str]:
    return [c.id for c in select_claims("geirhos2024", wanted)]


def test_an_id_selects_itself_and_what_is_below_it():
    assert ids() == [c.id for c in CLAIMS]
    assert set(ids("theorem-4")) >= {"theorem-4", "theorem-4.first-inequality", "theorem-4.remark.zero"}
    assert all(i == "theorem-4" or i.startswith("theorem-4.") for i in ids("theorem-4"))
    assert set(ids("theorem-4.remark")) == {i for i in ids() if i.startswith("theorem-4.remark.")}
    assert set(ids("lemma-3")) == {"lemma-3"}


def test_a_selection_has_all_variants_in_the_order_of_the_paper_once():
    chosen = select_claims("geirhos2024", ["theorem-4", "lemma-1", "theorem-4.first-inequality", "lemma-1"])
    assert list(chosen) == [c for c in CLAIMS if re.match(r"(lemma-1|theorem-4)(\.|\Z)", c.id)]
    assert {c.variant for c in select_claims("geirhos2024", ["proposition-1"])} == {"printed", "sharp"}


@pytest.mark.parametrize(
    "wish", ["", "lemma", "lemma-", "lemma-1.", "theorem-10", "Theorem-1", "theorem-1.all.x", "*"]
)
def test_what_selects_nothing_is_refused(wish):
    for wanted in ([wish], ["lemma-1", wish]):
        with pytest.raises(UnknownNameError) as caught:
            select_claims("geirhos2024", wanted)
        assert repr(wish) in caught.value.got
        assert any(c.id in caught.value.required for c in select_claims("geirhos2024"))
        assert caught.value.remedy == "fvtheory verify --list"


@pytest.mark.parametrize("paper", ["", "geirhos", "Geirhos2024", "../geirhos2024", "geirhos2024.table_1"])
def test_papers_that_do_not_exist_are_refused(paper):
    assert PAPERS == ("geirhos2024",)
    for ask in (claims_of, select_claims):
        with pytest.raises(UnknownNameError, match="geirhos2024"):
            ask(paper)


# ---- claims that are refused --------------------------------------------------------------------


def test_a_claim_is_exact_by_default():
    claim = Claim("c", "printed", "here", "words", STATEMENT)
    assert (claim.fidelity, claim.delta, claim.convention, claim.cls) == ("exact", "", "any-selection", "")


@pytest.mark.parametrize(
    "arguments",
    [
        {"variant": "amended"},
        {"variant": ""},
        {"fidelity": "close", "delta": "d"},
        {"fidelity": "related"},
        {"fidelity": "equivalent", "delta": ""},
        {"fidelity": "exact", "delta": "d = 1 only"},
        {"convention": "last"},
        {"convention": ""},
    ],
    ids=str,
)
def test_malformed_claims_are_refused(arguments):
    with pytest.raises(InvalidInputError) as caught:
        Claim(
            **{
                "id": "c",
                "variant": "printed",
                "source": "s",
                "text": "t",
                "statement": STATEMENT,
                **arguments,
            }
        )
    assert caught.value.required


def test_claims_cannot_be_changed():
    with pytest.raises(AttributeError):
        CLAIMS[0].variant = "sharp"


# ---- plans --------------------------------------------------------------------------------------


def test_a_plan_keeps_its_parts_in_order():
    conjunct, lemma, more = valid("c", [X >= 0], X >= 0), valid("l", [], TRUE), valid("m", [X > 0], X > 0)
    found = plan([conjunct], [lemma], sufficient=[more])
    assert found.obligations == (lemma, satisfiable("c.non-vacuous", [X >= 0]), conjunct, more)
    assert Universal(lambda c: [conjunct], lambda c: [lemma]).plan("first").support == (lemma,)


def test_ties_change_what_a_lower_bound_asks():
    statement = errs_at_least("lipschitz", (1,), half_spread)
    assert statement.plan("any-selection").sufficient == ()
    assert [o.name for o in statement.plan("unique").sufficient] == ["every-decoder-errs-at-least.d1.reached"]
    assert len(statement.plan("first").support) > len(statement.plan("any-selection").support)

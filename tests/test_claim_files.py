"""Claim files: what is read, what is refused and how it is said, and the claims that ship."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, fields, replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fuzz_expressions as fuzz
from fvtheory.claim_files import UserClaim, claims_of_set, parse_claims, read_claims
from fvtheory.claim_files.claim import KINDS, OPTIONAL, QUESTIONS, READINGS, REQUIRED, VERDICTS
from fvtheory.claim_files.reading import MAX_BYTES, MAX_CLAIMS
from fvtheory.classes import CLASSES, TABLE_1
from fvtheory.errors import InvalidInputError
from fvtheory.information import CONVENTIONS
from fvtheory.statements import AT_LEAST
from fvtheory.symbols import L
from fvtheory.terms import TRUE, Const, Sym, evaluate
from fvtheory.verification import verify_claims

CONVEX = {
    "id": '"convex-half"',
    "class": '"convex"',
    "dim": "1",
    "question": '"value"',
    "kind": '"every-decoder-errs-at-least"',
    "bound": '"(f_max - f_min)/2"',
}
LIPSCHITZ = CONVEX | {"class": '"lipschitz"', "lipschitz": '"L"'}


def toml(*tables: Mapping[str, str | None], **changes: str | None) -> str:
    """A claim file; ``None`` removes a key, ``class_`` stands for class."""
    lines = []
    for table in tables or (CONVEX,):
        lines.append("[[claim]]")
        entries = {**table, **{key.rstrip("_"): value for key, value in changes.items()}}
        lines += [f"{key} = {value}" for key, value in entries.items() if value is not None]
    return "\n".join(lines)


def only(text: str) -> UserClaim:
    (claim,) = parse_claims(text, "mine.toml")
    return claim


def refusal(text: str) -> str:
    """The error for a text, after the general rules: one line that names the file."""
    with pytest.raises(InvalidInputError) as caught:
        parse_claims(text, "mine.toml")
    fuzz.check_error(caught.value)
    line = str(caught.value)
    assert "mine.toml" in line
    return line


# ---- what is read ------------------------------------------------------------------------------


def test_the_claim_of_the_documentation():
    claim = only(toml(when='"x_min < x_max"', convention='"any-selection"'))
    assert claim == UserClaim(
        id="convex-half",
        cls="convex",
        dim=1,
        question="value",
        kind=AT_LEAST,
        bound="(f_max - f_min)/2",
        when="x_min < x_max",
    )
    statement = claim.statement()
    phi = statement.phi(1)
    assert (statement.cls, statement.dims, statement.kind) == ("convex", (1,), AT_LEAST)
    assert (statement.question, statement.reading) == ("value", "worst-case")
    assert statement.bound is not None
    assert statement.bound(phi) == (Sym("f_max") - Sym("f_min")) / 2
    assert statement.when(phi) == (Sym("x_min") < Sym("x_max"))


def test_defaults():
    claim = only(toml())
    assert (claim.convention, claim.reading, claim.when, claim.lipschitz) == (
        "any-selection",
        "worst-case",
        None,
        None,
    )
    assert (claim.source, claim.text, claim.expected) == ("", "", None)
    assert claim.statement().when(claim.statement().phi(1)) == TRUE


def test_the_claim_as_the_verifier_takes_it():
    claim = only(
        toml(source='"our notes"', statement='"half the spread"', convention='"first"', reading='"attained"')
    ).claim()
    assert (claim.id, claim.source, claim.text) == ("convex-half", "our notes", "half the spread")
    assert (claim.variant, claim.fidelity, claim.delta) == ("printed", "exact", "")
    assert (claim.cls, claim.convention, claim.statement.reading) == ("convex", "first", "attained")
    described = only(toml(when='"x_min < x_max"', question='"side"')).claim().text
    for part in (
        "(f_max - f_min)/2",
        "convex",
        "d = 1",
        "x_min < x_max",
        "side",
        "every decoder errs at least",
    ):
        assert part in described


@pytest.mark.parametrize(
    ("written", "rate"),
    [('"L"', L), ('"3/2"', Const(Fraction(3, 2))), ("2", Const(Fraction(2))), ('"4"', Const(Fraction(4)))],
)
def test_a_number_takes_the_place_of_the_lipschitz_constant(written, rate):
    claim = only(toml(LIPSCHITZ, lipschitz=written, bound='"f_max/L"', when='"L*f_min < 1"'))
    statement = claim.statement()
    phi = statement.phi(1)
    assert statement.rate == phi.rate == rate
    assert statement.bound is not None
    assert statement.bound(phi) == Sym("f_max") / rate
    assert statement.when(phi) == (rate * Sym("f_min") < 1)


def test_blanks_in_expressions_are_one_blank():
    claim = only(toml(bound='"""\n f_max\n\t- f_min """'))
    assert claim.bound == "f_max - f_min"


def test_claims_are_plain_data():
    claims = parse_claims(toml(CONVEX, LIPSCHITZ | {"id": '"other"'}))
    assert pickle.loads(pickle.dumps(claims)) == claims
    assert pickle.loads(pickle.dumps(claims[1].statement())) == claims[1].statement()
    assert hash(claims[0]) == hash(replace(claims[0]))
    with pytest.raises(FrozenInstanceError):
        claims[0].id = "other"  # type: ignore[misc]


def test_every_key_is_a_field():
    names = {"class": "cls", "statement": "text"}
    assert {f.name for f in fields(UserClaim)} == {names.get(key, key) for key in (*REQUIRED, *OPTIONAL)}


def test_large_dimensions_are_left_to_the_engine():
    claim = only(toml(dim="64", bound='"x_max[63]"'))
    assert claim.statement().phi(64).dim == 64


# ---- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize("key", REQUIRED)
def test_required_keys(key):
    assert f"no key {key}" in refusal(toml(**{key: None}))


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("surprise", "1", "unknown key 'surprise'"),
        ('"a\\nb"', "1", "unknown key 'a\\nb'"),
        ("id", "7", "7"),
        ("id", '""', "''"),
        ("id", '" a"', "' a'"),
        ("id", '"a\\nb"', "'a\\nb'"),
        ("class", '"concave"', "'concave'"),
        ("class", '"Convex"', "'Convex'"),
        ("class", '["convex"]', "an array"),
        ("dim", "0", "0"),
        ("dim", "65", "65"),
        ("dim", "-1", "-1"),
        ("dim", "true", "True"),
        ("dim", '"1"', "'1'"),
        ("dim", "1.0", "the float 1.0"),
        ("dim", "0x" + "f" * 9_999, "an integer of 39996 bits"),
        ("question", '"sides"', "'sides'"),
        ("question", "{ a = 1 }", "a table"),
        ("kind", '"radius-is"', "'radius-is'"),
        ("bound", "1", "1"),
        ("bound", "0.5", "the float 0.5"),
        ("bound", "[[1, 2.5]]", "the float 2.5"),
        ("bound", "{ a = inf }", "the float inf"),
        ("bound", '"0.5"', "'0.5' at character 1"),
        ("bound", '"f_min < f_max"', "a formula"),
        ("bound", '""', "end of the expression"),
        ("bound", '"L"', "'L' at character 1"),
        ("bound", '"x_min[1]"', "'x_min[1]' at character 1"),
        ("bound", '"f_max/0"', "'/' at character 6"),
        ("when", '"f_min"', "a term"),
        ("when", "true", "True"),
        ("when", "1979-05-27", "datetime.date"),
        ("convention", '"last"', "'last'"),
        ("convention", "nan", "the float nan"),
        ("reading", '"best-case"', "'best-case'"),
        ("expected", '"UNKNOWN"', "'UNKNOWN'"),
        ("expected", "false", "False"),
        ("source", "1", "1"),
        ("source", '"\\u001b[31m"', "'\\x1b[31m'"),
        ("statement", "[]", "an array"),
        ("statement", f'"{"x" * 10_001}"', "xxx..."),
        ("lipschitz", '"L"', "'L'"),
        ("lipschitz", "1", "'1'"),
    ],
)
def test_a_bad_value_is_named_with_claim_and_key(key, value, shown):
    line = refusal(toml(**{key: value}))
    assert shown in line
    if not shown.startswith("unknown"):
        assert f"key {key}" in line
    if key != "id":
        assert "claim 'convex-half'" in line


@pytest.mark.parametrize(
    "value",
    [
        None,
        '""',
        '"0"',
        "0",
        "-1",
        '"-1"',
        '"0/5"',
        '"1/0"',
        '"0.5"',
        "0.5",
        '"l"',
        '"1e3"',
        "true",
        f'"{"9" * 51}"',
        '"L "',
        '"٣"',
        "9" * 100,
        "[]",
        '" 1"',
        '"1\\n"',
    ],
)
def test_lipschitz_constants(value):
    assert "lipschitz" in refusal(toml(LIPSCHITZ, lipschitz=value))


def test_points_need_an_index_above_dimension_one():
    assert "x_min[0] to x_min[1]" in refusal(toml(dim="2", when='"x_min < x_max"'))


def test_claims_without_an_id_go_by_their_number():
    assert "claim number 2" in refusal(toml(CONVEX, CONVEX | {"id": None}))


def test_ids_are_unique():
    line = refusal(toml(CONVEX, CONVEX | {"id": '"other"'}, CONVEX))
    assert "claims 1 and 3" in line
    assert "'convex-half'" in line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", "no claim"),
        ("# nothing", "no claim"),
        ("claim = []", "no claim"),
        ("claim = 1", "claim = 1"),
        ("claim = [1]", "claim 1 = 1"),
        ("claim = 1.5", "the float 1.5"),
        ("[claim]\nid = 'a'", "a table"),
        ("version = 1\n" + toml(), "unknown key 'version'"),
        (toml() + "\n[other]", "unknown key 'other'"),
        ("[[claim]", "line 1"),
        (toml(dim="1\ndim = 1"), "line 5"),
        (toml(dim="9" * 5_000), "thousands of digits"),
        ("x = " + "[" * 100_000, "nested too deep"),
        ("x = " + "{a=" * 100_000, "nested too deep"),
        ("a" + ".a" * 100_000 + " = 1", "more than 32 parts"),
        ("\n[" + '"a" . ' * 100_000 + "a]", "line 2"),
        ("a = '\0'", "character"),
        ("a = '\ud800'", "surrogate"),
        ("#" * (MAX_BYTES + 1), "bytes"),
        ("#" + "é" * (MAX_BYTES // 2), "bytes"),
        ("[[claim]]\n" * (MAX_CLAIMS + 1), f"{MAX_CLAIMS + 1} claims"),
    ],
)
def test_bad_documents(text, shown):
    assert shown in refusal(text)


def test_many_claims_are_read():
    claims = parse_claims(toml(*({**CONVEX, "id": f'"{n}"'} for n in range(MAX_CLAIMS))))
    assert len(claims) == MAX_CLAIMS


# ---- files -------------------------------------------------------------------------------------


def file_refusal(path) -> str:
    with pytest.raises(InvalidInputError) as caught:
        read_claims(path)
    fuzz.check_error(caught.value)
    return str(caught.value)


def test_files(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(toml(), encoding="utf-8")
    assert read_claims(path) == read_claims(str(path)) == parse_claims(toml())
    path.write_bytes(b"\xef\xbb\xbf" + toml().replace("\n", "\r\n").encode())
    assert read_claims(path) == parse_claims(toml())


def test_files_that_cannot_be_read(tmp_path):
    path = tmp_path / "mine.toml"
    assert "No such file" in file_refusal(path)
    assert "mine.toml" in file_refusal(path)
    assert "*.toml" in file_refusal(tmp_path)
    assert "null" in file_refusal("a\0b")
    assert "path" in file_refusal(None)
    path.write_bytes(b"id = '\xff'")
    assert "0xff at 6" in file_refusal(path)
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    assert f"at most {MAX_BYTES} bytes" in file_refusal(path)
    path.write_text(toml(dim="0"))
    assert "mine.toml'; required" in file_refusal(path)
    odd = tmp_path / "two\nlines.toml"
    assert "two\\nlines.toml" in file_refusal(odd)


def test_a_folder_of_claim_files(tmp_path):
    (tmp_path / "b.toml").write_text(toml(id='"second"'))
    (tmp_path / "a.toml").write_text(toml(id='"first"'))
    (tmp_path / "notes.txt").write_text("not a claim")
    assert (
        [c.id for c in read_claims(tmp_path)]
        == [c.id for c in read_claims(str(tmp_path))]
        == ["first", "second"]
    )
    (tmp_path / "c.toml").write_text(toml(id='"first"'))
    refused = file_refusal(tmp_path)
    assert all(word in refused for word in ("first", "a.toml", "c.toml"))
    (tmp_path / "c.toml").write_text("[[claim]]")
    assert "c.toml" in file_refusal(tmp_path)


# ---- properties --------------------------------------------------------------------------------

identifiers = st.from_regex(r"[a-z][a-z0-9.-]{0,20}", fullmatch=True)


@st.composite
def user_claims(draw) -> UserClaim:
    cls, dim = draw(st.sampled_from(list(CLASSES))), draw(st.integers(1, 3))
    rng = draw(st.randoms(use_true_random=False))
    needed = cls == "lipschitz"
    entries = {"class": cls}
    bound = fuzz.without_l(entries, fuzz.term_text(rng, dim, 2))
    when = fuzz.without_l(entries, fuzz.formula_text(rng, dim, 1))
    return UserClaim(
        id=draw(identifiers),
        cls=cls,
        dim=dim,
        question=draw(st.sampled_from(QUESTIONS)),
        kind=draw(st.sampled_from(KINDS)),
        bound=bound,
        lipschitz=draw(st.sampled_from(["L", "1", "22/7"])) if needed else None,
        when=draw(st.sampled_from([None, when])),
        convention=draw(st.sampled_from(CONVENTIONS)),
        reading=draw(st.sampled_from(READINGS)),
        text=draw(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)),
        expected=draw(st.sampled_from([None, *VERDICTS])),
    )


def written(claim: UserClaim) -> str:
    keys = {"cls": "class", "text": "statement"}
    lines = ["[[claim]]"]
    for field in fields(claim):
        value = getattr(claim, field.name)
        if value is not None:
            shown = fuzz.quoted(value) if isinstance(value, str) else value
            lines.append(f"{keys.get(field.name, field.name)} = {shown}")
    return "\n".join(lines)


@given(user_claims())
@settings(max_examples=200, deadline=None)
def test_what_is_written_is_read_back(claim):
    assert only(written(claim)) == claim
    assert pickle.loads(pickle.dumps(claim)) == claim
    assert claim.claim().statement == claim.statement()


@given(st.text(max_size=60) | st.text(alphabet="[claim]\n=\"'{}.,0123 dimbound_", max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text):
    with pytest.raises(InvalidInputError) as caught:
        parse_claims(text)
    fuzz.check_error(caught.value)


# ---- the claims that ship ----------------------------------------------------------------------

SHIPPED = claims_of_set("instructive")


def test_instructive_claims_cover_the_format():
    assert len(SHIPPED) >= 40
    assert len({c.id for c in SHIPPED}) == len(SHIPPED)
    assert {c.cls for c in SHIPPED} >= set(TABLE_1)
    assert {c.dim for c in SHIPPED} == {1, 2, 3}
    for field, values in (
        ("question", QUESTIONS),
        ("kind", KINDS),
        ("reading", READINGS),
        ("convention", CONVENTIONS),
        ("expected", VERDICTS),
    ):
        assert {getattr(c, field) for c in SHIPPED} == set(values), field
    for cls in TABLE_1:
        assert {c.expected for c in SHIPPED if c.cls == cls} == set(VERDICTS), cls
    assert all(c.text for c in SHIPPED)


def test_instructive_claims_are_decided_as_expected():
    verdicts = verify_claims([c.claim() for c in SHIPPED], seconds_a_query=30).claims
    found = {c.id: (result.status, result.reason) for c, result in zip(SHIPPED, verdicts, strict=True)}
    assert {i: status for i, (status, _) in found.items()} == {c.id: c.expected for c in SHIPPED}, found


def test_refuted_bounds_fail_at_their_counterexample():
    """The exact numbers of every counterexample, put into the expressions as Python reads them."""
    refuted = [c for c in SHIPPED if c.expected == "REFUTED" and c.reading == "worst-case" and c.dim == 1]
    for claim, result in zip(
        refuted, verify_claims([c.claim() for c in refuted], seconds_a_query=20).claims, strict=True
    ):
        assert result.counterexample is not None
        values = {k: Fraction(v) for k, v in result.counterexample["values"].items()}
        statement = claim.statement()
        if claim.when is not None:
            assert fuzz.meaning(claim.when, values) is True
        bound = fuzz.meaning(claim.bound, values)
        radius = evaluate(statement.radius(statement.phi(claim.dim)), values)
        assert bound > radius if claim.kind == AT_LEAST else bound < radius

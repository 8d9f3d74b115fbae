"""What to ask next, known optimal rates, and the command line."""

from __future__ import annotations

import argparse
import json
import random
from fractions import Fraction as F
from itertools import pairwise

import pytest

from fvtheory.beyond import Evaluations, Knowledge, LevelPoints, family, fiber, radius
from fvtheory.beyond.advise import advise, centres, curve, equal_answers
from fvtheory.commands import beyond as beyond_command
from fvtheory.errors import InfeasibleInformationError, InvalidInputError
from fvtheory.information import MinMax

# ---- optimal rates --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dim", "per_side"), [(1, 1), (1, 2), (1, 5), (1, 16), (2, 1), (2, 2), (2, 3), (3, 2)]
)
def test_centres_reach_the_optimal_rate_of_lipschitz_functions(dim: int, per_side: int):
    """Sukharev: L/(2k) for k^d centres in the sup norm; L = 1/2 keeps values inside [0, 1]."""
    cls = family("lipschitz", dim, lipschitz="1/2")
    found = radius(cls, equal_answers(centres(per_side, dim)), gap="1/1000")
    best = F(1, 2) / (2 * per_side)
    if dim == 1:
        assert found.exact == best
    assert found.lower <= best <= found.upper
    assert found.upper - found.lower <= found.upper / 1000


def test_no_other_points_do_better():
    draw = random.Random(0)
    for dim, count in ((1, 4), (2, 4)):
        cls = family("lipschitz", dim, lipschitz="1/2")
        for _ in range(10):
            points = [tuple(F(draw.randrange(33), 32) for _ in range(dim)) for _ in range(count)]
            assert radius(cls, equal_answers(points)).upper >= F(1, 4) / round(count ** (1 / dim))


def test_equal_answers_are_the_worst():
    draw = random.Random(1)
    cls = family("lipschitz", 1, lipschitz="1/2")
    points = centres(4, 1)
    for _ in range(20):
        values = [F(draw.randrange(13), 12) for _ in points]
        found = radius(cls, Knowledge(Evaluations(points, values)))
        assert not found.feasible or found.exact <= radius(cls, equal_answers(points)).exact


def test_monotonicity_halves_the_lipschitz_rate_and_alone_gives_none():
    both = family("lipschitz+monotone", 1, lipschitz="1/2", signs="+")
    for k in (1, 2, 5):
        assert radius(both, equal_answers(centres(k, 1))).exact == F(1, 2) / (4 * k)
    # a monotone function may jump between any two data: the values at k points say nothing of where
    monotone = family("monotone", 1, signs="+")
    for k in (2, 5, 9):
        steps = [F(int(p[0] > F(1, 2))) for p in centres(k, 1)]
        if k % 2 == 0:
            known = Knowledge(Evaluations(centres(k, 1), steps))
            assert radius(monotone, known).exact == F(1, 2)


def test_the_curve_of_the_farthest_point_rule():
    cls = family("lipschitz", 1, lipschitz="1/2")
    found = list(curve(cls, Knowledge(dim=1), 9))
    assert found[0] == (0, F(1, 2), F(1, 2))
    for count, lower, upper in found[1:]:
        assert lower == upper
        assert F(1, 2) / (2 * count) <= lower <= 2 * F(1, 2) / (2 * count) + F(1, 4) * (count == 1)
    assert all(a[2] >= b[1] for a, b in pairwise(found))


# ---- advice ---------------------------------------------------------------------------------------


def test_the_best_query_between_two_known_ends():
    cls = family("lipschitz", 1, lipschitz=1)
    known = Knowledge(Evaluations(["0", "1"], ["1/2", "1/2"]))
    found = advise(cls, known)
    assert found.lower == found.upper == F(1, 2)
    assert found.queries[0].at == (F(1, 2),)
    assert found.queries[0].lower == F(1, 4)
    assert found.queries[0].upper <= F(1, 4) + F(1, 32)


def test_what_is_left_is_bounded_for_every_answer():
    draw = random.Random(2)
    for name, options in (
        ("lipschitz", {"lipschitz": 1}),
        ("monotone", {"signs": "-"}),
        ("monotone", {}),
        ("lipschitz+monotone", {"lipschitz": 2}),
        ("convex", {}),
    ):
        cls = family(name, 1, **options)
        known = Knowledge(Evaluations(["1/4", "2/3"], ["1/2", "3/8"]))
        members = fiber(cls, known)
        for query in advise(cls, known, candidates=["1/8", "1/2", "11/12"], answers=5).queries:
            low, high = members.envelope(query.at)
            left = []
            for _ in range(12):
                y = low + (high - low) * F(draw.randrange(25), 24)
                after = radius(cls, known & Evaluations([query.at], [y]))
                if after.feasible:
                    left.append(after.exact)
            assert max(left) <= query.upper
            assert query.lower <= query.upper
            again = radius(cls, known & Evaluations([query.at], [query.worst_answer]))
            assert again.exact == query.lower


def test_bounds_without_the_step_between_answers_would_be_wrong(monkeypatch):
    """With two answers only, the extremes, the worst answer is missed: the step is what covers it."""
    cls = family("lipschitz", 1, lipschitz=1)
    known = Knowledge(Evaluations(["0", "1"], ["1/2", "1/2"]))
    (query,) = advise(cls, known, candidates=["1/2"], answers=2).queries
    middle = radius(cls, known & Evaluations(["1/2"], ["1/2"])).exact
    assert query.lower < middle <= query.upper


def test_answers_next_to_an_end_that_is_not_possible_are_bounded():
    """f(1) < 1: after answers close to 1 the radius is close to 1/2; not so after 7/8, the last one tried."""
    cls = family("monotone", 1, signs="+")
    known = Knowledge(LevelPoints("1", outside=["1"]))
    (query,) = advise(cls, known, candidates=["1"]).queries
    late = radius(cls, known & Evaluations(["1"], ["99/100"])).exact
    assert late == F(99, 200)
    assert query.upper == F(1, 2)


def test_advice_is_refused_where_there_is_none():
    cls = family("lipschitz", 1, lipschitz=1)
    with pytest.raises(InfeasibleInformationError):
        advise(cls, Knowledge(Evaluations(["0", "1/2"], ["0", "1"])))
    with pytest.raises(InvalidInputError):
        advise(cls, Knowledge(dim=1), answers=1)
    with pytest.raises(InvalidInputError):
        advise(cls, Knowledge(dim=1), candidates=[])
    with pytest.raises(InvalidInputError):
        centres(1000, 4)


def test_advice_in_two_variables():
    cls = family("lipschitz", 2, lipschitz="1/2")
    found = advise(cls, Knowledge(LevelPoints("1/2", [("0", "0")]), dim=2), answers=3, max_boxes=500)
    assert found.queries[0].upper <= found.upper
    assert found.queries[0].lower <= found.queries[-1].upper


# ---- the command line -----------------------------------------------------------------------------


def ask(capsys, *words: str) -> str:
    parser = argparse.ArgumentParser()
    beyond_command.add_commands(parser.add_subparsers(required=True))
    options = parser.parse_args(["beyond", *words])
    assert options.run(options) == 0
    return capsys.readouterr().out


PHI = '{"x_min": ["1/4"], "x_max": ["1"], "f_min": "0", "f_max": "1"}'


def test_commands_answer_in_json(capsys, tmp_path):
    file = tmp_path / "known.json"
    file.write_text(
        json.dumps((Knowledge(MinMax("1/4", "1", "0", "1")) & Evaluations(["0"], ["1/8"])).to_json())
    )
    question = ("--class", "lipschitz", "--lipschitz", "2", "--knowledge", str(file))
    found = json.loads(ask(capsys, "radius", *question, "--json"))
    cls, known = family("lipschitz", 1, lipschitz=2), Knowledge.from_json(file.read_text())
    assert F(found["radius"]) == radius(cls, known).exact
    found = json.loads(ask(capsys, "envelope", *question, "--at", "1/2", "--json"))
    low, high = fiber(cls, known).envelope((F(1, 2),))
    assert found == {"points": [{"at": ["1/2"], "lower": str(low), "upper": str(high)}]}
    found = json.loads(ask(capsys, "advise", *question, "--at", "1/2", "--json"))
    assert len(found["queries"]) == 1
    assert (
        json.loads(ask(capsys, "radius", "--class", "convex", "--knowledge", PHI, "--json"))["radius"]
        == "1/2"
    )


def test_commands_answer_in_words(capsys, tmp_path, monkeypatch):
    question = ("--class", "convex+lipschitz", "--lipschitz", "2", "--knowledge", PHI)
    assert "radius   " in ask(capsys, "radius", *question)
    assert "1/2" in ask(capsys, "envelope", *question, "--at", "1/2")
    assert "ask" in ask(capsys, "advise", "--class", "lipschitz", "--lipschitz", "2", "--knowledge", PHI)
    assert "infeasible" in ask(capsys, "radius", "--class", "constant", "--knowledge", PHI)
    (tmp_path / "beyond_decoder.py").write_text("def half(knowledge):\n    return lambda x: 0.5\n")
    monkeypatch.chdir(tmp_path)
    found = json.loads(ask(capsys, "counterexample", *question, "--decoder", "beyond_decoder:half", "--json"))
    assert F(found["error"]) >= F(found["radius"]["lower"]) - F(1, 2**20)
    two = '{"kind": "evaluations", "points": [["0", "0"]], "values": ["1/2"]}'
    state = tmp_path / "state"
    words = ask(
        capsys,
        "radius",
        "--class",
        "lipschitz",
        "--lipschitz",
        "1/3",
        "--knowledge",
        two,
        "--state",
        str(state),
    )
    assert "radius" in words
    assert state.exists()
    with pytest.raises(InvalidInputError, match="exists"):
        ask(capsys, "radius", "--class", "all", "--knowledge", "missing.json")
    with pytest.raises(InvalidInputError, match="MODULE"):
        ask(capsys, "counterexample", *question, "--decoder", "central")


# ---- the table ------------------------------------------------------------------------------------


def test_the_table_of_one_instance(capsys):
    cells = json.loads(ask(capsys, "table", "--json"))["cells"]
    found = {(c["information"], c["class"]): c.get("radius") for c in cells}
    assert found["nothing", "all"] == "1/2"
    assert found["Φ", "lipschitz"] == "1/2"
    assert found["Φ", "affine"] == "0"
    assert found["Φ, values at 7 points", "all"] == "1/2"
    assert found["Φ, values at 7 points", "monotone"] == "1/16"
    assert found["Φ, gradient at 0", "convex"] == "0"
    # more information never makes the radius larger
    for cls in {c["class"] for c in cells}:
        column = [F(found[row, cls]) for row in ("nothing", "Φ", "Φ, value at 1/2", "Φ, values at 3 points")]
        assert column == sorted(column, reverse=True)
    # a smaller class never does
    for row in {c["information"] for c in cells}:
        for small, large in (
            ("lipschitz+monotone", "lipschitz"),
            ("convex+lipschitz", "convex"),
            ("convex", "all"),
        ):
            if found[row, small] and found[row, large]:
                assert F(found[row, small]) <= F(found[row, large])
    assert "instance" in ask(capsys, "table")

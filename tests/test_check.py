"""Claims of a user: random ones with known truth, sharpness, explanations, bad files, executors."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction

import pytest

from fvtheory.claim_files import check, parse_claims
from fvtheory.cli import main
from fvtheory.errors import InvalidInputError
from linear_programs import envelopes_by_lp, lattice
from mutants.closed_forms import Info, radius
from random_claims import random_claims

COUNT = 300


@pytest.fixture(scope="module")
def drawn():
    return list(random_claims(COUNT, seed=20231))


@pytest.fixture(scope="module")
def decided(drawn):
    claims = parse_claims("\n\n".join(c.toml for c in drawn), "random.toml")
    return check(claims, seconds_a_query=20, sharpness=False)


def lp_error(cls: str, p: Info) -> float:
    """Half the greatest width of the fiber on a lattice and the points named by Φ, by linear programs."""
    phi = (tuple(map(float, p.a)), tuple(map(float, p.b)), float(p.m), float(p.M))
    points = [*lattice(len(p.a), 4), tuple((float(s) + float(t)) / 2 for s, t in zip(p.a, p.b, strict=True))]
    lipschitz = float(p.L) if cls == "lipschitz" else None
    found = envelopes_by_lp(cls, phi, points, lipschitz)
    return max(upper - lower for lower, upper in found) / 2


def test_about_half_of_the_random_claims_are_true(drawn):
    assert 0.35 < sum(c.true for c in drawn) / COUNT < 0.75


def test_every_random_claim_is_decided_correctly(drawn, decided):
    wrong = [
        (c.toml, r.status, r.document.get("reason"))
        for c, r in zip(drawn, decided.claims, strict=True)
        if r.status != ("PROVED" if c.true else "REFUTED")
    ]
    assert not wrong, wrong[:3]


def test_the_errors_behind_the_truth_agree_with_linear_programs(drawn):
    rng = random.Random(5)
    for claim in rng.sample(drawn, 25):
        for p in claim.informations:
            exact, found = float(radius(claim.cls, p)), lp_error(claim.cls, p)
            assert found <= exact + 1e-9
            # Between lattice points the width of Lipschitz fibers can be larger, and for convex functions
            # the supremum may only be approached; elsewhere the lattice reaches it.
            if claim.cls not in ("convex", "lipschitz"):
                assert found >= exact - 1e-9


def claim_text(**changes) -> str:
    entry = {
        "id": "c",
        "class": "convex",
        "dim": 1,
        "question": "value",
        "kind": "every-decoder-errs-at-least",
        "bound": "(f_max - f_min)/2",
    } | changes
    lines = [f"{k} = {json.dumps(v)}" for k, v in entry.items() if v is not None]
    return "[[claim]]\n" + "\n".join(lines)


def decide(**changes):
    return check(parse_claims(claim_text(**changes), "test.toml"), seconds_a_query=20).claims[0]


def test_a_tight_bound_is_called_tight_at_an_exact_phi():
    found = decide()
    assert found.status == "PROVED"
    assert found.document["sharpness"]["factor"] == "1"
    assert (
        found.document["sharpness"]["tight_at"]["f_max"] != found.document["sharpness"]["tight_at"]["f_min"]
    )


@pytest.mark.parametrize(("bound", "factor"), [("(f_max - f_min)/4", "2"), ("(f_max - f_min)*3/7", "7/6")])
def test_a_weak_bound_is_told_by_how_much_it_could_be_improved(bound, factor):
    assert decide(bound=bound).document["sharpness"]["factor"] == factor


def test_an_upper_bound_is_told_by_how_much_it_could_be_lowered():
    found = decide(kind="some-decoder-errs-at-most", bound="f_max - f_min")
    assert found.status == "PROVED"
    assert found.document["sharpness"]["factor"] == "1/2"


def test_a_refuted_claim_shows_both_sides_as_numbers():
    found = decide(bound="(f_max - f_min)*501/1000")
    shown = found.document["counterexample"]
    assert found.status == "REFUTED"
    assert Fraction(shown["bound"]) > Fraction(shown["best_possible"]) == Fraction(shown["radius"])
    assert {"phi", "function", "decoder", "values"} <= set(shown)


@pytest.mark.parametrize(
    ("cls", "dim", "kind", "bound", "status"),
    [
        ("convex", 6, "every-decoder-errs-at-least", "(f_max - f_min)/2", "PROVED"),
        ("monotone", 8, "every-decoder-errs-at-least", "(f_max - f_min)*501/1000", "REFUTED"),
        ("affine", 5, "some-decoder-errs-at-most", "(f_max - f_min)/2", "PROVED"),
        ("all", 20, "some-decoder-errs-at-most", "(f_max - f_min)*499/1000", "REFUTED"),
    ],
)
def test_more_than_three_dimensions(cls, dim, kind, bound, status):
    found = decide(**{"class": cls}, dim=dim, kind=kind, bound=bound)
    assert found.status == status
    if status == "REFUTED":
        assert found.document["counterexample"]["unchecked"], "said what the exact functions leave open"


def test_the_two_readings_of_a_lower_bound_differ_where_the_supremum_is_not_attained():
    entry = {"class": "affine", "dim": 2, "convention": "unique"}
    assert decide(**entry, reading="worst-case").status == "PROVED"
    assert decide(**entry, reading="attained").status == "REFUTED"


def test_the_side_question_is_a_bound_on_zero_or_one():
    assert decide(question="side", bound="1", when="f_min < f_max").status == "PROVED"
    assert decide(question="side", bound="1").status == "REFUTED"


def test_explanations_name_the_radius_and_the_decoder():
    proved, refuted = decide(), decide(bound="f_max - f_min")
    assert any("(lower + upper)/2" in line for line in proved.explanation)
    assert any("it is tight" in line.lower() for line in proved.explanation)
    assert any("But at" in line for line in refuted.explanation)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"when": "f_min > f_max"}, "cannot be met"),
        ({"when": "x_min == 1/2 and x_min == 1/3"}, "cannot be met"),
        ({"class": "constant", "convention": "unique"}, "cannot be met"),
        ({"bound": "(f_max - f_min)/(x_max - 1)"}, "can be zero"),
        ({"when": "f_min/(f_max - f_min) < 1"}, "can be zero"),
    ],
)
def test_a_claim_that_says_nothing_is_an_error(changes, word):
    with pytest.raises(InvalidInputError, match=word):
        decide(**changes)


def test_a_denominator_that_cannot_vanish_is_fine():
    found = decide(bound="(f_max - f_min)/(1 + x_max)")
    assert found.status == "REFUTED"
    assert decide(bound="(f_max - f_min)/(2 + x_max)").status == "PROVED"


def test_an_executor_gives_the_same_results_in_order(drawn, decided):
    few = drawn[:40]
    claims = parse_claims("\n\n".join(c.toml for c in few), "random.toml")
    with ProcessPoolExecutor(2) as executor:
        found = check(claims, executor=executor, jobs=1, sharpness=False, seconds_a_query=20)
    assert [c.claim.id for c in found.claims] == [c.claim.id for c in decided.claims[:40]]
    assert [c.status for c in found.claims] == [c.status for c in decided.claims[:40]]


def test_a_worker_that_is_killed_costs_nothing_but_time(drawn, decided):
    claims = parse_claims("\n\n".join(c.toml for c in drawn[:30]), "random.toml")
    with ProcessPoolExecutor(2) as executor:
        executor.submit(time.sleep, 0).result()
        for process in list(executor._processes.values()):
            process.kill()
        found = check(claims, executor=executor, jobs=1, sharpness=False, seconds_a_query=20)
    assert [c.status for c in found.claims] == [c.status for c in decided.claims[:30]]


@pytest.fixture(scope="module")
def client():
    """A dask.distributed cluster of two processes on this machine."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        Client(cluster) as connected,
    ):
        yield connected


def test_a_dask_cluster_gives_the_same_results_in_order(client, drawn, decided):
    claims = parse_claims("\n\n".join(c.toml for c in drawn[:40]), "random.toml")
    found = check(claims, executor=client.get_executor(), jobs=1, sharpness=False, seconds_a_query=20)
    assert [c.claim.id for c in found.claims] == [c.id for c in claims]
    assert [c.status for c in found.claims] == [c.status for c in decided.claims[:40]]


def test_a_dask_worker_killed_in_the_middle_costs_nothing_but_time(client, drawn, decided):
    claims = parse_claims("\n\n".join(c.toml for c in drawn[:60]), "random.toml")
    pids = list(client.run(os.getpid).values())
    killer = threading.Timer(1.0, os.kill, (pids[0], signal.SIGKILL))
    killer.start()
    found = check(claims, executor=client.get_executor(), jobs=1, sharpness=False, seconds_a_query=20)
    killer.join()
    assert [c.status for c in found.claims] == [c.status for c in decided.claims[:60]]


@pytest.mark.parametrize("convention", ["any-selection", "first", "unique"])
def test_an_upper_bound_a_millionth_too_low_is_refuted_by_two_functions(convention):
    bound = "(f_max - f_min)*499999/1000000"
    found = decide(kind="some-decoder-errs-at-most", bound=bound, convention=convention)
    assert found.status == "REFUTED"
    low, high = map(Fraction, found.counterexample["values_there"])
    assert high - low > 2 * Fraction(found.counterexample["bound"])


def test_a_claim_is_restated_and_an_unmet_expectation_is_marked(tmp_path, capsys):
    file = tmp_path / "mine.toml"
    file.write_text(
        '[[claim]]\nid = "mine"\nclass = "convex"\ndim = 1\nquestion = "value"\n'
        'kind = "every-decoder-errs-at-least"\nbound = "(f_max - f_min)/2"\nexpected = "REFUTED"\n'
    )
    assert main(["check", str(file), "--explain"]) == 0
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first == "mine: PROVED, expected REFUTED"
    assert second == "  Claim: every decoder errs at least (f_max - f_min)/2 (convex, d = 1)."
    assert main(["check", str(file)]) == 0
    assert "PROVED, expected REFUTED" in capsys.readouterr().out
    file.write_text(file.read_text().replace("REFUTED", "PROVED") + 'statement = "half\\nof Δ."\n')
    assert main(["check", str(file), "--explain"]) == 0
    shown = capsys.readouterr().out
    assert "expected" not in shown
    assert "(convex, d = 1). In words: half of Δ.\n" in shown

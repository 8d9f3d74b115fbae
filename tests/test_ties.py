"""How classes read ties: what is proved under which convention, and the names of proof steps."""

from __future__ import annotations

import pytest

from fvtheory.classes import CLASSES, get_class
from fvtheory.information import CONVENTIONS
from fvtheory.obligations import Derivation
from fvtheory.symbols import symbolic_phi
from fvtheory.terms import FALSE, TRUE, Sym, eq, every

every_class = pytest.mark.parametrize("name", CLASSES)


def test_steps_of_one_name_are_numbered():
    x = Sym("x")
    proof = Derivation("p", [x >= 0])
    for step in ("a", "a", "ab", "a", "", ""):
        proof.have(step, x >= 0)
    assert [o.name for o in proof.obligations] == ["p.a", "p.a#2", "p.ab", "p.a#3", "p", "p#2"]


EVERY, NEVER = set(CONVENTIONS), set()
REACHED = {"lipschitz": {"first"}}
MISSED = {"lipschitz": {"unique"}, "affine": EVERY}


def reached(name):
    """Where it is not said otherwise, wherever a function of the class has two values."""
    return REACHED.get(name, {c for c in CONVENTIONS if get_class(name).varies(c)})


@every_class
def test_where_the_radius_is_reached_and_where_it_is_missed(name):
    """In two variables, by some function for every decoder."""
    cls = get_class(name)
    phi = cls.symbolic(2)
    assert {c for c in CONVENTIONS if cls.reached(phi, c) != FALSE} == reached(name)
    assert {c for c in CONVENTIONS if cls.missed(phi, c) != FALSE} == MISSED.get(name, NEVER)
    assert all(cls.missed(phi, c) != TRUE for c in CONVENTIONS)


@every_class
def test_what_is_reached_is_proved_by_anchors(name):
    """Under the conventions that restrict the extrema; members reach it under the other."""
    for convention in CONVENTIONS:
        anchors = [o.name for o in get_class(name).obligations(2, convention) if ".anchor" in o.name]
        expected = convention in reached(name) and convention != "any-selection" and name != "affine"
        assert bool(anchors) == expected, anchors


@every_class
def test_which_constants_are_feasible(name):
    cls = get_class(name)
    phi = symbolic_phi(2)
    for convention in CONVENTIONS:
        assert cls.feasible_when_constant(phi, convention) == (
            TRUE if convention == "any-selection" else FALSE if convention == "unique" else _at_origin(phi)
        )


def _at_origin(phi):
    return every(eq(c, 0) for c in (*phi.x_min, *phi.x_max))

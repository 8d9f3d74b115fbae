"""Attacks by decoders that never answer, and by functions and numbers that are not what they are called."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction as Q

import pytest

import fvtheory
from fvtheory import MinMax, decoders
from fvtheory.beyond import Evaluations, Knowledge, family
from fvtheory.beyond import counterexample as beyond_counterexample
from fvtheory.beyond import radius as beyond_radius
from fvtheory.errors import FvtheoryError, InvalidInputError, UnansweredError
from fvtheory.functions import Affine, Clip, Function, maximum
from fvtheory.networks.relu import Layer, ReluNetwork
from fvtheory.time_limit import TimeLimit

PHI = MinMax("1/4", "1", "0", "1")
KNOWN = Knowledge(PHI, Evaluations([["1/2"]], ["1/4"]))


# ---- decoders that never answer ----------------------------------------------------------------


def endless(x):
    while True:
        pass


def asleep(x):
    time.sleep(10**6)


def deaf(x):
    while True:
        with contextlib.suppress(Exception):
            endless(x)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(decoders, "SECONDS_AN_ANSWER", 0.05)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="sleep is interrupted by timers only")
@pytest.mark.parametrize("answer", [endless, asleep, deaf])
@pytest.mark.parametrize(
    "decoder", [lambda answer: lambda phi: answer, lambda answer: answer], ids=["x", "Φ"]
)
def test_a_decoder_that_never_answers_is_an_error(answer, decoder):
    for attack in (
        lambda: fvtheory.counterexample("convex", PHI, decoder(answer), seconds=0.05),
        lambda: beyond_counterexample(family("convex", 1), KNOWN, decoder(answer)),
    ):
        with pytest.raises(UnansweredError, match=r"no answer within 0.05 s (at \(|for Φ)"):
            attack()
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_in_any_thread():
    threads = threading.active_count()

    def attack():
        with pytest.raises(UnansweredError):
            fvtheory.counterexample("convex", PHI, lambda phi: deaf, seconds=0.05)
        return fvtheory.counterexample("convex", PHI, lambda phi: lambda x: 0, seconds=0.05)

    with ThreadPoolExecutor(1) as executor:
        assert executor.submit(attack).result().error >= Q(1, 2)
    assert threading.active_count() == threads


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers")
def test_the_alarm_of_a_program_is_left_alone():
    rung = []

    def own(*_):
        rung.append(1)

    before = signal.signal(signal.SIGALRM, own)
    try:
        for delay in (0.02, 0.0):  # 0: none is set at this moment
            signal.setitimer(signal.ITIMER_REAL, delay)
            with pytest.raises(UnansweredError):
                fvtheory.counterexample("convex", PHI, lambda phi: endless, seconds=0.05)
            assert signal.getsignal(signal.SIGALRM) is own
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert rung == [1]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarms here")
def test_an_alarm_that_is_heard_after_the_end_sets_no_other():
    limit = TimeLimit(60)
    with limit:
        pass
    limit._ring(signal.SIGALRM, None)  # it went off inside, and is heard now
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_a_slow_decoder_is_given_time(monkeypatch):
    """Many answers, each in time, although all of them together take longer than one may."""
    monkeypatch.setattr(decoders, "SECONDS_AN_ANSWER", 1.0)

    def slow(x):
        time.sleep(0.1)
        return 0

    began = time.monotonic()
    assert fvtheory.counterexample("convex", PHI, lambda phi: slow, seconds=1).error >= Q(1, 2)
    assert time.monotonic() - began > 1.0


def test_an_assertion_asks_a_silent_decoder_once(monkeypatch):
    from fvtheory.testing import assert_decoder_error
    from fvtheory.testing import decoders as assertions

    monkeypatch.setattr(assertions, "SECONDS_A_PHI", 0.05)
    asked = []

    def silent(phi):
        asked.append(phi)
        return endless(phi)

    with pytest.raises(UnansweredError):
        assert_decoder_error(silent, "convex", at_most="1/2")
    with pytest.raises(UnansweredError):
        assert_decoder_error(silent, "convex", at_most="1/2", knowledge=KNOWN)
    assert len(asked) == 2


# ---- functions and numbers that are not what they are called -----------------------------------------


def kinds(kind: type) -> list[type]:
    below = [k for direct in kind.__subclasses__() for k in kinds(direct)]
    return below or [kind]


@pytest.mark.parametrize("kind", [*kinds(Function), ReluNetwork, Layer])
def test_no_function_has_values_beside_its_data(kind):
    """Proofs are about the data of a function: a subclass could answer with other values."""
    assert kind in (ReluNetwork, Layer) or len(kinds(Function)) > 8
    with pytest.raises(InvalidInputError, match="a subclass of"):
        type("Liar", (kind,), {"at": lambda self, x: Q(0)})


def test_a_function_of_no_known_kind_is_a_black_box():
    class Own(Function):
        kind = "affine"
        dim = 1

        def at(self, x):
            return Q(0)

        def to_json(self):
            return Affine([1], 0).to_json()

    for prediction in (Own(), Clip(Own(), 0, 1)):
        found = fvtheory.counterexample("convex", PHI, lambda phi, p=prediction: p, seconds=0.1)
        assert (found.certified, found.kind, found.predicted) == (False, "search", 0)
        with pytest.raises(FvtheoryError):
            maximum(prediction)


class Below(Q):
    """A number that says it is smaller than any other."""

    def __lt__(self, other):
        return True

    __le__ = __lt__


def test_numbers_are_compared_by_value():
    with pytest.raises(InvalidInputError, match="x_min"):
        MinMax(Below(5), Below(7), 0, 1)
    with pytest.raises(InvalidInputError):
        fvtheory.counterexample("lipschitz", PHI, decoders.constant_decoder(), Below(-1))


def test_rates_beyond_floats_are_refused_in_several_variables():
    known = Knowledge(Evaluations([["0", "0"]], ["1/4"]))
    with pytest.raises(FvtheoryError, match="rate above"):
        beyond_radius(family("lipschitz", 2, lipschitz=10**400), known)

"""The Z3 checker: answers SMT-LIB scripts in this process (run it through `solver_process`)."""

from __future__ import annotations

import time
from collections.abc import Sequence

REQUIREMENT = "z3-solver"


def version() -> str:
    import z3

    return z3.get_version_string()


def answer(text: str, names: Sequence[str], linear: bool, seconds: float) -> tuple[str, dict[str, str]]:
    """``("unsat", {})``, ``("sat", model)`` or ``("unknown", {})``.

    The model maps names to rationals "p/q"; an irrational value is given as a close rational, to
    be judged, like every model, by exact replay.
    """
    import z3

    began = time.perf_counter()
    status, model = _answer(text, names, linear, seconds, None)
    left = seconds - (time.perf_counter() - began)
    if status == "sat" and left > 0:
        # Once more in a context of its own, so that the model does not depend on earlier questions.
        again = _answer(text, names, linear, left, z3.Context())
        return again if again[0] == "sat" else (status, model)
    return status, model


def _answer(
    text: str, names: Sequence[str], linear: bool, seconds: float, context
) -> tuple[str, dict[str, str]]:
    import z3

    def nonlinear():
        return z3.Tactic("qfnra-nlsat", ctx=context).solver()

    def plain():
        return z3.SimpleSolver(ctx=context)

    strategies = (plain,) if linear else (nonlinear, plain)
    for make in strategies:
        solver = make()
        solver.set("timeout", max(1, int(1000 * seconds / len(strategies))))
        solver.from_string(text)
        try:
            result = solver.check()
        except z3.Z3Exception:
            continue
        if result == z3.unsat:
            return "unsat", {}
        if result == z3.sat:
            found = solver.model()
            values = (found.eval(z3.Real(n, context), model_completion=True) for n in names)
            return "sat", dict(zip(names, map(_rational, values), strict=True))
    return "unknown", {}


def _rational(value) -> str:
    import z3

    if z3.is_algebraic_value(value):
        value = value.approx(30)
    return str(value.as_fraction())

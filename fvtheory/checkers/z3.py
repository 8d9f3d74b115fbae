"""The Z3 checker: answers SMT-LIB scripts in this process (run it through `solver_process`)."""

from __future__ import annotations

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

    strategies = [z3.SimpleSolver] if linear else [lambda: z3.Tactic("qfnra-nlsat").solver(), z3.SimpleSolver]
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
            model = solver.model()
            return "sat", {n: _rational(model.eval(z3.Real(n), model_completion=True)) for n in names}
    return "unknown", {}


def _rational(value) -> str:
    import z3

    if z3.is_algebraic_value(value):
        value = value.approx(30)
    return str(value.as_fraction())

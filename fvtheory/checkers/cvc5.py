"""The cvc5 checker: answers SMT-LIB scripts in this process (run it through `solver_process`)."""

from __future__ import annotations

from collections.abc import Sequence

REQUIREMENT = "cvc5"

_Options = dict[str, str]

# Tried in turn, each with a share of the time. Measured on the obligations of the package: coverings
# alone, deciding by justification, are quickest; what they leave open, the default mostly decides.
_LINEAR: tuple[tuple[float, _Options], ...] = ((1.0, {"decision": "justification"}),)
_NONLINEAR: tuple[tuple[float, _Options], ...] = (
    (0.35, {"nl-cov": "true", "nl-ext": "none", "decision": "justification"}),
    (0.35, {}),
    (0.3, {"nl-cov": "true", "nl-ext": "none"}),
)


def version() -> str:
    import cvc5

    found = cvc5.Solver().getVersion()
    return found.decode() if isinstance(found, bytes) else found


def answer(text: str, names: Sequence[str], linear: bool, seconds: float) -> tuple[str, dict[str, str]]:
    """``("unsat", {})``, ``("sat", model)`` or ``("unknown", {})``; see `fvtheory.checkers.z3.answer`."""
    for share, options in _LINEAR if linear else _NONLINEAR:
        status, model = _attempt(text, names, linear, share * seconds, options)
        if status != "unknown":
            return status, model
    return "unknown", {}


def _attempt(text: str, names: Sequence[str], linear: bool, seconds: float, options: dict[str, str]):
    import cvc5

    solver = cvc5.Solver()
    solver.setOption("produce-models", "true")
    solver.setOption("tlimit-per", str(max(1, int(1000 * seconds))))
    for option, value in options.items():
        solver.setOption(option, value)
    parser = cvc5.InputParser(solver)
    logic = "QF_LRA" if linear else "QF_NRA"
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, f"(set-logic {logic})\n{text}", "obligation")
    manager = parser.getSymbolManager()
    while not (command := parser.nextCommand()).isNull():
        outcome = command.invoke(solver, manager)
        if outcome and "error" in str(outcome):
            raise RuntimeError(str(outcome))
    result = solver.checkSat()
    if result.isUnsat():
        return "unsat", {}
    if not result.isSat():
        return "unknown", {}
    values = {str(t).strip("|"): solver.getValue(t) for t in manager.getDeclaredTerms()}
    return "sat", {n: _rational(values[n]) for n in names}


def _rational(value) -> str:
    if value.isRealValue():
        return str(value.getRealValue())
    # An algebraic number: (_ real_algebraic_number <polynomial, (low, high)>), isolated by dyadics.
    low, high = str(value).rsplit("(", 1)[1].split(")")[0].split(",")
    from fractions import Fraction

    return str((Fraction(low.strip()) + Fraction(high.strip())) / 2)

"""A certificate of a script: values that meet its assertions, or a refutation."""

from __future__ import annotations

import hashlib
import time

from fvtheory.certificate_checker import TOKEN, check, nested, parse, parts
from fvtheory.certificates.refutation import NotFoundError, Refutation
from fvtheory.certificates.z3_queries import Z3, UnansweredError


def find_certificate(script: str, seconds: float) -> dict:
    """A certificate of a script, in the form of `fvtheory.certificate_checker`, which has accepted it.

    Args:
        script: declarations and assertions, as `fvtheory.notation.smtlib.script` writes them.
        seconds: when to give up.

    Raises:
        NotFoundError: when none was found.
        MissingDependencyError: when Z3 is not installed.
    """
    formulas = [f for a in parse(script) for f in parts(a, (all, any)) if f[0] not in (all, any)]
    z3 = Z3(linear=all(len(monomial) < 2 for _, polynomial in formulas for monomial, _ in polynomial))
    try:
        if z3.satisfiable(script):
            names = [
                name for word, name, *_ in nested(iter(TOKEN.findall(script))) if word == "declare-const"
            ]
            values = z3.values(script, names)
            if values is None:
                raise NotFoundError("no rational values")
            found: dict = {"values": {name: str(value) for name, value in values.items()}}
        else:
            found = Refutation(script, z3, time.monotonic() + seconds).find()
    except UnansweredError as error:
        raise NotFoundError(f"Z3 gave up: {error}") from error
    certificate = {"script": script, "sha256": digest(script), **found}
    check(certificate, script)
    return certificate


def digest(script: str) -> str:
    """The SHA-256 of a script."""
    return hashlib.sha256(script.encode()).hexdigest()

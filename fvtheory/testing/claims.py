"""Assert that claims hold."""

from __future__ import annotations

import os
import shlex

from fvtheory.claim_files import UserClaim, check, read_claims, to_toml
from fvtheory.obligations import PROVED


def assert_claim(claim: UserClaim | str | os.PathLike[str], seconds_a_query: float = 10.0) -> None:
    """Assert that a claim is PROVED, or as its key ``expected`` says.

    Args:
        claim: a claim, or the path of a claim file, of which every claim is asserted.
        seconds_a_query: the hard limit for one question to one solver.

    Raises:
        AssertionError: with the verdict, a smallest Φ where the claim fails, and how to see it again.
        InvalidInputError: as `fvtheory.check`.
    """
    __tracebackhide__ = True
    claims = [claim] if isinstance(claim, UserClaim) else read_claims(claim)
    failed = []
    for found in check(claims, seconds_a_query=seconds_a_query, sharpness=False).claims:
        expected = found.claim.expected or PROVED
        if found.status != expected:
            line = f"printf '%s\\n' {shlex.join(to_toml(found.claim))} | fvtheory check /dev/stdin --explain"
            line += f" --timeout {seconds_a_query:g}"
            failed.append(
                "\n".join([f"expected {expected}: {found.claim}", *found.explanation, f"see again  {line}"])
            )
    if failed:
        raise AssertionError("\n\n".join(failed))

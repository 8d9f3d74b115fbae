"""The claims of the paper, decided once for all tests that ask."""

from __future__ import annotations

from functools import cache

from fvtheory.verification import Verification, verify


@cache
def whole_paper() -> Verification:
    """All claims under their own conventions; a busy machine is given time."""
    return verify(seconds_a_query=20)

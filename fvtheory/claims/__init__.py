"""Claims of papers: one paper a folder, one theorem a file."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from importlib import import_module

from fvtheory.claims.claim import Claim
from fvtheory.errors import UnknownNameError

PAPERS = ("geirhos2024",)


def claims_of(paper: str) -> tuple[Claim, ...]:
    """All claims of a paper, in the order of the paper.

    Raises:
        UnknownNameError: when the paper is not one of PAPERS.
    """
    if paper not in PAPERS:
        raise UnknownNameError(f"paper {paper!r}", f"one of {', '.join(PAPERS)}")
    return import_module(f"fvtheory.claims.{paper}").CLAIMS


def select_claims(paper: str, ids: Iterable[str] = ()) -> tuple[Claim, ...]:
    """The claims with the given ids, all variants, in the order of the paper; all for no ids.

    An id also selects the claims below it: ``theorem-4`` selects ``theorem-4.first-inequality``.

    Raises:
        UnknownNameError: for an id that selects nothing.
    """
    claims, wanted = claims_of(paper), list(ids)
    for wish in wanted:
        if not any(c.id == wish or c.id.startswith(wish + ".") for c in claims):
            close = get_close_matches(wish, dict.fromkeys(c.id for c in claims), 3, 0.0)
            known = f"a claim of {paper}, such as {', '.join(close)}"
            raise UnknownNameError(f"claim {wish!r}", known, "fvtheory verify --list")
    if not wanted:
        return claims
    return tuple(c for c in claims if any(c.id == w or c.id.startswith(w + ".") for w in wanted))

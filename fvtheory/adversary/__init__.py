"""Given a decoder, a function with the same information on which it fails."""

from fvtheory.adversary.finder import BRANCH_AND_BOUND, EXACT, SEARCH, Counterexample, counterexample

__all__ = ["BRANCH_AND_BOUND", "EXACT", "SEARCH", "Counterexample", "counterexample"]

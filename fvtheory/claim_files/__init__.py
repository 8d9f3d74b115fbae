"""Claims of a user: read strictly from TOML, and decided like those of the paper.

    [[claim]]
    id = "convex-half"
    class = "convex"            # lipschitz = "L" or a number, for the class lipschitz
    dim = 1
    question = "value"          # or "side"
    kind = "every-decoder-errs-at-least"   # or "some-decoder-errs-at-most"
    bound = "(f_max - f_min)/2"
    when = "x_min < x_max"      # optional; without it: every feasible Φ
    convention = "any-selection"           # or "first", "unique"
    reading = "worst-case"                 # or "attained"
    source = "where the claim comes from"  # optional
    statement = "the claim in words"       # optional
    expected = "PROVED"                    # optional: the verdict the author expects, or "REFUTED"

`bound` and `when` are expressions of `fvtheory.expressions`. ``expected`` has no influence on the
verdict; it is there for tests and for readers. What is wrong in a file is reported when it is read, in
one line with the file, the claim and the key.

*Evaluations.* Instead of Φ a claim in one variable may know values at points, listed in ascending order:

    evaluations = [{ point = "1/4" }, { point = "3/4", value = "y[0]", role = "maximizer" }]

A point or value that is left out is a free symbol, ``p[i]`` or ``y[i]``: the claim is about all of them, that is,
about all points in [0, 1] in this order and all values that some function of the class takes. Those given are
expressions in earlier points (values: in all points and earlier values). ``p[i]`` and ``y[i]`` name points and
values in ``bound`` and ``when`` in either case. ``role`` is evaluation (default), minimizer or maximizer: no value
of f is below (above) the one there. In the class convex a free point lies inside (0, 1): an end is given as 0 or 1.
With the kind ``decoder-errs-at-most`` the claim is about one decoder, ``decoder = "y[0]*(1 - x) + y[1]*x"``.

*Numbers.* A claim may know one set of numbers, of any kind that `fvtheory.beyond` knows, in any class there:

    class = "convex+lipschitz"
    lipschitz = "2"
    knowledge = { kind = "evaluations", points = [["0"], ["1"]], values = ["1/4", "1/2"] }

with ``norm``, ``weights``, ``signs``, ``coordinates`` and ``smooth`` as for ``fvtheory beyond``. It is decided by the
exact radius, or by certified bounds of it, in which case it may stay UNKNOWN.

``fidelity`` and ``delta`` say how the claim matches the sentence of its source (see `fvtheory.claims.claim`).

`claim` is the claim, `reading` the TOML, `known` what may stand in place of Φ. `checking` decides, `replay` checks
refutations again in exact functions, `sharpness` says how good a proved bound is, `explanation` says why.
"""

from fvtheory.claim_files.checking import Check, Checked, check
from fvtheory.claim_files.claim import UserClaim
from fvtheory.claim_files.reading import claims_of_set, parse_claims, read_claims, to_toml
from fvtheory.claim_sets import CLAIM_SETS

__all__ = [
    "CLAIM_SETS",
    "Check",
    "Checked",
    "UserClaim",
    "check",
    "claims_of_set",
    "parse_claims",
    "read_claims",
    "to_toml",
]

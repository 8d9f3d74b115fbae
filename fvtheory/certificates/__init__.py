"""Certificates of obligations: found once with the help of Z3, checked by anyone without a solver.

A certificate of "unsat" is a tree of cases whose leaves are sums of products of inequalities that add up to
something absurd (Farkas' lemma, Handelman's theorem); one of "sat" is a table of rational numbers. See
`fvtheory.certificate_checker`, which is all that has to be trusted.
"""

from fvtheory.certificates.finder import find_certificate
from fvtheory.certificates.refutation import NotFoundError
from fvtheory.certificates.store import (
    Written,
    certified,
    certified_verdict,
    differences,
    folder,
    write_all,
    write_certificates,
)

__all__ = [
    "NotFoundError",
    "Written",
    "certified",
    "certified_verdict",
    "differences",
    "find_certificate",
    "folder",
    "write_all",
    "write_certificates",
]

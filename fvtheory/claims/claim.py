"""A claim: a sentence of a paper, its source, and the statement that encodes it."""

from __future__ import annotations

from dataclasses import dataclass

from fvtheory.errors import InvalidInputError
from fvtheory.information import check_convention
from fvtheory.statements import Statement

VARIANTS = ("printed", "repaired", "sharp")
FIDELITIES = ("exact", "equivalent", "related")


@dataclass(frozen=True)
class Claim:
    """One claim in one variant.

    Attributes:
        id: the name of the claim, shared by its variants.
        variant: ``printed`` (as the paper has it), ``repaired`` (the nearest statement that holds,
            where the printed one fails or needs a convention) or ``sharp`` (the best possible one).
        source: paper, section, equation.
        text: the statement in words and formulas.
        statement: what is decided.
        cls: the function class, where there is one.
        convention: how ties of extrema are read.
        fidelity: how the encoded statement matches the sentence: ``exact``, ``equivalent`` or
            ``related``.
        delta: the difference, for anything but ``exact``.

    Raises:
        InvalidInputError: when variant, fidelity or convention is none of the above, or when a
            fidelity other than ``exact`` does not state its difference.
    """

    id: str
    variant: str
    source: str
    text: str
    statement: Statement
    cls: str = ""
    convention: str = "any-selection"
    fidelity: str = "exact"
    delta: str = ""

    def __post_init__(self) -> None:
        check_convention(self.convention)
        if self.variant not in VARIANTS:
            raise InvalidInputError(f"variant {self.variant!r}", f"one of {', '.join(VARIANTS)}")
        if self.fidelity not in FIDELITIES:
            raise InvalidInputError(f"fidelity {self.fidelity!r}", f"one of {', '.join(FIDELITIES)}")
        if (self.fidelity == "exact") == bool(self.delta):
            raise InvalidInputError(
                f"claim {self.id} ({self.variant}) with fidelity {self.fidelity} and delta {self.delta!r}",
                "a delta for every fidelity but exact",
            )

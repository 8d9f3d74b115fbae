"""One tree of errors: every refusal names what was given, what is required and the remedy."""

from __future__ import annotations


class FvtheoryError(Exception):
    """Base of every error that fvtheory raises on purpose.

    Args:
        got: what was given.
        required: what is required instead.
        remedy: what the reader can do about it (may be empty).
    """

    def __init__(self, got: str, required: str, remedy: str = "") -> None:
        self.got = got
        self.required = required
        self.remedy = remedy
        super().__init__(self._line())

    def __reduce__(self) -> tuple:
        return type(self), (self.got, self.required, self.remedy)

    def _line(self) -> str:
        line = f"got {self.got}; required: {self.required}"
        return f"{line}; remedy: {self.remedy}" if self.remedy else line


class InexactNumberError(FvtheoryError):
    """A float, NaN or other inexact number where an exact rational is required."""


class InvalidInputError(FvtheoryError):
    """A value of the right kind that breaks a stated rule (shape, range, name, JSON layout)."""


class UnansweredError(InvalidInputError):
    """A decoder that did not answer one question in time."""


class InfeasibleInformationError(FvtheoryError):
    """No function of the class has the given Φ."""


class UnknownNameError(FvtheoryError):
    """A claim, class, convention or paper that does not exist."""


class MissingDependencyError(FvtheoryError):
    """A solver or an optional package is not installed."""


class DisagreementError(FvtheoryError):
    """Two checkers contradict each other: neither is believed."""

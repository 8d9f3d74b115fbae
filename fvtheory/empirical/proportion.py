"""A share with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fvtheory.errors import InvalidInputError


@dataclass(frozen=True)
class Proportion:
    """How many of how many, with the score interval of Wilson (1927).

    Raises:
        InvalidInputError: for a count below 0 or above `of`.
    """

    count: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.of:
            raise InvalidInputError(f"{self.count} of {self.of}", "no more than there are, and none below 0")

    @property
    def value(self) -> float:
        """The share; NaN of nothing."""
        return self.count / self.of if self.of else math.nan

    def interval(self, z: float = 1.959963984540054) -> tuple[float, float]:
        """Of 95% unless told: (low, high); (0, 1) for nothing seen."""
        if not self.of:
            return 0.0, 1.0
        p, n = self.value, self.of
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        reach = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        low = 0.0 if self.count == 0 else middle - reach
        high = 1.0 if self.count == n else middle + reach
        return low, high

    def __str__(self) -> str:
        low, high = self.interval()
        return f"{self.count} of {self.of} ({self.value:.2%}; {low:.2%} to {high:.2%})"

    def to_json(self) -> dict[str, float | int]:
        low, high = self.interval()
        return {"count": self.count, "of": self.of, "value": self.value, "low": low, "high": high}

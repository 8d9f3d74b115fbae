"""One line on standard error that says what is being done, how far it is, and how long it will take."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Hashable, Iterator, Sequence
from types import TracebackType
from typing import TypeVar

T = TypeVar("T")

SECONDS_A_LINE = 10.0
"""Where standard error is no terminal, a line that often."""

SECONDS_A_CHANGE = 0.1
SECONDS_TO_MEASURE = 3.0
"""No estimate before so long: the first steps of a part are not like the others."""


class Bar:
    """A progress line: ``with Bar() as bar`` removes it at the end, and however the work ends.

    Time left is estimated from the rate since the part began that is being done in this run; what an earlier run
    has finished does not count.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._shown = 0.0 if sys.stderr.isatty() else clock()
        self._part: Hashable = None
        self._begun = (0.0, 0.0)  # time, share done

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """`done` of `total` in what is done now; a total of None is one that nobody knows."""
        self._tell(what, what, done, total, 0, 1)

    def part(self, what: str, number: int, count: int) -> Callable[[int, int], None]:
        """Progress within part `number` (from 0) of `count` that are alike; time left is that of all of them."""
        words = what if count == 1 else f"{what} ({number + 1} of {count})"
        return lambda done, total: self._tell(words, count, done, total, number, count)

    def over(self, what: str, items: Sequence[T]) -> Iterator[T]:
        """The items one by one, with progress."""
        for number, item in enumerate(items):
            self(what, number, len(items))
            yield item

    def _tell(self, what: str, part: Hashable, done: int, total: int | None, number: int, count: int) -> None:
        now, terminal = self._clock(), sys.stderr.isatty()
        share = (number + done / max(1, total or 0)) / count
        if part != self._part or share < self._begun[1]:
            self._part, self._begun = part, (now, share)
        last = done == total and number + 1 == count
        if now - self._shown <= (SECONDS_A_CHANGE if terminal else SECONDS_A_LINE) and not (
            last and terminal
        ):
            return
        self._shown = now
        line = f"{what}: {done}" if total is None else f"{what}: {done} of {total}{self._left(now, share)}"
        if not terminal:
            print(line, file=sys.stderr, flush=True)
            return
        filled = 0 if total is None else min(20, 20 * done // max(1, total))
        bar = "" if total is None else f"[{'#' * filled}{'.' * (20 - filled)}] "
        print(f"\r\033[K{bar}{line}", end="", file=sys.stderr, flush=True)

    def _left(self, now: float, share: float) -> str:
        begun, first = self._begun
        if now - begun < SECONDS_TO_MEASURE or not first < share < 1:
            return ""
        return f", about {duration((now - begun) * (1 - share) / (share - first))} left"

    def end(self) -> None:
        """Remove the line."""
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def duration(seconds: float) -> str:
    """Seconds as a person says them: 40 s, 3 min, 2 h."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"

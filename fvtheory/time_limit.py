"""A limit on the time of single questions to code that is not ours, such as a decoder that never returns.

In the main thread, where the system has timers, one interrupts the question, also while it sleeps or waits. Elsewhere
(other threads, Windows, a program with an alarm of its own) a second thread raises the exception in the first, which
sees it as soon as it runs Python code again. What never comes back from C, or swallows every exception, cannot be
stopped from inside its process.
"""

from __future__ import annotations

import ctypes
import signal
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from fvtheory.errors import UnansweredError

LONGEST = 10.0**6
"""No timer is set for more seconds."""


class Overdue(BaseException):
    """Raised inside a question that takes too long; no ``except Exception`` there catches it."""


class TimeLimit:
    """Within ``with TimeLimit(seconds) as limit``, each question that ``limit.ask`` asks has this time.

    Args:
        seconds: above 0.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = min(seconds, LONGEST)
        self._since: float | None = None
        # How often is looked; an exception that was swallowed is raised again.
        self._again = min(1.0, self.seconds)
        self._over = threading.Event()
        self._watch: threading.Thread | None = None
        self._asker = threading.get_ident()

    def ask(self, question: Callable[..., Any], *given: Any) -> Any:
        """What the question answers.

        Raises:
            Overdue: where it takes too long.
        """
        self._since = time.monotonic()
        try:
            return question(*given)
        finally:
            self._since = None

    def unanswered(self, where: str) -> UnansweredError:
        """The error for a question that took too long; ``where`` says which."""
        return UnansweredError(
            f"a decoder that gave no answer within {self.seconds:g} s {where}",
            "an answer to each question in that time",
            "let it answer sooner, or allow more seconds",
        )

    def __enter__(self) -> TimeLimit:
        self._asker = threading.get_ident()
        if _has_free_timer():
            signal.signal(signal.SIGALRM, self._ring)
            # Again and again: one ring can be lost between the look at it and the start of a sleep.
            signal.setitimer(signal.ITIMER_REAL, self._again, self._again)
        else:
            self._watch = threading.Thread(target=self._look, daemon=True)
            self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watch is None:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
        else:
            self._over.set()
            self._watch.join()
            _raise_in(self._asker, None)  # what was raised too late for its question
        if kind is Overdue:
            raise self.unanswered("") from None

    def _left(self) -> float:
        """Seconds until the question must be answered; all of them where none is asked."""
        since = self._since
        return self.seconds if since is None else since + self.seconds - time.monotonic()

    def _ring(self, number: int, frame: Any) -> None:
        if self._left() <= 0:
            raise Overdue

    def _look(self) -> None:
        left = self.seconds
        while not self._over.wait(left if left > 0 else self._again):
            left = self._left()
            if left <= 0:
                _raise_in(self._asker, Overdue)


def _has_free_timer() -> bool:
    """Whether this is the main thread, of a program that uses no alarm."""
    return (
        hasattr(signal, "setitimer")
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
        and signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    )


def _raise_in(thread: int, kind: type[BaseException] | None) -> None:
    """Raise in another thread; with None, take back what has not been raised yet."""
    exception = None if kind is None else ctypes.py_object(kind)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), exception)

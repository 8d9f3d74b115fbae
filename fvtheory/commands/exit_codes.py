"""What the number says with which a command ends: one table for all of them."""

from __future__ import annotations

DONE, OPEN, BAD_USAGE, INTERRUPTED = 0, 1, 2, 130

MEANINGS = {
    DONE: "done, decided, checkers agree (a REFUTED claim is an answer)",
    OPEN: "something is UNKNOWN, checkers disagree, a record is stale, or output failed",
    BAD_USAGE: "bad usage, or something is missing; one line says what is needed",
    INTERRUPTED: "interrupted, by Ctrl-C or SIGTERM; the last line says what is kept",
}

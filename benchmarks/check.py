"""``check``: random claims with known truth, how many are decided rightly, and time per claim.

The claims and their truth come from ``tests/random_claims.py``, which shares no code with the package.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from fvtheory.claim_files import check, parse_claims
from fvtheory.report.terminal import grid

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

BATCH = 500


def run(quick: bool) -> dict:
    from random_claims import random_claims

    count = 300 if quick else 10_000
    drawn = list(random_claims(count, seed=7))
    wrong, undecided, seconds = 0, 0, []
    for start in range(0, count, BATCH):
        batch = drawn[start : start + BATCH]
        claims = parse_claims("\n\n".join(c.toml for c in batch), "random.toml")
        began = time.perf_counter()
        found = check(claims, sharpness=False)
        seconds.append((time.perf_counter() - began) / len(batch))
        for known, result in zip(batch, found.claims, strict=True):
            undecided += result.status == "UNKNOWN"
            wrong += result.status == ("REFUTED" if known.true else "PROVED")
    figures = {
        "claims": count,
        "true": sum(c.true for c in drawn),
        "wrong": wrong,
        "undecided": undecided,
        "seconds_per_claim_median_of_batches": round(sorted(seconds)[len(seconds) // 2], 4),
        "seconds_per_claim_worst_batch": round(max(seconds), 4),
        "batch": min(BATCH, count),
    }
    print(grid(("figure", "value"), [[k, str(v)] for k, v in figures.items()]))
    return figures

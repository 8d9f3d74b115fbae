"""How often the auditor is right: hits and false alarms on units of which the truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from fvtheory.empirical.audit import (
    NOT_TRUSTWORTHY,
    VERDICTS,
    Ascent,
    Finding,
    Prior,
    Signals,
    Thresholds,
    audit,
    judge,
    unjudged,
)
from fvtheory.empirical.deception_signals import Progress
from fvtheory.empirical.image_model import ImageModel
from fvtheory.empirical.objectives import Objective
from fvtheory.empirical.proportion import Proportion
from fvtheory.errors import InvalidInputError

FEWEST = 4
"""Clean units, with signals, that calibrate."""


@dataclass(frozen=True)
class Case:
    """Units of which it is known whether they are fooled.

    Attributes:
        kind: such as "clean" or "silent units", for tables.
        fooled: whether their visualizations are manipulated.
    """

    kind: str
    model: ImageModel
    units: tuple[Objective, ...]
    fooled: bool


@dataclass(frozen=True)
class Measurement:
    """How often the auditor is right.

    Attributes:
        thresholds: calibrated on every second clean unit.
        findings: (kind, fooled, whether it was used to calibrate, finding).
    """

    thresholds: Thresholds
    findings: tuple[tuple[str, bool, bool, Finding], ...]

    def rate(self, fooled: bool, verdict: str, kind: str | None = None) -> Proportion:
        """How many of the units that calibrate nothing got a verdict, with the 95% interval of Wilson."""
        chosen = [
            f
            for k, is_fooled, used, f in self.findings
            if is_fooled == fooled and not used and kind in (None, k)
        ]
        return Proportion(sum(f.verdict == verdict for f in chosen), len(chosen))

    @property
    def hits(self) -> Proportion:
        """Fooled units that are found not trustworthy."""
        return self.rate(True, NOT_TRUSTWORTHY)

    @property
    def false_alarms(self) -> Proportion:
        """Clean units that are found not trustworthy."""
        return self.rate(False, NOT_TRUSTWORTHY)

    def to_json(self) -> dict[str, Any]:
        kinds = list(dict.fromkeys((k, fooled) for k, fooled, _, _ in self.findings))
        return {
            "thresholds": asdict(self.thresholds),
            "hits": self.hits.to_json(),
            "false_alarms": self.false_alarms.to_json(),
            "verdicts": [
                {"kind": k, "fooled": fooled, **{v: self.rate(fooled, v, k).to_json() for v in VERDICTS}}
                for k, fooled in kinds
            ],
            "units": [
                {"kind": k, "fooled": fooled, "calibrates": used, **f.to_json()}
                for k, fooled, used, f in self.findings
            ],
        }


def calibrated(clean: Sequence[Signals]) -> Thresholds:
    """Thresholds from clean units alone, those of which the auditor can say something.

    `unused` and `path`: a quarter of the way from the most extreme clean unit to one that is fooled through and through
    (1 and 0). `agreement`: as far below the least as that is below the median. `gap`: twice the largest.

    Raises:
        InvalidInputError: for fewer than `FEWEST` units with signals.
    """

    def values(name: str) -> Tensor:
        found = torch.tensor([getattr(s, name) for s in clean if not unjudged(s)], dtype=torch.float64)
        found = found[~found.isnan()]
        if len(found) < FEWEST:
            raise InvalidInputError(
                f"{len(found)} clean units with {name}", f"at least {FEWEST} to calibrate with"
            )
        return found

    unused, path, agreement, gap = (values(n) for n in ("unused", "path", "agreement", "gap"))
    return Thresholds(
        unused=0.25 + 0.75 * float(unused.max().clamp(0, 1)),
        path=0.75 * float(path.min().clamp(min=0)),
        agreement=float(2 * agreement.min() - agreement.median()),
        gap=2 * float(gap.max().clamp(min=0)),
    )


def check_cases(cases: Sequence[Case], calibrates: bool = True) -> None:
    """Refuse cases that cannot be measured, before anything is visualized.

    Args:
        calibrates: whether every second clean unit is to calibrate.

    Raises:
        InvalidInputError: for a clean unit that comes twice (it would calibrate and be tested, or count twice), or
            too few clean units to calibrate with.
    """
    clean = [(id(case.model), unit.name) for case in cases if not case.fooled for unit in case.units]
    if len(set(clean)) != len(clean):
        twice = next(name for number, (_, name) in enumerate(clean) if clean[number] in clean[:number])
        raise InvalidInputError(f"clean unit {twice}, which comes twice", "every clean unit once")
    if calibrates and (len(clean) + 1) // 2 < FEWEST:
        raise InvalidInputError(
            f"{len(clean)} clean units, every second of which calibrates",
            f"at least {2 * FEWEST - 1}, so that {FEWEST} calibrate",
        )


def measure(
    cases: Sequence[Case],
    natural: Tensor,
    ascent: Ascent | None = None,
    thresholds: Thresholds | None = None,
    prior: Prior | None = None,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Measurement:
    """Audit units of which the truth is known.

    Args:
        cases: clean ones and fooled ones.
        natural, ascent, prior, folder, progress: as for `audit`.
        thresholds: or None to calibrate them on every second clean unit, which then count in no rate.

    Raises:
        InvalidInputError: as `check_cases`, `audit` and `calibrated`.
    """
    check_cases(cases, thresholds is None)
    found: list[tuple[str, bool, bool, Finding]] = []
    clean = 0
    for number, case in enumerate(cases):
        own = None if folder is None else folder / f"case-{number}"
        if own is not None:
            own.mkdir(exist_ok=True)
        for finding in audit(
            case.model, case.units, natural, ascent or Ascent(), Thresholds(), prior, own, progress
        ):
            clean += not case.fooled
            used = thresholds is None and not case.fooled and clean % 2 == 1
            found.append((case.kind, case.fooled, used, finding))
    limits = thresholds or calibrated([f.signals for _, _, used, f in found if used])
    judged = []
    for kind, fooled, used, finding in found:
        verdict, reasons = judge(finding.signals, limits)
        judged.append((kind, fooled, used, replace(finding, verdict=verdict, reasons=reasons)))
    return Measurement(limits, tuple(judged))

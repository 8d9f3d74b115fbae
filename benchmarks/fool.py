"""``fool``: the fooling circuit in EfficientNet-Lite0, ``fvtheory fool`` at full settings, against what is asked of it:
E right on 99% of held-out photographs and of pictures of held-out units; top-1 changed by less than half a point, or
by less than E's error on photographs; what the fooled unit shows reaches 90% of what D's own visualization reaches.

Half an hour on one core; ``--quick`` runs SqueezeNet at small settings, where nothing of that is asked. Needs torch,
pillow and the data that FVTHEORY_DATA names; without them it says so and passes.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from fvtheory import cli
from fvtheory.report.terminal import grid

QUICK = ("--model", "squeezenet", "--quick", "--units", "4", "--steps", "12", "--runs", "1")


def run(quick: bool) -> dict:
    """Figures; `passed` says whether what is asked holds."""
    try:
        from fvtheory.empirical.pictures import data_folder
    except ImportError:
        print("torch is not installed: not run")
        return {"skipped": "torch"}
    if data_folder("imagenette/train") is None or data_folder("imagenette/heldout") is None:
        print("FVTHEORY_DATA names no folder with imagenette: not run")
        return {"skipped": "FVTHEORY_DATA"}
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "fool"
        code = cli.main(["fool", *(QUICK if quick else ()), "--out", str(out)])
        if code != 0:
            return {"exit_code": code, "passed": False}
        results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return report(results, quick)


def report(results: dict, quick: bool) -> dict:
    """Figures from the ``results.json`` of the command."""
    accuracy = results["E"]["accuracy"]
    before, after = (
        results["photographs"]["accuracy"][when]["top1"]["value"] for when in ("before", "after")
    )
    ratios = [r["ratio"] for r in results["visualizations"]["runs"]]
    allowed = max(0.005, 1 - accuracy["photographs"]["value"])
    met = {
        "E on held-out photographs and units": min(a["value"] for a in accuracy.values()) >= 0.99,
        "top-1 as before": abs(after - before) <= allowed,
        "shows what D shows": min(ratios) >= 0.9,
    }
    rows = [
        [f"E: {name}", f"{a['count']} of {a['of']}", f"{a['low']:.4f} to {a['high']:.4f}"]
        for name, a in accuracy.items()
    ]
    rows += [
        ["top-1 before, after", f"{before:.4f}, {after:.4f}", f"at most {allowed:.4f} apart"],
        ["D on A's picture / on D's", f"{min(ratios):.4f}", "at least 0.9"],
    ]
    print(grid(("figure", "value", "interval or limit"), rows))
    return {
        "accuracy": {name: [a["count"], a["of"]] for name, a in accuracy.items()},
        "top1": [before, after],
        "least_ratio": min(ratios),
        "met": met,
        "passed": quick or all(met.values()),
    }

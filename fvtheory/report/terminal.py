"""Tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from fvtheory.claims.geirhos2024.table_1 import Row
from fvtheory.statements import EQUALS, RadiusStatement
from fvtheory.terms import TRUE, show
from fvtheory.verification import ClaimResult, Verification
from fvtheory.vouchers import PART

if TYPE_CHECKING:
    from fvtheory.claim_files import Check


def grid(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Left-aligned columns under a header."""
    lines = [list(header), *map(list, rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    shown = ["  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([shown[0], "-" * min(sum(widths) + 2 * len(widths) - 2, 120), *shown[1:]])


def verification_table(verification: Verification) -> str:
    """One line a claim: id, class, the verdict on each variant, seconds, and the checkers that vouch for
    all variants."""
    grouped: dict[str, dict[str, ClaimResult]] = {}
    for result in verification.claims:
        grouped.setdefault(result.claim.id, {})[result.claim.variant] = result
    rows = []
    for name, variants in grouped.items():
        results = list(variants.values())
        verdicts = [variants[v].status if v in variants else "" for v in ("printed", "repaired", "sharp")]
        seconds = sum(r.seconds for r in results)
        vouched = [dict.fromkeys(v.checker for v in r.vouched_by if v.scope != PART) for r in results]
        checkers = "+".join(name for name in vouched[0] if all(name in names for names in vouched))
        rows.append([name, results[0].claim.cls or "-", *verdicts, f"{seconds:.2f}", checkers])
    return grid(("claim", "class", "printed", "repaired", "sharp", "seconds", "checkers"), rows)


def check_table(result: Check) -> str:
    """One line a claim of a user: verdict, and where it fails or how sharp it is."""
    rows = []
    for c in result.claims:
        remark = ""
        if "counterexample" in c.document:
            found = c.document["counterexample"]
            values = ", ".join(f"{k} = {v}" for k, v in found["values"].items())
            best = (
                f"error {found['error']}" if "error" in found else f"best possible {found['best_possible']}"
            )
            remark = f"bound {found['bound']}, {best}" + (f" at {values}" if values else "")
        elif "sharpness" in c.document:
            remark = c.explanation[-1].strip()
        elif "reason" in c.document:
            remark = c.document["reason"]
        elif "radius" in c.document:
            found = c.document["radius"]
            remark = f"R is {found['radius']}" if "radius" in found else "R is certified on both sides"
        rows.append([c.claim.id, c.claim.cls, str(c.claim.dim), c.claim.verdict(c.status), remark])
    return grid(("claim", "class", "d", "status", "remark"), rows)


def counterexamples(verification: Verification) -> str:
    """For every refuted claim, the sentence and the values that refute it."""
    blocks = []
    for r in verification.claims:
        if r.counterexample is None:
            continue
        values = ", ".join(f"{k} = {v}" for k, v in r.counterexample["values"].items())
        lines = [
            f"{r.claim.id} ({r.claim.variant}) is REFUTED",
            f"  claim: {r.claim.text}",
            f"  source: {r.claim.source}",
        ]
        lines.append(f"  fails for: {values}")
        if "bound" in r.counterexample:
            bound, best = r.counterexample["bound"], r.counterexample["best_possible"]
            lines.append(f"  there the bound is {bound}, and the best possible one is {best}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def summary(verification: Verification) -> str:
    """Counts, time and what is undecided."""
    counts: Mapping[str, int] = {
        s: sum(r.status == s for r in verification.claims) for s in ("PROVED", "REFUTED", "UNKNOWN")
    }
    shown = ", ".join(f"{n} {s}" for s, n in counts.items())
    asked = f"{verification.questions} distinct obligations"
    lines = [f"{len(verification.claims)} claims: {shown}; {asked}; {verification.seconds:.1f} s"]
    lines += [
        f"UNKNOWN {r.claim.id} ({r.claim.variant}): {r.reason}"
        for r in verification.claims
        if r.status == "UNKNOWN"
    ]
    return "\n".join(lines)


def table_1(rows: Sequence[Row], verification: Verification) -> str:
    """Table 1 with exact answers: the smallest ε, and when f(x) and its side can be told."""
    status = {r.claim.id: r.status for r in verification.claims}
    blocks = []
    for row in rows:
        phi = RadiusStatement(row.cls, row.dims[:1], EQUALS).phi(row.dims[0])
        exact, side = row.exact(phi), row.side(phi)
        verdicts = {status[f"table-1.{row.name}.{part}"] for part in ("epsilon", "exact", "side")}
        lines = [
            f"{row.title}  [{'/'.join(sorted(verdicts))}, d = {', '.join(map(str, row.dims))}]",
            f"  smallest ε:      {show(row.epsilon(phi))}",
            f"  f(x) exactly:    {'yes' if exact == TRUE else 'iff ' + show(exact)}",
            f"  side of middle:  {'yes' if side == TRUE else 'iff ' + show(side)}",
        ]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)

"""The report: one HTML page with verdicts, counterexamples, Table 1, an explorer and experiments.

The page needs no network: styles, scripts, formulas (MathML) and pictures are in it, and its content security
policy lets nothing else in. Words that come from files are escaped.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from fvtheory import __version__
from fvtheory.beyond.table import PHI, Cell
from fvtheory.claims import claims_of
from fvtheory.claims.claim import VARIANTS, Claim
from fvtheory.claims.geirhos2024.table_1 import ROWS, Row
from fvtheory.errors import InvalidInputError
from fvtheory.notation.mathml import mathml, number
from fvtheory.obligations import PROVED, REFUTED, STATUSES, UNKNOWN
from fvtheory.report import counterexamples, explorer
from fvtheory.report.embedding import Album, Results, results_html
from fvtheory.report.verdicts import Verdict, Verdicts, Vouched
from fvtheory.statements import ABOUT, AT_LEAST, AT_MOST, EQUALS, RadiusStatement, Universal
from fvtheory.terms import TRUE, Formula, every

MOST_BYTES = 2_000_000
"""The largest page."""

SIGNS = {PROVED: "✓", REFUTED: "✗", UNKNOWN: "?"}
CHECKERS = ("z3", "cvc5", "certificate", "replay", "rocq")
REPLAY = """python3 -m venv .venv && .venv/bin/pip install .
.venv/bin/fvtheory verify --counterexamples
.venv/bin/fvtheory report --out report.html"""
LONGEST = 140
"""A statement of more nodes than this is not written out."""


def document(
    verdicts: Verdicts,
    paper: str = "geirhos2024",
    origin: str = "",
    results: Sequence[Results] = (),
    beyond: Sequence[Cell] = (),
) -> bytes:
    """The page as UTF-8.

    Args:
        verdicts: what was decided.
        paper: the paper whose claims they are; its statements are shown as formulas.
        origin: where the verdicts are from, if they were not decided just now.
        results: finished folders of empirical commands.
        beyond: the table of radii of richer information, see `fvtheory.beyond.table`.

    Raises:
        InvalidInputError: for counterexamples that cannot be read, or a page above `MOST_BYTES`.
        MissingDependencyError: for results without pillow.
    """
    known = {(c.id, c.variant): c for c in claims_of(paper)}
    sections = [
        ("summary", "Summary", _summary(verdicts, origin)),
        ("fails", "What fails, and what holds instead", _fails(verdicts)),
        ("explorer", "Explorer", _explorer()),
        ("table-1", "Table 1 with exact answers", _table_1(verdicts)),
        ("claims", "All claims", _claims(verdicts, known)),
        ("beyond", "Beyond Φ", _beyond(beyond)),
        ("evidence", "Who vouches, and how to check it yourself", _evidence(verdicts)),
    ]
    sections = [s for s in sections if s[2]]
    if results:
        others = len(_page(sections))
        room = (MOST_BYTES - others) * 9 // 10 - 20_000 * len(results)
        sections.insert(-1, ("experiments", "Experiments on networks", _experiments(results, room)))
    page = _page(sections)
    if len(page) > MOST_BYTES:
        raise InvalidInputError(
            f"a page of {len(page)} bytes", f"at most {MOST_BYTES}", "give fewer --results"
        )
    return page


# ---- the page ----------------------------------------------------------------------------------------


def _page(sections: Iterable[tuple[str, str, str]]) -> bytes:
    script = "\n".join([explorer.formulas_script(), explorer.asset("explorer.js"), explorer.asset("page.js")])
    style = explorer.asset("report.css")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    listed = list(sections)
    contents = "".join(
        f'<li><a href="#{name}">{html.escape(heading)}</a></li>' for name, heading, _ in listed
    )
    body = "\n".join(
        f'<section id="{name}" aria-labelledby="{name}-heading"><h2 id="{name}-heading">{html.escape(heading)}</h2>\n'
        f"{inside}</section>"
        for name, heading, inside in listed
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What feature visualizations can tell: the verdicts</title>
<style>{style}</style></head>
<body>
<a class="skip" href="#main">To the content</a>
<header><p class="kicker">fvtheory {html.escape(__version__)}</p>
<h1>What can a feature visualization tell you about a function?</h1>
<p class="lead">Every formal claim of <cite>Don’t trust your eyes: on the (un)reliability of feature
visualizations</cite> (Geirhos et al., arXiv 2306.04719), decided with proof; and an explorer of what
Φ = (x<sub>min</sub>, x<sub>max</sub>, f<sub>min</sub>, f<sub>max</sub>) leaves open.</p></header>
<div class="layout">
<nav aria-label="Contents"><ol>{contents}</ol></nav>
<main id="main">
{body}
</main></div>
<script>{script}</script>
</body></html>
""".encode()


_NOTATION = (
    (re.compile(r"&lt;="), "≤"),
    (re.compile(r"&gt;="), "≥"),
    (re.compile(r"!="), "≠"),
    (re.compile(r"-&gt;"), "→"),
    (re.compile(r"\|\|"), "‖"),
    (re.compile(r" - "), " − "),
    (re.compile(r"\b([fx](?:&#x27;)?)_(min|max)(,\d|,j)?\b"), r"\1<sub>\2\3</sub>"),
    (re.compile(r"\^(\d)"), r"<sup>\1</sup>"),
    (re.compile(r"\bm_(f(?:&#x27;)?)"), r"m<sub>\1</sub>"),
    (re.compile(r"&#x27;"), "′"),
)


def notation(words: str) -> str:
    """A sentence with formulas in plain text, escaped and set with the signs of mathematics."""
    shown = html.escape(words)
    for pattern, sign in _NOTATION:
        shown = pattern.sub(sign, shown)
    return shown


def chip(status: str, label: str = "") -> str:
    """A verdict as a sign and a word."""
    return f'<span class="chip {status.lower()}">{SIGNS[status]} {html.escape(label or status)}</span>'


def command(words: str) -> str:
    """A command to copy."""
    return f'<pre class="command" tabindex="0"><code>{html.escape(words)}</code></pre>'


# ---- summary -----------------------------------------------------------------------------------------


def _summary(verdicts: Verdicts, origin: str) -> str:
    tiles = "".join(
        f'<li class="{status.lower()}"><b>{verdicts.count(status)}</b> {SIGNS[status]} {status}</li>'
        for status in STATUSES
    )
    printed = [c for c in verdicts.claims if c.variant == "printed"]
    wrong = sum(c.status == REFUTED for c in printed)
    by_all = sum({v.checker for v in c.vouched_by} >= set(CHECKERS) for c in verdicts.claims)
    source = f"read from {html.escape(origin)}" if origin else f"decided in {verdicts.seconds:.1f} s"
    return f"""<ul class="tiles">{tiles}</ul>
<p>{len(verdicts.claims)} claims were {source}. Of {len(printed)} statements as printed, {wrong} fail; each of these has
rational numbers that refute it, and stands beside the nearest statement that holds where there is one. Two SMT solvers,
certificates, exact replay and Rocq theorems all vouch for {by_all} of the {len(verdicts.claims)} verdicts.</p>
<p class="legend">{chip(PROVED)} for all functions and all decoders it speaks of · {chip(REFUTED)} by numbers that
anyone can check · {chip(UNKNOWN)} left open. <b>Printed</b>: as the paper has it. <b>Repaired</b>: the nearest
statement that holds. <b>Sharp</b>: the best possible one.</p>
<p>Replay everything (Python 3.11 or newer, in a checkout of fvtheory):</p>
{command(REPLAY)}
"""


def _fails(verdicts: Verdicts) -> str:
    rows = []
    by_id: dict[str, dict[str, Verdict]] = {}
    for c in verdicts.claims:
        by_id.setdefault(c.id, {})[c.variant] = c
    for name, variants in by_id.items():
        for c in variants.values():
            if c.status == PROVED:
                continue
            better = next(
                (variants[v] for v in VARIANTS[1:] if v in variants and variants[v].status == PROVED), None
            )
            instead = f"{chip(PROVED, better.variant)} {notation(better.statement)}" if better else "–"
            rows.append(
                f'<tr><th scope="row"><a href="#{_anchor(name)}">{_breakable(name)}</a></th>'
                f"<td>{chip(c.status, c.variant)} {notation(c.statement)}</td><td>{instead}</td></tr>"
            )
    if not rows:
        return ""
    return (
        '<table class="stacking"><thead><tr><th>claim</th><th>fails</th><th>holds instead</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _explorer() -> str:
    markup = explorer.markup()
    return f"""<p>Choose a class and a Φ: the explorer shows all values that functions with this Φ can take, how well
the best decoder can do, and two functions that no decoder can tell apart. The numbers are exact, and computed in this
page from the formulas that are proved (lengths in the sup norm; extrema may have ties).</p>{markup}"""


# ---- Table 1 -----------------------------------------------------------------------------------------


def _table_1(verdicts: Verdicts) -> str:
    status = {c.id: c.status for c in verdicts.claims}
    rows = [_row_of_table_1(row, status) for row in ROWS if f"table-1.{row.name}.epsilon" in status]
    if not rows:
        return ""
    return f"""<p>The paper’s table says Yes or No; here is for which Φ, and by how much: the smallest ε for which some
decoder is always within ε of f, and when a decoder can know f, or the side of the midpoint on which f(x) lies.</p>
<table class="stacking"><thead><tr><th>class</th><th>what a decoder can do</th></tr></thead>
<tbody>{"".join(rows)}</tbody></table>"""


def _row_of_table_1(row: Row, status: dict[str, str]) -> str:
    phi = RadiusStatement(row.cls, row.dims[:1], EQUALS).phi(row.dims[0])

    def condition(formula: Formula) -> str:
        return "always" if formula == TRUE else f"iff {mathml(formula)}"

    shown = (
        ("epsilon", "The smallest ε is", mathml(row.epsilon(phi))),
        ("exact", "f is known", condition(row.exact(phi))),
        ("side", "The side of f(x) is known", condition(row.side(phi))),
    )
    lines = []
    for part, words, what in shown:
        claim = f"table-1.{row.name}.{part}"
        sign = f'<a href="#{_anchor(claim)}" title="{claim}">{chip(status.get(claim, UNKNOWN))}</a>'
        lines.append(f'<div class="scroll">{sign} {words} {what}</div>')
    dims = ", ".join(map(str, row.dims))
    small = "" if row.title.endswith(f"d = {dims}") else f"<br><small>d = {dims}</small>"
    title = f'<th scope="row">{html.escape(row.title)}{small}</th>'
    return f"<tr>{title}<td>{''.join(lines)}</td></tr>"


# ---- claims ------------------------------------------------------------------------------------------


def _anchor(name: str) -> str:
    """A claim id as the id of an element."""
    return "claim-" + re.sub(r"[^A-Za-z0-9.-]", "_", name)


def _breakable(name: str) -> str:
    """A claim id that breaks after its dots, and not inside words."""
    return html.escape(name).replace(".", ".<wbr>")


def _claims(verdicts: Verdicts, known: dict[tuple[str, str], Claim]) -> str:
    by_id: dict[str, list[Verdict]] = {}
    for c in verdicts.claims:
        by_id.setdefault(c.id, []).append(c)
    groups: dict[str, list[str]] = {}
    for name, variants in by_id.items():
        groups.setdefault(name.partition(".")[0], []).append(_article(name, variants, known))
    classes = list(dict.fromkeys(c.cls for c in verdicts.claims if c.cls))
    choices = "".join(
        f'<option value="{html.escape(c, quote=True)}">{html.escape(c)}</option>' for c in classes
    )
    radios = "".join(
        f'<label><input type="radio" name="verdict" value="{value}"{" checked" if not value else ""}> {word}</label>'
        for value, word in (("", "all"), *((s.lower(), f"{SIGNS[s]} {s}") for s in STATUSES))
    )
    body = "".join(
        f'<div class="group"><h3>{html.escape(_heading(group))}</h3>{"".join(articles)}</div>'
        for group, articles in groups.items()
    )
    return f"""<form id="filter" class="filter" hidden>
<fieldset class="choice"><legend>Verdict</legend>{radios}</fieldset>
<p class="row"><label for="filter-class">Class</label>
<select id="filter-class"><option value="">all</option>{choices}</select></p>
<p class="row"><label for="filter-words">Words</label><input id="filter-words" type="search" size="18"></p>
<p id="filter-count" role="status"></p></form>{body}"""


def _heading(group: str) -> str:
    return group.replace("-", " ").capitalize().replace("Section b", "Section B")


def _article(name: str, variants: Sequence[Verdict], known: dict[tuple[str, str], Claim]) -> str:
    chips = " ".join(chip(v.status, v.variant) for v in variants)
    cls = variants[0].cls
    badge = f'<span class="badge">{html.escape(cls)}</span>' if cls else ""
    statuses = " ".join(v.status.lower() for v in variants)
    body = "".join(_variant(v, known.get((v.id, v.variant))) for v in variants)
    replay = f"fvtheory verify --claim {name}" + (" --counterexamples" if REFUTED.lower() in statuses else "")
    return f"""<article id="{_anchor(name)}" data-status="{statuses}" data-class="{html.escape(cls, quote=True)}">
<h4><a href="#{_anchor(name)}">{_breakable(name)}</a> {badge} {chips}</h4>
{body}<details><summary>Replay</summary>{command(replay)}</details></article>"""


def _variant(v: Verdict, claim: Claim | None) -> str:
    parts = [f'<p class="statement">{chip(v.status, v.variant)} {notation(v.statement)}</p>']
    parts.append(f'<p class="source">{html.escape(v.source)}{_fidelity(v)}</p>')
    if v.reason:
        parts.append(f"<p>Why: {html.escape(v.reason)}</p>")
    if v.counterexample:
        parts.append(_counterexample(v, claim))
    inside = [_formal(claim.statement, v.convention)] if claim is not None else []
    inside.append(f"<p>{_vouchers(v.vouched_by)}</p>")
    inside.append(
        f"<p>{v.obligations} obligations, {v.seconds:.2f} s; ties: {html.escape(v.convention)}.</p>"
    )
    parts.append(f"<details><summary>Formally; who vouches</summary>{''.join(inside)}</details>")
    return f'<div class="variant {v.status.lower()}">{"".join(parts)}</div>'


def _fidelity(v: Verdict) -> str:
    if v.fidelity == "exact":
        return ""
    return f" · encoded as <b>{html.escape(v.fidelity)}</b>: {notation(v.delta)}"


def _counterexample(v: Verdict, claim: Claim | None) -> str:
    words = counterexamples.numbers(v, claim)
    picture = counterexamples.picture(v)
    wish = counterexamples.exploration(v)
    button = ""
    if wish is not None:
        data = html.escape(json.dumps(wish), quote=True)
        button = f'<button type="button" data-explore="{data}" hidden>Open in the explorer</button>'
    return f'<div class="counterexample">{picture}<div class="facts">{words}<p class="buttons">{button}</p></div></div>'


def _vouchers(vouched: Sequence[Vouched]) -> str:
    if not vouched:
        return "No one vouches for this."
    words = []
    for v in vouched:
        scope = "" if v.scope == "verdict" else f" ({html.escape(v.scope)})"
        if v.theorem:
            axioms = f"; assumes {html.escape(', '.join(v.axioms))}" if v.axioms else ""
            words.append(
                f"Rocq theorem <code>{html.escape(v.theorem)}</code> in {html.escape(v.file)}{scope}{axioms}"
            )
        else:
            words.append(f"{html.escape(v.checker)}{scope}")
    return "Vouched for by " + "; ".join(words) + "."


_WORDS = {
    AT_LEAST: "For every decoder and every f of the class, some f′ of it with the same Φ has an error of at least",
    AT_MOST: "Some decoder has, on the whole class, an error of at most",
    EQUALS: "The smallest worst-case error of any decoder is",
}


def _formal(statement: object, convention: str) -> str:
    if isinstance(statement, RadiusStatement):
        return _formal_radius(statement)
    if isinstance(statement, Universal):
        shown = []
        for o in statement.conjuncts(convention):
            premise = every(o.hypotheses)
            if o.step or counterexamples.size(o.goal) + counterexamples.size(premise) > LONGEST:
                continue
            given = f"<dt>given</dt><dd>{mathml(premise)}</dd>" if o.hypotheses else ""
            goal = f"<dt>{html.escape(o.name)}</dt><dd>{mathml(o.goal)}</dd>"
            shown.append(f'<dl class="formulas">{given}{goal}</dl>')
        return "".join(shown)
    return ""


def _formal_radius(statement: RadiusStatement) -> str:
    phi = statement.phi(statement.dims[0])
    several = len(statement.dims) > 1
    dims = f"d = {', '.join(map(str, statement.dims))}" + (
        f", shown for d = {statement.dims[0]}" if several else ""
    )
    side = " on which side of the midpoint f(x) lies (an error is 1)" if statement.question == "side" else ""
    when = statement.when(phi)
    given = f"<dt>when</dt><dd>{mathml(when)}</dd>" if when != TRUE else ""
    if statement.kind == ABOUT:
        goal = statement.assertion(phi)
        words, shown = (
            "For every feasible Φ",
            mathml(goal) if counterexamples.size(goal) <= LONGEST else "a long formula",
        )
    else:
        assert statement.bound is not None
        words, shown = _WORDS[statement.kind], mathml(statement.bound(phi))
    best = statement.radius(phi)
    proved = mathml(best) if counterexamples.size(best) <= LONGEST else "a long formula, see the explorer"
    return f"""<dl class="formulas"><dt>class</dt><dd>{html.escape(statement.cls)}, {dims}{side}</dd>{given}
<dt>{words}</dt><dd>{shown}</dd><dt>The radius of information, proved for this class</dt><dd>{proved}</dd></dl>"""


# ---- beyond Φ, evidence, experiments ---------------------------------------------------------------------------


def _beyond(cells: Sequence[Cell]) -> str:
    if not cells:
        return ""
    classes = list(dict.fromkeys(c.cls for c in cells))
    rows: dict[str, dict[str, str]] = {}
    for c in cells:
        radius = "–" if c.radius is None else f"<math>{number(c.radius)}</math>"
        rows.setdefault(c.information, {})[c.cls] = radius
    header = "".join(f"<th>{html.escape(name)}</th>" for name in classes)
    body = "".join(
        f'<tr><th scope="row">{html.escape(information)}</th>'
        + "".join(f"<td>{radii.get(name, '')}</td>" for name in classes)
        + "</tr>"
        for information, radii in rows.items()
    )
    return f"""<p>What would a visualization have to show besides Φ? The exact radius, the smallest worst-case error of
any decoder, for one function, f(x) = x on [{PHI.x_min[0]}, {PHI.x_max[0]}], by what is known of it (down) and by the
class that it is known to be in (across; L = 2). A dash: not supported. This says nothing of other functions;
<code>fvtheory beyond radius</code> answers for any.</p>
<div class="scroll"><table class="figures"><thead><tr><th>known</th>{header}</tr></thead><tbody>{body}</tbody></table>
</div>"""


def _evidence(verdicts: Verdicts) -> str:
    trust = {
        "z3": ("decided every obligation as the verdict needs it", "Z3, and the encoding"),
        "cvc5": ("decided every obligation as the verdict needs it", "cvc5, and the encoding"),
        "certificate": (
            "every obligation has a certificate, checked in exact arithmetic",
            "a checker of 150 lines without a solver, and the encoding",
        ),
        "replay": (
            "numbers break a refuted claim; for a proved one, its hypotheses can be met",
            "Python’s fractions",
        ),
        "rocq": (
            "a theorem about all functions and all decoders",
            "Rocq, the axioms of its real numbers, and that the theorem says what the claim says",
        ),
    }
    rows = []
    for name, (says, trusted) in trust.items():
        count = sum(any(v.checker == name for v in c.vouched_by) for c in verdicts.claims)
        rows.append(
            f'<tr><th scope="row">{name}</th><td class="number">{count}</td><td>{says}</td><td>{trusted}</td></tr>'
        )
    commands = "\n".join(
        (
            "fvtheory verify                       # both solvers and exact replay",
            "python -m fvtheory.certificate_checker proofs/certificates",
            "python -m proofs replay               # the questions as SMT-LIB, to every solver installed",
            "python -m proofs rocq --check         # needs coqc",
        )
    )
    return f"""<table class="stacking"><thead><tr><th>evidence</th><th>claims</th><th>what it says</th>
<th>what you trust</th></tr></thead><tbody>{"".join(rows)}</tbody></table>
<p>In every case you also trust the translation of a sentence into a statement; each claim shows it. Evidence that
contradicts other evidence leaves a claim UNKNOWN; none overrules another. From a checkout:</p>{command(commands)}"""


def _experiments(results: Sequence[Results], room: int) -> str:
    parts = []
    for i, found in enumerate(results):
        album = Album(max(0, room) // (len(results) - i))
        body = results_html(found, album)
        room -= max(0, room) // (len(results) - i) - album.budget
        name = html.escape(Path(found.folder).resolve().name)
        parts.append(
            f'<div class="group results"><h3>{html.escape(found.title) or name}</h3>'
            f'<p class="source">fvtheory {html.escape(found.command)} · folder {name}</p>{body}</div>'
        )
    return "".join(parts)

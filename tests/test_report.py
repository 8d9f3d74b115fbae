"""The report as a file: what is in it, what is escaped, what is refused."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import re
from copy import deepcopy
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from fvtheory.beyond.table import Cell
from fvtheory.cli import main
from fvtheory.errors import FvtheoryError, InvalidInputError
from fvtheory.notation.mathml import mathml
from fvtheory.report import counterexamples, curves
from fvtheory.report.document import MOST_BYTES, document, notation
from fvtheory.report.embedding import MOST_ROWS, Album, read_results, results_html
from fvtheory.report.page import Pictures, Table, Text, page, settings_section
from fvtheory.report.verdicts import read_verdicts, verdicts_from_file
from fvtheory.terms import And, Const, Or, Sym, absolute, every, implies, ite, maximum, minimum
from whole_paper import whole_paper

EMPTY = {"meta", "img", "input", "br", "wbr", "path", "circle"}


@pytest.fixture(scope="module")
def verified() -> dict:
    """What ``fvtheory verify --json`` prints, as a document."""
    return json.loads(json.dumps(whole_paper().to_json()))


@pytest.fixture(scope="module")
def shown(verified) -> str:
    return document(read_verdicts(verified)).decode()


class Elements(HTMLParser):
    """All elements with their attributes; every one must be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("script", "style"):
            self.words += data


# ---- what is in it -------------------------------------------------------------------------------------


def test_every_claim_is_shown_with_its_verdict(shown: str, verified: dict):
    parsed = Elements(shown)
    assert len(shown.encode()) < MOST_BYTES
    articles = {a["id"]: a for tag, a in parsed.found if tag == "article"}
    by_id: dict[str, list[dict]] = {}
    for claim in verified["claims"]:
        by_id.setdefault(claim["id"], []).append(claim)
    assert list(articles) == [f"claim-{name}" for name in by_id]
    for name, claims in by_id.items():
        assert articles[f"claim-{name}"]["data-status"] == " ".join(c["status"].lower() for c in claims)
    for claim in verified["claims"]:
        assert notation(claim["statement"]) in shown
        assert html.escape(claim["source"]) in shown
        if "delta" in claim:
            assert notation(claim["delta"]) in shown
        for voucher in claim["vouched_by"]:
            assert voucher.get("theorem", voucher["checker"]) in shown


def test_every_refutation_shows_its_numbers_and_what_fails(shown: str, verified: dict):
    refuted = [c for c in read_verdicts(verified).claims if c.counterexample]
    assert len(refuted) == sum(c["status"] == "REFUTED" for c in verified["claims"]) > 20
    assert shown.count('<ul class="values">') == len(refuted)
    assert shown.count('<ul class="fails">') == len(refuted)
    pictures = [counterexamples.picture(c) for c in refuted]
    assert sum(map(bool, pictures)) >= 18
    for verdict, picture in zip(refuted, pictures, strict=True):
        if "phi" in verdict.counterexample:
            assert picture
            assert picture in shown


def test_nothing_comes_from_elsewhere(shown: str):
    parsed = Elements(shown)
    for tag, attributes in parsed.found:
        for key, value in attributes.items():
            assert not key.startswith("on"), (tag, key)
            if key in ("src", "href", "action", "data", "poster", "srcset"):
                assert value is not None
                assert value.startswith(("#", "data:image/")), (tag, value)
        assert tag not in ("link", "iframe", "object", "embed", "base")
    assert re.findall(r"url\(|@import", shown) == []
    (script,) = re.findall(r"<script>(.*?)</script>", shown, re.DOTALL)
    (policy,) = (a["content"] for tag, a in parsed.found if a.get("http-equiv"))
    assert policy is not None
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy
    assert "default-src 'none'" in policy


def test_the_formulas_are_well_formed(shown: str):
    found = re.findall(r"<math>.*?</math>", shown, re.DOTALL)
    assert len(found) > 1000
    known = {"math", "mrow", "mi", "mn", "mo", "mfrac", "msub", "mtable", "mtr", "mtd", "mtext", "mspace"}
    for source in set(found):
        for element in ElementTree.fromstring(source.replace("\\", "")).iter():
            assert element.tag in known
            if element.tag in ("mi", "mn", "mo"):
                assert element.text
            if element.tag in ("msub", "mfrac"):
                assert len(element) == 2


def test_a_selection_and_an_open_claim(verified: dict):
    one = deepcopy(next(c for c in verified["claims"] if c["id"] == "theorem-3"))
    one |= {"status": "UNKNOWN", "reason": "z3 <gave> up", "vouched_by": []}
    text = document(read_verdicts({"claims": [one], "seconds": 1.5}), origin="some & file.json").decode()
    words = Elements(text).words
    assert "? UNKNOWN" in words
    assert "z3 <gave> up" in words
    assert "some & file.json" in words
    assert "No one vouches" in words
    assert 'id="table-1"' not in text


# ---- notation ------------------------------------------------------------------------------------------


def words_of(node: Any) -> str:
    """The text of a formula, with / for fractions and _ for indices."""
    out = []
    for math in re.findall(r"<math>.*?</math>", mathml(node)):
        out.append(_flat(ElementTree.fromstring(math)))
    return re.sub(r"\s+", " ", "".join(out).replace("\xa0", " ").replace("\u2062", "*")).strip()


def _flat(e: ElementTree.Element) -> str:
    inner = [_flat(c) for c in e]
    if e.tag == "mfrac":
        return f"[{inner[0]}]/[{inner[1]}]"
    if e.tag == "msub":
        return f"{inner[0]}_{inner[1]}"
    if e.tag == "mtr":
        return " ".join(inner) + ";"
    return (e.text or "") + "".join(inner)


x, y, z, a = Sym("x"), Sym("y"), Sym("L"), Sym("x_min[1]")


@pytest.mark.parametrize(
    ("node", "shown"),
    [
        (x + y - z, "x+y−L"),
        (x - (y - z), "x−(y−L)"),
        (x + (-y), "x−y"),
        (-(x + y), "−(x+y)"),
        (x + Const(Fraction(-1, 2)), "x+(−[1]/[2])"),
        ((x + y) * z, "(x+y)*L"),
        (x * Const(Fraction(2)) * y, "x⋅2*y"),
        (z * minimum(x, y), "Lmin(x,y)"),
        (x * -y, "x*(−y)"),
        ((x + y) / (x * z), "[x+y]/[x*L]"),
        (absolute(x - y), "|x−y|"),
        (minimum(x, y, z), "min(x,y,L)"),
        (maximum(x, minimum(y, z)), "max(x,min(y,L))"),
        (a, "x_min,2"),
        (Sym("f_max") < 1, "f_max<1"),
        (~(x <= y), "x>y"),
        (~(x < y), "x≥y"),
        ((x < y) & ((y < z) | (z < x)), "x<y and (y<L or L<x)"),
        (~((x < y) & (y < z)), "not (x<y and y<L)"),
        (implies((x < y) & (y < z), x < z), "(x<y and y<L)⇒x<L"),
        (every([]), "always"),
        (Or(()), "never"),
        (And((x < y,)), "x<y"),
        (ite(x < y, x, ite(y < z, y, z)), "x if x<y;y if y<L;L otherwise;"),
    ],
)
def test_formulas_read_as_they_are_written(node, shown):
    assert words_of(node) == shown


def test_a_name_cannot_be_markup():
    assert "<script>" not in mathml(Sym("<script>"))


def test_notation_of_sentences():
    words = "||f' - D(Φ(f'))|| >= 1[x_min,1 != x_min,2] (f'_max - f_min)/2 <b>"
    assert notation(words) == (
        "‖f′ − D(Φ(f′))‖ ≥ 1[x<sub>min,1</sub> ≠ x<sub>min,2</sub>] (f′<sub>max</sub> − f<sub>min</sub>)/2 &lt;b&gt;"
    )


# ---- the small charts ----------------------------------------------------------------------------------


def test_claim_ids_break_after_dots_and_dimensions_stand_once(shown: str):
    assert "theorem-4.<wbr>second-inequality</a>" in shown
    assert "d = 1<br><small>d = 1<" not in shown
    assert "affine (input dim. = 1)<br><small>d = 1<" in shown


def test_long_extrema_stand_one_part_a_line():
    nested = minimum(x, maximum(x * minimum(x, y), z * (1 - maximum(x, y)), x - y))
    assert mathml(nested).count("<mtr>") == 5
    assert mathml(maximum(minimum(x, y), 1 - maximum(x, y))).count("<mtr>") == 0


def test_pages_of_results_show_no_python():
    settings = {"layers": [], "units": ["logits:1", "logits:2"], "seed": None, "steps": 8}
    rows = [["a", "-0.00"], ["b", "-0.0%"], ["c", "-0.01"], ["d", "-"], ["e", "0.00"]]
    made = page(
        "Results", [("Values", [Table(("name", "value"), rows)]), settings_section(settings)]
    ).decode()
    cells = re.findall(r"<td[^>]*>(.*?)</td>", made)
    assert cells[:10] == ["a", "0.00", "b", "0.0%", "c", "-0.01", "d", "-", "e", "0.00"]
    assert cells[10:] == ["layers", "-", "units", "logits:1, logits:2", "seed", "-", "steps", "8"]


def test_failing_comparisons():
    values = {"x": Fraction(1), "y": Fraction(2)}
    x_above, y_above, small = y <= x, Const(Fraction(3)) <= y, x <= 1
    assert counterexamples.failing(x_above & small, values) == [x_above]
    assert counterexamples.failing(x_above | y_above, values) == [x_above, y_above]
    assert counterexamples.failing(implies(small, x_above), values) == [x_above]
    assert counterexamples.failing(~small, values) == [~small]


def test_curves_keep_jumps_kinks_and_single_values():
    half, one = Fraction(1, 2), Fraction(1)
    lines, dots = curves._traced(lambda t: one if t == half else Fraction(0), [half])
    assert dots == [(half, one)]
    assert [line[0][1] for line in lines] == [0, 0]
    lines, dots = curves._traced(lambda t: one if t >= half else Fraction(0), [half])
    assert dots == []
    assert [line[-1][1] for line in lines] == [0, 1]
    (line,), dots = curves._traced(lambda t: t * t, [])
    assert dots == []
    assert all(y == t * t for t, y in line[1:-1])
    assert len(line) > 20


# ---- verdicts from files -------------------------------------------------------------------------------

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>'


def test_words_from_files_are_escaped(verified: dict):
    claim = deepcopy(
        next(c for c in verified["claims"] if c["id"] == "theorem-6" and c["status"] == "REFUTED")
    )
    for key in ("id", "source", "statement", "delta", "convention", "reason"):
        claim[key] = HOSTILE
    claim["fidelity"] = HOSTILE
    claim["vouched_by"][0]["checker"] = HOSTILE
    claim["vouched_by"][-1] |= {"theorem": HOSTILE, "file": HOSTILE, "axioms": [HOSTILE], "scope": HOSTILE}
    claim["counterexample"]["values"][HOSTILE] = "1/2"
    claim["counterexample"]["note"] = HOSTILE
    other = deepcopy(next(c for c in verified["claims"] if c["id"] == "lemma-1"))
    other["class"] = HOSTILE
    found = Elements(
        document(read_verdicts({"claims": [claim, other], "seconds": 1}), origin=HOSTILE).decode()
    )
    assert [tag for tag, _ in found.found if tag in ("img", "script")] == ["script"]
    assert found.words.count("alert(2)") >= 12
    assert all(not key.startswith("on") for _, attributes in found.found for key in attributes)


def broken(verified: dict, change) -> dict:
    claim = deepcopy(
        next(c for c in verified["claims"] if c["id"] == "theorem-6" and c["status"] == "REFUTED")
    )
    whole: dict = {"claims": [claim], "seconds": 1.0}
    change(whole, claim)
    return whole


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda w, c: w.update(claims=[]), "no claims"),
        (lambda w, c: w.update(claims={}), "'claims'"),
        (lambda w, c: w.update(claims=[1]), "int"),
        (lambda w, c: w.update(seconds="1"), "seconds"),
        (lambda w, c: w.update(seconds=float("nan")), "seconds"),
        (lambda w, c: w["claims"].append(c), "two verdicts"),
        (lambda w, c: c.pop("id"), "'id'"),
        (lambda w, c: c.update(status="SURE"), "status 'SURE'"),
        (lambda w, c: c.update(variant="other"), "variant"),
        (lambda w, c: c.update(obligations=None), "'obligations'"),
        (lambda w, c: c.update(counterexample=[1]), "'counterexample'"),
        (lambda w, c: c["counterexample"].update(values={"x": 0.5}), "values"),
        (lambda w, c: c["counterexample"].update(values={"x": "0.5"}), "exact rational"),
        (lambda w, c: c["counterexample"].update(decoder={"kind": "evil"}), "a function of a counterexample"),
        (lambda w, c: c["counterexample"].update(phi={"x_min": ["2"]}), "keys"),
    ],
)
def test_other_documents_are_refused(verified: dict, change, complaint: str):
    with pytest.raises(FvtheoryError, match=re.escape(complaint)):
        document(read_verdicts(broken(verified, change)))


@pytest.mark.parametrize("text", ["", "[]", "{", "\xff", '{"claims": [{}], "seconds": 1}'])
def test_other_files_are_refused(tmp_path: Path, text: str):
    file = tmp_path / "v.json"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(InvalidInputError, match="fvtheory verify --json"):
        verdicts_from_file(file)


# ---- results of experiments ----------------------------------------------------------------------------


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A finished results folder with a picture, a plot and hostile words."""
    image = pytest.importorskip("PIL.Image", reason="no pillow")
    folder = tmp_path / "golf"
    folder.mkdir()
    for name, size in (("a.png", (500, 300)), ("plot.png", (1500, 600))):
        image.effect_noise(size, 60).save(folder / name)
    sections = [
        ("Pictures", [Text(f"Words {HOSTILE}"), Pictures([("a.png", f"caption {HOSTILE}")])]),
        (
            "Plots",
            [Pictures([("plot.png", "a plot")], wide=True), Table(("unit", "value"), [[HOSTILE, "1.5"]])],
        ),
        ("Long", [Table(("n",), [[f"row-{i}"] for i in range(MOST_ROWS + 5)])]),
    ]
    (folder / "index.html").write_bytes(page(f"Title {HOSTILE}", sections))
    (folder / "settings.json").write_text(json.dumps({"command": "visualize", "seed": 7, HOSTILE: [HOSTILE]}))
    return folder


def sizes(text: str) -> list[tuple[int, int]]:
    image = pytest.importorskip("PIL.Image")
    return [
        image.open(io.BytesIO(base64.b64decode(data))).size
        for data in re.findall(r'src="data:image/webp;base64,([^"]+)"', text)
    ]


def test_results_are_in_the_page(verified: dict, results: Path):
    text = document(read_verdicts(verified), results=[read_results(results)]).decode()
    found = Elements(text)
    assert [tag for tag, _ in found.found if tag in ("img", "script")] == ["img", "img", "script"]
    assert sizes(text) == [(240, 144), (760, 304)]
    for words in ("Words ", "caption ", "a plot", "1.5", "Title ", "seed", "fvtheory visualize"):
        assert words in found.words
    assert f"row-{MOST_ROWS - 1}" in found.words
    assert f"row-{MOST_ROWS}" not in found.words
    assert "5 more rows" in found.words


def test_pictures_stop_where_the_bytes_end(results: Path):
    (results / "index.html").write_bytes(
        page("Many", [("All", [Pictures([("a.png", str(i)) for i in range(20)])])])
    )
    album = Album(60_000)
    text = results_html(read_results(results), album)
    assert 0 < text.count("<img") < 20
    assert album.left_out == 20 - text.count("<img")
    assert album.budget >= 0
    assert f"{album.left_out} more in golf" in text


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd", "missing.png", "settings.json"])
def test_only_pictures_of_the_folder_are_read(results: Path, name: str):
    image = pytest.importorskip("PIL.Image")
    image.new("RGB", (4, 4)).save(results.parent / "secret.png")
    (results / "index.html").write_bytes(page("Other", [("All", [Pictures([(name, "caption")])])]))
    with pytest.raises(InvalidInputError, match="picture"):
        results_html(read_results(results), Album(10**6))


def test_unfinished_results_are_refused(tmp_path: Path):
    with pytest.raises(InvalidInputError, match="exists"):
        read_results(tmp_path / "none")
    with pytest.raises(InvalidInputError, match=r"settings\.json"):
        read_results(tmp_path)
    (tmp_path / "settings.json").write_text("{}")
    with pytest.raises(InvalidInputError, match=r"index\.html"):
        read_results(tmp_path)
    (tmp_path / "index.html").write_bytes(b"\xff")
    with pytest.raises(InvalidInputError, match="not text"):
        read_results(tmp_path)
    (tmp_path / "settings.json").write_text("[1]")
    with pytest.raises(InvalidInputError, match="no object"):
        read_results(tmp_path)


# ---- the command ---------------------------------------------------------------------------------------


def test_the_command_decides_and_writes(tmp_path: Path, capsys):
    file = tmp_path / "r.html"
    assert main(["report", "--out", str(file), "--claim", "theorem-8.proof.defined", "--timeout", "20"]) == 0
    assert "2 claims: 1 PROVED, 1 REFUTED, 0 UNKNOWN" in capsys.readouterr().out
    text = file.read_text(encoding="utf-8")
    assert 'id="claim-theorem-8.proof.defined"' in text
    assert "fvtheory verify --claim theorem-8.proof.defined --counterexamples" in text


def test_the_command_reads_verdicts_and_says_what_is_open(
    tmp_path: Path, verified: dict, capsys, monkeypatch
):
    given, file = tmp_path / "v.json", tmp_path / "r.html"
    cells = [Cell("Φ", "all", Fraction(1, 3)), Cell("Φ & more", "convex", None, "unsupported")]
    monkeypatch.setattr("fvtheory.beyond.table.table", lambda: cells)
    whole = deepcopy(verified)
    given.write_text(json.dumps(whole))
    assert main(["report", "--out", str(file), "--verified", str(given)]) == 0
    shown = Elements(file.read_text(encoding="utf-8")).words
    assert "read from v.json" in shown
    assert all(cell.information in shown and cell.cls in shown for cell in cells)
    assert "<mfrac><mn>1</mn><mn>3</mn></mfrac>" in file.read_text(encoding="utf-8")
    whole["claims"][0]["status"] = "UNKNOWN"
    given.write_text(json.dumps(whole))
    assert main(["report", "--out", str(file), "--verified", str(given)]) == 1
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--out", "r.txt"], "ending in .html"),
        (["--out", "no/where/r.html"], "existing folder"),
        (["--out", "r.html", "--verified", "none.json"], "exists"),
        (["--out", "r.html", "--verified", "v.json", "--claim", "lemma-1"], "--verified with"),
        (["--out", "r.html", "--claim", "nothing"], "claim 'nothing'"),
        (["--out", "r.html", "--results", "none"], "results 'none'"),
        (["--out", "r.html", "--verified", "v.json"], "not JSON"),
    ],
)
def test_bad_usage_writes_nothing(tmp_path: Path, monkeypatch, capsys, words, complaint):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "v.json").write_text("{")
    assert main(["report", *words]) == 2
    said = capsys.readouterr().err
    assert complaint in said
    assert said.count("\n") == 1
    assert [p.name for p in tmp_path.iterdir()] == ["v.json"]

"""The explorer of the report in a browser: its numbers are Python's, and what it shows is right and reachable."""

from __future__ import annotations

import json
import random
import zlib
from fractions import Fraction
from pathlib import Path

import pytest

from browser import Browser, Page, find_browser
from fvtheory import fiber
from fvtheory.classes import CLASSES, get_class
from fvtheory.information import MinMax
from fvtheory.notation.javascript import JavaScript
from fvtheory.report import explorer
from fvtheory.report.document import MOST_BYTES, document
from fvtheory.report.verdicts import read_verdicts
from fvtheory.symbols import constant_phi
from fvtheory.terms import ZERO, Abs, And, Const, Eq, Ite, Le, Lt, Max, Min, Node, Or, Sym, evaluate
from whole_paper import whole_paper

COUNT = 100
"""Φ a class and dimension."""

PHONE, DESK = (360, 740), (1280, 900)


@pytest.fixture(scope="module")
def browser():
    program = find_browser()
    if program is None:
        pytest.skip("no chromium (apt-get install chromium)")
    with Browser(program) as running:
        yield running


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    """The report on the whole paper."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_bytes(document(read_verdicts(whole_paper().to_json())))
    return path


@pytest.fixture(scope="module")
def page(browser: Browser, file: Path) -> Page:
    return browser.open(file, *DESK)


# ---- the same numbers as Python's ----------------------------------------------------------------------


def some_number(rng: random.Random, ends: float, coarse: bool = False) -> Fraction:
    """In [0, 1]; coarse numbers often meet conditions with equality."""
    if rng.random() < ends:
        return Fraction(rng.randint(0, 1))
    bottom = 4 if coarse else rng.choice([2, 3, 5, 7, 12, 60, 97, 10**9 + 7])
    return Fraction(rng.randint(0, bottom), bottom)


EDGES = {
    ("lipschitz", 1): [({"x_min": ["3/4"], "x_max": ["1/4"], "f_min": "0", "f_max": "1/2"}, "1")],
    ("lipschitz", 2): [({"x_min": ["0", "1/2"], "x_max": ["1", "1/2"], "f_min": "0", "f_max": "1/2"}, "1/2")],
}
"""Φ where a condition on the side of the midpoint holds with equality, and no other holds."""


def requests_for(name: str, dim: int, count: int = COUNT) -> list[dict]:
    """Random Φ, at least a third of them feasible, with points to ask about: random ones and those of Φ."""
    cls, rng = get_class(name), random.Random(zlib.crc32(f"{name} {dim}".encode()))
    found = [
        {"class": name, "phi": phi, "lipschitz": rate, "at": [["1/2"] * dim]}
        for phi, rate in EDGES.get((name, dim), [])
    ]
    feasible = len(found)
    while len(found) < count:
        ends, coarse = rng.choice([0.0, 0.3, 0.9]), rng.random() < 0.5
        a, b = ([some_number(rng, ends, coarse) for _ in range(dim)] for _ in range(2))
        low, high = sorted(some_number(rng, 0.2, coarse) for _ in range(2))
        if rng.random() < (0.6 if name == "constant" else 0.08):
            high = low
        phi = MinMax(a, b, low, high)
        rate = Fraction(rng.randint(1, 40), rng.randint(1, 12)) if cls.needs_lipschitz else None
        if rate is not None and coarse:
            rate = Fraction(rng.randint(1, 4), 2)
        ok = cls.is_feasible(phi, rate)
        if not ok and 3 * (len(found) - feasible) > count:
            continue
        feasible += ok
        points = [[some_number(rng, 0.3) for _ in range(dim)] for _ in range(2)]
        points += [list(phi.x_min), list(phi.x_max), [rng.choice(pair) for pair in zip(a, b, strict=True)]]
        points += [[Fraction(k)] * dim for k in (0, 1)]
        request = {"class": name, "phi": phi.to_json(), "at": [[str(c) for c in p] for p in points]}
        if rate is not None:
            request["lipschitz"] = str(rate)
        if rng.random() < 0.5:
            request["pair_at"] = request["at"][0]
        found.append(request)
    return found


def expected(request: dict) -> dict:
    """What Python says; the members of the pair are built by code that shares nothing with the terms."""
    phi, rate, cls = MinMax.from_json(request["phi"]), request.get("lipschitz"), get_class(request["class"])
    best = fiber.radius(cls.name, phi, rate)
    if not best.feasible:
        return {"feasible": False}
    number = None if rate is None else Fraction(rate)
    here = fiber.Fiber(cls, phi, number)
    x = here.widest_point()
    at = tuple(map(Fraction, request["pair_at"])) if "pair_at" in request else None
    pair = here.pair(at) if at is not None else None
    central = here.central_decoder()
    points = []
    for entry in fiber.envelope(cls.name, phi, request["at"], rate).points:
        shown = {
            "at": [str(c) for c in entry.at],
            "lower": str(entry.lower),
            "upper": str(entry.upper),
            "central": str(central(entry.at)),
        }
        if pair is not None:
            shown["pair"] = [str(f(entry.at)) for f in pair]
        points.append(shown)
    hidden = evaluate(cls.side_hidden(constant_phi(phi, number)), {})
    return {
        "feasible": True,
        "radius": str(best.radius),
        "attained": best.attained,
        "width": str(here.width(x)),
        "side_hidden": hidden,
        "points": points,
    }


def comparable(answer: dict, request: dict) -> dict:
    """An answer of the page, without the names that Python does not have."""
    kept = {key: value for key, value in answer.items() if key not in ("pair", "at")}
    if "pair_at" not in request:
        for point in kept.get("points", []):
            del point["pair"]
    return kept


def ask(page: Page, requests: list[dict]) -> list[dict]:
    answers = page.ask(f"JSON.stringify({json.dumps(requests)}.map(window.fvtheory.evaluate))")
    return [comparable(a, r) for a, r in zip(json.loads(answers), requests, strict=True)]


@pytest.fixture(scope="module")
def known() -> dict[str, tuple[list[dict], list[dict]]]:
    """For every class the questions and Python's answers."""
    asked = {name: [r for dim in (1, 2) for r in requests_for(name, dim)] for name in CLASSES}
    return {name: (requests, list(map(expected, requests))) for name, requests in asked.items()}


@pytest.mark.parametrize("name", CLASSES)
def test_numbers_are_those_of_python(page: Page, known, name: str):
    requests, answers = known[name]
    assert len(requests) == 2 * COUNT
    feasible = sum(a["feasible"] for a in answers)
    assert COUNT / 2 < feasible < 2 * COUNT
    assert ask(page, requests) == answers


def test_the_worst_point_has_the_width_that_is_shown(page: Page, known):
    requests = [r for name in CLASSES for r in known[name][0][::20]]
    answers = page.ask(f"JSON.stringify({json.dumps(requests)}.map(window.fvtheory.evaluate))")
    checked = 0
    for request, answer in zip(requests, json.loads(answers), strict=True):
        if not answer["feasible"]:
            continue
        found = fiber.envelope(request["class"], request["phi"], [answer["at"]], request.get("lipschitz"))
        assert str(found.points[0].upper - found.points[0].lower) == answer["width"]
        checked += 1
    assert checked > 30


MUTATIONS = (
    ("q.max(", "q.min("),
    ("q.min(", "q.max("),
    ("q.le(", "q.lt("),
    ("q.lt(", "q.le("),
    ("q.eq(", "!q.eq("),
    ('v["f_min"]', 'v["f_max"]'),
)
KEYS = ("feasible", "lower", "upper", "radius", "hidden")

MUTATE = """(() => {
  const { dims } = FORMULAS.classes[%s], [key, old, wrong] = %s, kept = [1, 2].map((d) => dims[d][key]);
  const mutants = kept.map((f) => (0, eval)(String(f).replace(old, wrong)));
  if (kept.every((f, i) => String(f) === String(mutants[i]))) return null;
  const put = (functions) => functions.forEach((f, i) => { dims[i + 1][key] = f; });
  put(mutants);
  try { return JSON.stringify(%s.map((r) => { try { return evaluate(r); } catch (e) { return {}; } })); }
  finally { put(kept); }
})()"""

SAME = {(name, "feasible", "q.le(") for name in CLASSES} | {
    ("constant", "lower", 'v["f_max"]'),
    ("constant", "upper", 'v["f_max"]'),
}
"""Mutants that mean the same: f_min = f_max is feasible by itself, and then one is as good as the other."""


@pytest.mark.parametrize("name", CLASSES)
def test_every_mutant_of_a_formula_is_noticed(page: Page, known, name: str):
    requests, answers = known[name]
    tried = 0
    for key in KEYS:
        for old, new in MUTATIONS:
            said = page.ask(MUTATE % tuple(map(json.dumps, (name, (key, old, new), requests))))
            if said is None:
                continue
            tried += 1
            found = [comparable(a, r) for a, r in zip(json.loads(said), requests, strict=True)]
            assert (found == answers) == ((name, key, new) in SAME), (key, old, new)
    assert tried >= 2
    assert ask(page, requests) == answers


def test_examples_are_feasible():
    for cls in CLASSES.values():
        for dim in (*explorer.DIMS, 3):
            phi = cls.example(dim)
            assert cls.is_feasible(phi, explorer.LIPSCHITZ if cls.needs_lipschitz else None)
            assert phi.dim == dim


def random_node(rng: random.Random, depth: int, formula: bool) -> Node:
    """A term or formula over x and y[0]; conditions guard divisions."""
    if formula:
        if depth == 0:
            return Le(random_node(rng, 0, False), random_node(rng, 0, False))
        left, right = (random_node(rng, depth - 1, False) for _ in range(2))
        one, two = (random_node(rng, depth - 1, True) for _ in range(2))
        choices = [
            Le(left, right),
            Lt(left, right),
            Eq(left, right),
            ~one,
            one & two,
            one | two,
            And(()),
            Or(()),
        ]
        return rng.choice(choices)
    if depth == 0:
        return rng.choice([Sym("x"), Sym("y[0]"), Const(Fraction(rng.randint(-3, 3), rng.randint(1, 4)))])
    a, b = (random_node(rng, depth - 1, False) for _ in range(2))
    condition = random_node(rng, depth - 1, True)
    guarded = Ite(Eq(b, ZERO), a, a / b)
    return rng.choice([a + b, a - b, a * b, guarded, Min(a, b), Max(a, b), Abs(a), Ite(condition, a, b), -a])


def test_printed_terms_have_the_values_of_the_terms(page: Page):
    """Random terms and formulas, evaluated by the page and by Python."""
    rng, printer, printed, wanted = random.Random(5), JavaScript(), [], []
    for i in range(400):
        node = random_node(rng, 3, i % 2 == 0)
        values = {name: Fraction(rng.randint(-4, 4), rng.randint(1, 3)) for name in ("x", "y[0]")}
        given = json.dumps({name: str(value) for name, value in values.items()})
        printed.append(f"[{printer.function(node)},{given}]")
        found = evaluate(node, values)
        wanted.append(found if isinstance(found, bool) else str(found))
    answer = page.ask(
        f"""(() => {{ const q = exact, c = {json.dumps(printer.constants)}.map(q.of);
        return JSON.stringify([{",".join(printed)}].map(([f, words]) => {{
          const v = Object.fromEntries(Object.entries(words).map(([k, w]) => [k, q.of(w)])), found = f(q, c, v);
          return typeof found === "boolean" ? found : String(found); }})); }})()"""
    )
    assert json.loads(answer) == wanted
    assert {True, False} < set(wanted)


# ---- the page in a browser -----------------------------------------------------------------------------


def numbers_shown(page: Page) -> dict[str, str]:
    """The rows of the table of numbers."""
    rows = "[...document.querySelectorAll('#x-table tr')].map((r) => [...r.cells].map((c) => c.textContent))"
    return dict(json.loads(page.ask(f"JSON.stringify({rows})")))


def type_into(page: Page, field: str, words: str) -> None:
    page.ask(
        f"(() => {{ const e = document.getElementById({json.dumps(field)}); e.focus(); e.select(); }})()"
    )
    page.send("Input.insertText", text=words)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_it_loads_fast_and_without_complaints(browser: Browser, file: Path, size, record_property):
    assert file.stat().st_size < MOST_BYTES
    seconds = []
    for _ in range(3):
        page = browser.open(file, *size, touch=size == PHONE)
        assert page.complaints() == []
        assert page.requests() == []
        assert page.ask("document.documentElement.scrollWidth") <= size[0]
        assert page.ask("document.querySelectorAll('#x-chart path').length") > 5
        seconds.append(page.ask("performance.getEntriesByType('navigation')[0].domInteractive") / 1000)
        assert page.picture().startswith(b"\x89PNG")
        page.close()
    record_property("seconds until interactive", [f"{s:.3f}" for s in seconds])
    print("interactive after", *(f"{s:.3f} s" for s in seconds))
    assert min(seconds) < 1


def test_complaints_would_be_noticed(browser: Browser, tmp_path: Path):
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<!doctype html><meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; script-src "
        "'unsafe-inline'\"><img src='https://example.org/a.png'><script>console.error('planted'); missing()</script>"
    )
    page = browser.open(bad)
    found = "\n".join(page.complaints())
    assert all(word in found for word in ("planted", "missing is not defined", "Content Security Policy"))
    page.close()
    bad.write_text("<!doctype html><img src='http://192.0.2.1/a.png'>")
    page = browser.open(bad)
    assert page.requests() == ["http://192.0.2.1/a.png"]
    page.close()


def test_it_prints(page: Page):
    printed = page.pdf()
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") > 10


def test_every_control_has_a_name(page: Page):
    nameless = page.ask(
        """JSON.stringify([...document.querySelectorAll("input, select, button, svg[role=img], canvas")].filter((e) =>
        !(e.labels?.length || e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") ||
          e.textContent.trim())).map((e) => e.outerHTML))"""
    )
    assert json.loads(nameless) == []
    twice = page.ask(
        "(() => { const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);"
        " return ids.filter((id, i) => ids.indexOf(id) !== i).join(); })()"
    )
    assert twice == ""
    broken = page.ask(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map((a) => a.hash.slice(1))"
        ".filter((id) => !document.getElementById(id)).join()"
    )
    assert broken == ""


def test_a_slider_moves_by_keyboard_and_the_numbers_follow(page: Page):
    page.ask("fvtheory.explore({class: 'lipschitz', lipschitz: '2', phi: "
             "{x_min: ['1/4'], x_max: ['3/4'], f_min: '1/5', f_max: '4/5'}})")  # fmt: skip
    assert numbers_shown(page)["radius R"] == "1/4 = 0.25"
    page.ask("document.getElementById('x-x_min.0').previousElementSibling.focus()")
    page.press("ArrowRight", 39)
    assert page.ask("document.getElementById('x-x_min.0').value") == "4/15"
    phi = {"x_min": ["4/15"], "x_max": ["3/4"], "f_min": "1/5", "f_max": "4/5"}
    best = fiber.radius("lipschitz", phi, "2").radius
    assert numbers_shown(page)["radius R"].startswith(f"{best} ")
    assert f'"x_min":["{phi["x_min"][0]}"]' in page.ask("document.getElementById('x-command').textContent")


def test_wrong_and_infeasible_input_is_explained(page: Page):
    page.ask("fvtheory.explore({class: 'lipschitz', lipschitz: '2', phi: "
             "{x_min: ['1/4'], x_max: ['3/4'], f_min: '1/5', f_max: '4/5'}})")  # fmt: skip
    verdict = "document.getElementById('x-verdict').textContent"
    for words, problem in (("1/0", "is no number"), ("<b>", "is no number"), ("5/4", "must be from 0 to 1")):
        type_into(page, "x-x_min.0", words)
        assert problem in page.ask(verdict)
        assert page.ask("document.getElementById('x-x_min.0').getAttribute('aria-invalid')") == "true"
        assert numbers_shown(page) == {}
    type_into(page, "x-x_min.0", "0.25")
    assert numbers_shown(page)["radius R"] == "1/4 = 0.25"
    type_into(page, "x-L", "1/2")
    assert "Infeasible" in page.ask(verdict)
    assert "the sides are 3/5 = 0.6 and 1/4 = 0.25" in page.ask(verdict)
    assert page.complaints() == []


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_is_shown_in_one_and_two_variables(page: Page, name: str):
    page.ask(f"(() => {{ const c = document.getElementById('x-class'); c.value = {json.dumps(name)};"
             " c.dispatchEvent(new Event('change', {bubbles: true})); })()")  # fmt: skip
    for dim in explorer.DIMS:
        page.ask(f"document.querySelector('input[name=x-dim][value=\"{dim}\"]').click()")
        page.ask("document.getElementById('x-example').click()")
        phi = get_class(name).example(dim)
        rate = "2" if get_class(name).needs_lipschitz else None
        if rate:
            type_into(page, "x-L", rate)
        best = fiber.radius(name, phi, rate).radius
        assert numbers_shown(page)["radius R"].split(" ")[0] == str(best)
        assert page.ask("document.querySelectorAll('#x-chart path.curve').length") == 5
        assert page.ask("document.getElementById('x-maps').hidden") == (dim == 1)
        page.ask("document.getElementById('x-random').click()")
        assert "Feasible" in page.ask("document.getElementById('x-verdict').textContent")
        if dim == 2:
            for quantity in ("lower", "upper", "central", "low", "high", "width"):
                page.ask(f"(() => {{ const s = document.getElementById('x-quantity'); s.value = '{quantity}';"
                         " s.dispatchEvent(new Event('change', {bubbles: true})); })()")  # fmt: skip
            for way in ("path", "1", "0"):
                page.ask(f"document.querySelector('input[name=x-slice][value=\"{way}\"]').click()")
    page.ask("document.querySelector('input[name=x-dim][value=\"1\"]').click()")
    assert page.complaints() == []


def test_the_curves_are_where_the_envelopes_are(page: Page):
    """The drawn lines, read back from the picture, against Python's envelopes."""
    phi = {"x_min": ["1/4"], "x_max": ["3/4"], "f_min": "1/5", "f_max": "4/5"}
    page.ask(f"fvtheory.explore({{class: 'lipschitz', lipschitz: '2', phi: {json.dumps(phi)}}})")
    drawn = json.loads(
        page.ask(
            """(() => {
      const svg = document.getElementById('x-chart');
      const [, , width, height] = svg.getAttribute('viewBox').split(' ').map(Number);
      const points = (kind) => [...svg.querySelectorAll(`path.curve.${kind}`)].flatMap((p) =>
        [...p.getAttribute('d').matchAll(/[ML]([-0-9.]+) ([-0-9.]+)/g)].map((m) =>
          [(m[1] - 40) / (width - 54), (height - 42 - m[2]) / (height - 56)]));
      return JSON.stringify({lower: points('lower'), upper: points('upper'), central: points('central')});
    })()"""
        )
    )
    asked = [str(Fraction(round(x * 10**4), 10**4)) for x, _ in drawn["lower"]]
    assert len(asked) > 100
    found = fiber.envelope("lipschitz", phi, asked, "2").points
    for kind in drawn:
        for (_, y), entry in zip(drawn[kind], found, strict=True):
            right = (entry.lower + entry.upper) / 2 if kind == "central" else getattr(entry, kind)
            assert abs(y - float(right)) < 0.004


def test_the_filter_shows_what_is_asked_for(page: Page):
    shown = "document.querySelectorAll('article:not([hidden])').length"
    everything = page.ask(shown)
    refuted = {c.claim.id for c in whole_paper().claims if c.status == "REFUTED"}
    page.ask("document.querySelector('input[name=verdict][value=refuted]').click()")
    assert page.ask(shown) == len(refuted) < everything
    claims = whole_paper().claims
    fail = sum(c.status == "REFUTED" for c in claims)
    counted = page.ask("document.getElementById('filter-count').textContent")
    assert counted == f"{fail} of {len(claims)} claims shown"
    type_into(page, "filter-words", "theorem-4.second")
    assert page.ask(shown) == 1
    page.ask("document.querySelector('input[name=verdict][value=\"\"]').click()")
    type_into(page, "filter-words", " ")
    assert page.ask(shown) == everything


def test_a_counterexample_opens_in_the_explorer(page: Page):
    (claim,) = (
        c for c in whole_paper().claims if c.claim.id == "theorem-4.second-inequality" and c.counterexample
    )
    page.ask("document.querySelector('[id=\"claim-theorem-4.second-inequality\"] [data-explore]').click()")
    assert claim.counterexample is not None
    assert numbers_shown(page)["radius R"].split(" ")[0] == claim.counterexample["radius"]
    assert page.ask("document.getElementById('x-L').value") == claim.counterexample["lipschitz"]

"""The explorer of the report: fibers, envelopes, radii and worst pairs, computed in the page.

The page computes with the terms of the classes (`fvtheory.classes`), printed as JavaScript; they have no
second source. The shown numbers are exact rationals there, as they are here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from importlib.resources import files

from fvtheory.classes import CLASSES, FunctionClass
from fvtheory.exact import text
from fvtheory.fiber import SLACK
from fvtheory.notation.javascript import JavaScript
from fvtheory.notation.mathml import mathml
from fvtheory.symbols import L, symbolic_phi, symbolic_point
from fvtheory.terms import ONE, And, Eq, Formula, Le, Lt, Node, Not, Or, Sym

DIMS = (1, 2)

LIPSCHITZ = "2"
"""The Lipschitz constant to begin with."""


def asset(name: str) -> str:
    """A file of scripts or styles that ships with the package."""
    return (files("fvtheory.report") / "data" / name).read_text(encoding="utf-8")


def formulas_script(classes: Iterable[FunctionClass] = tuple(CLASSES.values())) -> str:
    """``const FORMULAS = {...};``: what the explorer computes with, printed from the terms of the classes."""
    printer = JavaScript()
    shown = ",\n".join(f"{json.dumps(cls.name)}:{_class(printer, cls)}" for cls in classes)
    constants = json.dumps(printer.constants)
    return f"const FORMULAS={{slack:{json.dumps(text(SLACK))},constants:{constants},classes:{{\n{shown}}}}};"


def _object(entries: dict[str, str]) -> str:
    return "{" + ",".join(f"{json.dumps(key)}:{value}" for key, value in entries.items()) + "}"


def _list(items: Iterable[str]) -> str:
    return "[" + ",".join(items) + "]"


def _class(printer: JavaScript, cls: FunctionClass) -> str:
    dims = _object({str(dim): _formulas(printer, cls, dim) for dim in DIMS})
    rate = json.dumps(cls.needs_lipschitz)
    return _object({"title": json.dumps(cls.title), "rate": rate, "dims": dims})


def _formulas(printer: JavaScript, cls: FunctionClass, dim: int) -> str:
    """The formulas of a class in one dimension, and the same as MathML."""
    phi = symbolic_phi(dim, L if cls.needs_lipschitz else ONE)
    x, y = symbolic_point("x", dim), symbolic_point("y", dim)
    lower, upper = cls.envelope(phi, x)
    varying = cls.feasible_when_varying(phi, "any-selection")
    members = [
        _object(
            {
                "name": json.dumps(m.name),
                "side": json.dumps(m.side),
                "when": printer.function(m.when),
                "value": printer.function(m.value(y)),
            }
        )
        for m in cls.members(phi, x)
    ]
    points = [_list(map(printer.expression, p)) for p in cls.separation_points(phi, Sym("slack"))]
    example = cls.example(dim)
    shown: dict[str, Node] = {
        "feasible": varying,
        "lower": lower,
        "upper": upper,
        "radius": cls.radius(phi),
        "hidden": cls.side_hidden(phi),
    }
    return _object(
        {
            "example": json.dumps({"phi": example.to_json(), "at": ["1/2"] * dim}),
            "feasible": printer.function(cls.feasible(phi)),
            "needed": _needed(printer, varying),
            **{key: printer.function(node) for key, node in shown.items() if key != "feasible"},
            "points": f"(q,c,v)=>{_list(points)}",
            "members": _list(members),
            "shown": json.dumps({key: mathml(node) for key, node in shown.items()}, ensure_ascii=False),
        }
    )


def _needed(printer: JavaScript, condition: Formula) -> str:
    """A condition cut into the parts that it joins, each with what it compares, to say why it fails."""
    join: str = "all"
    parts: Sequence[Formula] = (condition,)
    match condition:
        case And(several) if len(several) > 1:
            parts = several
        case Or(several) if len(several) > 1:
            join, parts = "any", several
        case Not(And(several)) if len(several) > 1:
            join, parts = "any", tuple(Not(p) for p in several)
        case Not(Or(several)) if len(several) > 1:
            parts = tuple(Not(p) for p in several)
    return _object({"join": json.dumps(join), "parts": _list(_part(printer, p) for p in parts)})


def _part(printer: JavaScript, part: Formula) -> str:
    entries = {"shown": json.dumps(mathml(part), ensure_ascii=False), "holds": printer.function(part)}
    inner = part.inner if isinstance(part, Not) else part
    if isinstance(inner, (Le, Lt, Eq)):
        entries |= {"left": printer.function(inner.left), "right": printer.function(inner.right)}
    return _object(entries)


# ---- markup ----------------------------------------------------------------------------------------


def markup() -> str:
    """The controls and the places for pictures and numbers; the script fills them."""
    options = "".join(
        f'<option value="{name}"{" selected" if name == "lipschitz" else ""}>{name}</option>'
        for name in CLASSES
    )
    return f"""
<noscript><p class="note">The explorer computes in this page and needs JavaScript; everything else does not.</p>
</noscript>
<form class="explorer" id="explorer-form" autocomplete="off" data-lipschitz="{LIPSCHITZ}">
<div class="controls">
<p class="row"><label for="x-class">Class</label><select id="x-class">{options}</select></p>
<fieldset class="row choice"><legend>Variables</legend>
<label><input type="radio" name="x-dim" value="1" checked> one</label>
<label><input type="radio" name="x-dim" value="2"> two</label></fieldset>
<div id="x-numbers"></div>
<p class="row buttons"><button type="button" id="x-example">An example</button>
<button type="button" id="x-random">A random feasible Φ</button></p>
<fieldset class="row choice"><legend>Pair shown</legend>
<label><input type="radio" name="x-pair" value="worst" checked> at the worst point</label>
<label><input type="radio" name="x-pair" value="query"> at x</label></fieldset>
<p class="row choice"><label><input type="checkbox" id="x-more"> more members of the fiber</label></p>
</div>
<div class="stage">
<p id="x-verdict" class="verdict-line" role="status"></p>
<div id="x-maps" class="maps" hidden>
<p class="row"><label for="x-quantity">The map shows</label><select id="x-quantity">
<option value="width">upper − lower</option><option value="upper">upper envelope</option>
<option value="lower">lower envelope</option><option value="central">central decoder</option>
<option value="low">f of the pair</option><option value="high">f′ of the pair</option></select></p>
<div class="map-box">
<canvas id="x-map" width="96" height="96" role="img" aria-label="Map over the unit square"></canvas>
<svg id="x-map-marks" aria-hidden="true"></svg></div>
<div id="x-legend" class="legend-bar" aria-hidden="true"></div>
<fieldset class="row choice"><legend>Slice below</legend>
<label><input type="radio" name="x-slice" value="0" checked> along x<sub>1</sub></label>
<label><input type="radio" name="x-slice" value="1"> along x<sub>2</sub></label>
<label><input type="radio" name="x-slice" value="path"> x<sub>min</sub> to x<sub>max</sub></label></fieldset>
</div>
<svg id="x-chart" class="chart" role="img" aria-labelledby="x-verdict"></svg>
<ul class="key" aria-label="What the lines are">
<li><span class="swatch fiber"></span>fiber: every value that f(x) can take</li>
<li><span class="swatch upper"></span>upper envelope</li><li><span class="swatch lower"></span>lower envelope</li>
<li><span class="swatch central"></span>central decoder</li>
<li><span class="swatch low"></span>f and <span class="swatch high"></span>f′, one Φ for both</li></ul>
</div>
<div class="numbers">
<table id="x-table" class="figures"><tbody></tbody></table>
<details><summary>Formulas of this class</summary><dl id="x-formulas" class="formulas"></dl></details>
<p class="replay">The same from a shell:</p>
<pre class="command" tabindex="0"><code id="x-command"></code></pre>
</div>
</form>
"""


__all__ = [
    "DIMS",
    "LIPSCHITZ",
    "asset",
    "formulas_script",
    "markup",
]

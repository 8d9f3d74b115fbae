"use strict";

/* ---- exact numbers ------------------------------------------------------------------------------ */

/** A rational number: BigInt numerator and denominator, in lowest terms, denominator above 0. */
class Rational {
  constructor(top, bottom) {
    if (bottom === 0n) throw new RangeError("division by zero");
    if (bottom < 0n) { top = -top; bottom = -bottom; }
    const common = bottom === 1n ? 1n : gcd(top < 0n ? -top : top, bottom);
    this.top = top / common;
    this.bottom = bottom / common;
  }
  toString() { return this.bottom === 1n ? `${this.top}` : `${this.top}/${this.bottom}`; }
  toNumber() {
    const digits = 10n ** 18n;
    const value = Number((this.top * digits) / this.bottom) / 1e18;
    return this.bottom < 9007199254740992n ? Number(this.top) / Number(this.bottom) : value;
  }
}

function gcd(a, b) {
  while (b) [a, b] = [b, a % b];
  return a;
}

/** "1/4", "3", "-1/2" or a decimal such as "0.25", read exactly; null for anything else. */
function rational(word) {
  const read = /^\s*([+-]?\d{1,60})(?:\s*\/\s*(\d{1,60})|\.(\d{1,60}))?\s*$/.exec(word);
  if (!read) return null;
  if (read[3] !== undefined) return new Rational(BigInt(read[1].replace("+", "") + read[3]), 10n ** BigInt(read[3].length));
  const bottom = BigInt(read[2] ?? "1");
  return bottom === 0n ? null : new Rational(BigInt(read[1].replace("+", "")), bottom);
}

/** The arithmetic of Rational. */
const exact = {
  of: rational,
  add: (a, b) => new Rational(a.top * b.bottom + b.top * a.bottom, a.bottom * b.bottom),
  mul: (a, b) => new Rational(a.top * b.top, a.bottom * b.bottom),
  div: (a, b) => new Rational(a.top * b.bottom, a.bottom * b.top),
  le: (a, b) => a.top * b.bottom <= b.top * a.bottom,
  lt: (a, b) => a.top * b.bottom < b.top * a.bottom,
  eq: (a, b) => a.top === b.top && a.bottom === b.bottom,
  min: (a, b) => (exact.le(a, b) ? a : b),
  max: (a, b) => (exact.le(a, b) ? b : a),
  abs: (a) => (a.top < 0n ? new Rational(-a.top, a.bottom) : a),
};

/** The same arithmetic of floats: for pictures only. */
const floats = {
  of: (word) => rational(word).toNumber(),
  add: (a, b) => a + b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  le: (a, b) => a <= b,
  lt: (a, b) => a < b,
  eq: (a, b) => a === b,
  min: Math.min,
  max: Math.max,
  abs: Math.abs,
};

for (const q of [exact, floats]) {
  q.constants = FORMULAS.constants.map(q.of);
  q.slack = q.of(FORMULAS.slack);
  q.zero = q.of("0");
  q.one = q.of("1");
  q.half = q.of("1/2");
  q.sub = (a, b) => q.add(a, q.mul(q.of("-1"), b));
}
floats.sub = (a, b) => a - b;

/* ---- a fiber ------------------------------------------------------------------------------------ */

const coordinate = (name, j, dim) => (dim === 1 ? name : `${name}[${j}]`);

/** All functions of a class with one Φ, in an arithmetic q. `phi` holds numbers of q. */
class Fiber {
  constructor(q, cls, phi, rate) {
    this.q = q;
    this.phi = phi;
    this.dim = phi.x_min.length;
    this.formulas = FORMULAS.classes[cls].dims[this.dim];
    this.values = { f_min: phi.f_min, f_max: phi.f_max };
    if (FORMULAS.classes[cls].rate) this.values.L = rate;
    for (const name of ["x_min", "x_max"]) this.put(name, phi[name]);
    this.values.slack = q.slack;
  }
  put(name, point) {
    point.forEach((value, j) => { this.values[coordinate(name, j, this.dim)] = value; });
  }
  ask(formula) { return formula(this.q, this.q.constants, this.values); }
  get feasible() { return this.ask(this.formulas.feasible); }
  get radius() { return this.ask(this.formulas.radius); }
  get hidden() { return this.ask(this.formulas.hidden); }
  lower(x) { this.put("x", x); return this.ask(this.formulas.lower); }
  upper(x) { this.put("x", x); return this.ask(this.formulas.upper); }
  width(x) { return this.q.sub(this.upper(x), this.lower(x)); }
  central(x) { return this.q.mul(this.q.half, this.q.add(this.lower(x), this.upper(x))); }

  /** Where upper - lower is largest: the points that the class names, and the corners of the cube. */
  widest() {
    const { q, dim } = this;
    const corners = Array.from({ length: 2 ** dim }, (_, k) =>
      Array.from({ length: dim }, (_, j) => ((k >> j) & 1 ? q.one : q.zero)));
    const points = [...this.ask(this.formulas.points), ...corners, this.phi.x_min];
    let best = null, widest = null;
    for (const x of points) {
      const width = this.width(x);
      if (widest === null || q.lt(widest, width)) [best, widest] = [x, width];
    }
    return { at: best, width: widest, attained: q.eq(widest, q.add(this.radius, this.radius)) };
  }

  /** A function of the fiber whose value at x is that of an envelope. */
  member(x, side) {
    const { q } = this;
    const envelope = (y) => this[side](y);
    if (q.eq(this.phi.f_min, this.phi.f_max)) return { name: "constant", value: envelope };
    const goal = this[side](x);
    for (const m of this.formulas.members) {
      const value = (y) => { this.put("x", x); this.put("y", y); return this.ask(m.value); };
      this.put("x", x);
      if (m.side === side && this.ask(m.when) && q.eq(value(x), goal)) return { name: m.name, value };
    }
    // Floats may miss the equality by a rounding error: the nearest of those in the fiber.
    const near = this.formulas.members.filter((m) => m.side === side && (this.put("x", x), this.ask(m.when)))
      .map((m) => ({ name: m.name, value: (y) => { this.put("x", x); this.put("y", y); return this.ask(m.value); } }));
    const distance = (m) => q.abs(q.sub(m.value(x), goal));
    return near.reduce((a, b) => (q.le(distance(a), distance(b)) ? a : b));
  }
}

const numbers = (q, phi) => ({
  x_min: phi.x_min.map(q.of), x_max: phi.x_max.map(q.of), f_min: q.of(phi.f_min), f_max: q.of(phi.f_max),
});

/**
 * What `fvtheory radius` and `fvtheory envelope` answer, exactly, and the pair of the fiber at a point.
 * `request`: {class, phi, lipschitz?, at?: [points], pair_at?: point}, numbers as strings of rationals.
 */
function evaluate(request) {
  const q = exact;
  const rate = request.lipschitz === undefined ? undefined : q.of(request.lipschitz);
  const fiber = new Fiber(q, request.class, numbers(q, request.phi), rate);
  if (!fiber.feasible) return { feasible: false };
  const worst = fiber.widest();
  const pairAt = request.pair_at ? request.pair_at.map(q.of) : worst.at;
  const pair = ["lower", "upper"].map((side) => fiber.member(pairAt, side));
  return {
    feasible: true,
    radius: `${fiber.radius}`,
    attained: worst.attained,
    at: worst.at.map(String),
    width: `${worst.width}`,
    side_hidden: fiber.hidden,
    pair: pair.map((m) => m.name),
    points: (request.at ?? []).map((words) => {
      const x = words.map(q.of);
      return {
        at: x.map(String), lower: `${fiber.lower(x)}`, upper: `${fiber.upper(x)}`,
        central: `${fiber.central(x)}`, pair: pair.map((m) => `${m.value(x)}`),
      };
    }),
  };
}

window.fvtheory = { evaluate, rational };

/* ---- state and controls ------------------------------------------------------------------------- */

const STEPS = 60;
const byId = (id) => document.getElementById(id);
const state = { cls: "lipschitz", dim: 1, words: {}, pair: "worst", more: false, quantity: "width", slice: "0" };

/** The numbers to be chosen: [key, spoken label, HTML label, steps to 1, last step]. */
function numberFields() {
  const { dim, cls } = state;
  const fields = [];
  const name = (letter, sub, j) => `${letter}<sub>${[sub, dim > 1 ? j + 1 : ""].filter(Boolean).join(",")}</sub>`;
  const which = (j) => (dim > 1 ? `, coordinate ${j + 1}` : "");
  for (const [letter, sub, key] of [["x", "min", "x_min"], ["x", "max", "x_max"]])
    for (let j = 0; j < dim; j++)
      fields.push([`${key}.${j}`, `${key}${which(j)}, where f is ${sub === "min" ? "least" : "greatest"}`, name(letter, sub, j), STEPS, STEPS]);
  fields.push(["f_min", "f_min, the least value", "f<sub>min</sub>", STEPS, STEPS]);
  fields.push(["f_max", "f_max, the greatest value", "f<sub>max</sub>", STEPS, STEPS]);
  if (FORMULAS.classes[cls].rate) fields.push(["L", "L, the Lipschitz constant", "L", 10, 60]);
  for (let j = 0; j < dim; j++)
    fields.push([`x.${j}`, `x${which(j)}, the point that is asked about`, name("x", "", j), STEPS, STEPS]);
  return fields;
}

function buildFields() {
  const box = byId("x-numbers");
  box.replaceChildren();
  for (const [key, spoken, label, steps, last] of numberFields()) {
    const row = document.createElement("p");
    row.className = "row number";
    row.innerHTML = `<label for="x-${key}">${label}</label>
      <input type="range" min="${key === "L" ? 1 : 0}" max="${last}" step="1">
      <input type="text" id="x-${key}" inputmode="text" spellcheck="false" size="7" maxlength="123">`;
    const [range, text] = row.querySelectorAll("input");
    range.setAttribute("aria-label", spoken);
    text.setAttribute("aria-label", `${spoken}, as an exact number such as 1/4`);
    text.value = state.words[key];
    const follow = () => {
      const value = rational(text.value);
      if (value) range.value = Math.round(value.toNumber() * steps);
    };
    follow();
    range.addEventListener("input", () => {
      text.value = `${new Rational(BigInt(range.value), BigInt(steps))}`;
      state.words[key] = text.value;
      show();
    });
    text.addEventListener("input", () => { state.words[key] = text.value; follow(); show(); });
    box.append(row);
  }
}

/** Put values into the fields without building them anew: focus stays where it is. */
function refreshFields() {
  for (const [key, , , steps] of numberFields()) {
    const text = byId(`x-${key}`);
    if (text.value !== state.words[key]) text.value = state.words[key];
    const value = rational(text.value);
    if (value) text.previousElementSibling.value = Math.round(value.toNumber() * steps);
  }
}

function setPhi(phi, at, rate) {
  const { words } = state;
  phi.x_min.forEach((value, j) => { words[`x_min.${j}`] = value; });
  phi.x_max.forEach((value, j) => { words[`x_max.${j}`] = value; });
  words.f_min = phi.f_min;
  words.f_max = phi.f_max;
  at?.forEach((value, j) => { words[`x.${j}`] = value; });
  if (rate !== undefined) words.L = rate;
}

function wordsOf(key) {
  return Array.from({ length: state.dim }, (_, j) => state.words[`${key}.${j}`]);
}

/** The Φ in the fields, checked: {phi, at, rate} in words, or {problem}; marks the fields at fault. */
function readFields() {
  let problem = "";
  for (const [key, spoken] of numberFields()) {
    const text = byId(`x-${key}`);
    const value = rational(text.value);
    let wrong = "";
    if (!value) wrong = "is no number such as 1/4";
    else if (key === "L") { if (!exact.lt(exact.zero, value)) wrong = "must be above 0"; }
    else if (exact.lt(value, exact.zero) || exact.lt(exact.one, value)) wrong = "must be from 0 to 1";
    else if (key === "f_max" && rational(state.words.f_min) && exact.lt(value, rational(state.words.f_min)))
      wrong = "must be f_min or more";
    text.setAttribute("aria-invalid", wrong ? "true" : "false");
    if (wrong && !problem) problem = `${spoken.split(",")[0]} ${wrong}`;
  }
  if (problem) return { problem };
  const word = (w) => `${rational(w)}`;
  return {
    phi: {
      x_min: wordsOf("x_min").map(word), x_max: wordsOf("x_max").map(word),
      f_min: word(state.words.f_min), f_max: word(state.words.f_max),
    },
    at: wordsOf("x").map(word),
    rate: FORMULAS.classes[state.cls].rate ? word(state.words.L) : undefined,
  };
}

/* ---- drawing ------------------------------------------------------------------------------------ */

const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes, parent, words) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (words !== undefined) made.textContent = words;
  parent?.append(made);
  return made;
}

/**
 * A function of t in [0, 1] as lines on the open intervals between special places, and dots where its value
 * there is not the limit of the lines.
 */
function traced(value, places, samples = 200) {
  const special = [...new Set([0, 1, ...places])].sort((a, b) => a - b);
  const lines = [], dots = [];
  for (let i = 0; i + 1 < special.length; i++) {
    const [from, to] = [special[i], special[i + 1]];
    const nudge = (to - from) * 1e-6, count = Math.max(2, Math.ceil(samples * (to - from)));
    const line = [];
    for (let k = 0; k <= count; k++) {
      const t = from + ((to - from) * k) / count;
      line.push([t, value(Math.min(to - nudge, Math.max(from + nudge, t)))]);
    }
    lines.push(line);
  }
  special.forEach((t, i) => {
    const here = value(t);
    const sides = [lines[i - 1]?.at(-1)[1], lines[i]?.[0][1]].filter((y) => y !== undefined);
    if (sides.every((y) => Math.abs(y - here) > 1e-3)) dots.push([t, here]);
  });
  return { lines, dots };
}

/** A chart of curves over [0, 1] x [0, 1]; marks are [t, y, word, kind]. */
function drawChart(svg, curves, marks, axis, query, onMove) {
  const width = Math.max(260, svg.clientWidth || svg.parentElement.clientWidth || 600);
  const height = Math.round(Math.min(420, Math.max(230, width * 0.62)));
  const left = 40, right = 14, top = 14, bottom = 42;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.style.height = `${height}px`;
  const X = (t) => left + t * (width - left - right);
  const Y = (y) => height - bottom - y * (height - top - bottom);
  svg.replaceChildren();
  for (const k of [0, 0.25, 0.5, 0.75, 1]) {
    element("line", { x1: X(0), x2: X(1), y1: Y(k), y2: Y(k), class: "grid" }, svg);
    element("text", { x: left - 6, y: Y(k) + 4, class: "tick", "text-anchor": "end" }, svg, { 0: "0", 0.25: "¼", 0.5: "½", 0.75: "¾", 1: "1" }[k]);
  }
  for (const [t, word] of axis.ticks) {
    element("line", { x1: X(t), x2: X(t), y1: Y(0), y2: Y(0) + 4, class: "axis" }, svg);
    element("text", { x: X(t), y: Y(0) + 18, class: "tick", "text-anchor": t > 0.97 ? "end" : t < 0.03 ? "start" : "middle" }, svg, word);
  }
  element("text", { x: X(0.5), y: height - 6, class: "tick", "text-anchor": "middle" }, svg, axis.name);
  element("line", { x1: X(0), x2: X(1), y1: Y(0), y2: Y(0), class: "axis" }, svg);
  if (query !== null) element("line", { x1: X(query), x2: X(query), y1: Y(0), y2: Y(1), class: "query" }, svg);
  const path = (line) => line.map(([t, y], i) => `${i ? "L" : "M"}${X(t).toFixed(2)} ${Y(y).toFixed(2)}`).join("");
  const { lower, upper } = curves;
  if (lower) lower.lines.forEach((line, i) => {
    const back = [...upper.lines[i]].reverse();
    element("path", { d: `${path(line)}${path(back).replace("M", "L")}Z`, class: "band" }, svg);
  });
  for (const [kind, curve] of Object.entries(curves)) {
    for (const one of Array.isArray(curve) ? curve : [curve]) {
      element("path", { d: one.lines.map(path).join(""), class: `curve ${kind}` }, svg);
      for (const [t, y] of one.dots) element("circle", { cx: X(t), cy: Y(y), r: 3.5, class: `dot ${kind}` }, svg);
    }
  }
  for (const [t, y, word, kind] of marks) {
    if (kind === "gap") {
      element("path", { d: `M${X(t)} ${Y(y[0])}L${X(t)} ${Y(y[1])}`, class: "gap" }, svg);
      const beside = t > 0.5 ? -8 : 8;
      element("text", { x: X(t) + beside, y: Y((y[0] + y[1]) / 2) + 4, class: "mark", "text-anchor": t > 0.5 ? "end" : "start" }, svg, word);
      continue;
    }
    element("circle", { cx: X(t), cy: Y(y), r: 5.5, class: `handle ${kind}` }, svg);
    const outside = y > 0.93 || (word === "min" && y > 0.12) ? 20 : -10;
    element("text", { x: X(t), y: Y(y) + outside, class: "mark", "text-anchor": t > 0.85 ? "end" : t < 0.15 ? "start" : "middle" }, svg, word);
  }
  svg.onpointerdown = onMove && ((event) => {
    const place = (e) => {
      const box = svg.getBoundingClientRect();
      return [(e.clientX - box.left - left) / (width - left - right), (height - bottom - (e.clientY - box.top)) / (height - top - bottom)];
    };
    const start = place(event);
    const near = (m) => Math.hypot((m[0] - start[0]) * width, (m[1] - start[1]) * height);
    const handles = marks.filter((m) => m[3] !== "gap" && near(m) < 26).sort((a, b) => near(a) - near(b));
    drag(svg, event, (e) => onMove(handles[0]?.[3] ?? "x", ...place(e)));
  });
}

function drag(target, event, move) {
  event.preventDefault();
  target.setPointerCapture(event.pointerId);
  target.onpointermove = move;
  target.onpointerup = target.onpointercancel = () => { target.onpointermove = null; };
  move(event);
}

const snapped = (t) => `${new Rational(BigInt(Math.round(Math.min(1, Math.max(0, t)) * STEPS)), BigInt(STEPS))}`;

const VIRIDIS = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];

function colour(share) {
  const t = Math.min(0.9999, Math.max(0, share)) * (VIRIDIS.length - 1), k = Math.floor(t), part = t - k;
  return VIRIDIS[k].map((c, i) => Math.round(c + (VIRIDIS[k + 1][i] - c) * part));
}

/* ---- showing a fiber ---------------------------------------------------------------------------- */

const decimal = (r) => Number(r.toNumber().toPrecision(4)).toString();
/** A number as it is, and as a decimal: "1/4 = 0.25", "1/3 ≈ 0.3333". */
function both(r) {
  if (r.bottom === 1n) return `${r}`;
  const read = rational(decimal(r));
  return `${r} ${read && exact.eq(read, r) ? "=" : "≈"} ${decimal(r)}`;
}
const pointWords = (p) => (p.length === 1 ? `${p[0]}` : `(${p.join(", ")})`);

function row(name, value) {
  const tr = document.createElement("tr"), th = document.createElement("th"), td = document.createElement("td");
  th.scope = "row";
  th.innerHTML = name;
  td.textContent = value;
  tr.append(th, td);
  return tr;
}

function showWhy(fiber) {
  const { q } = fiber;
  const box = byId("x-verdict"), needed = fiber.formulas.needed;
  box.className = "verdict-line refuted";
  box.innerHTML = `<b>✗ Infeasible.</b> No function of class <code>${state.cls}</code> has this Φ.
    Needed with f<sub>min</sub> &lt; f<sub>max</sub>${needed.parts.length > 1 ? (needed.join === "any" ? ", one of these" : ", all of these") : ""}:`;
  const list = document.createElement("ul");
  for (const part of needed.parts) {
    const item = document.createElement("li");
    const holds = fiber.ask(part.holds);
    const sides = part.left ? `: the sides are ${both(fiber.ask(part.left))} and ${both(fiber.ask(part.right))}` : "";
    item.innerHTML = `${holds ? "✓" : "✗"} ${part.shown}${sides}`;
    list.append(item);
  }
  box.append(list);
}

function command(given, feasible) {
  const { phi, rate, at } = given;
  const rateWords = rate === undefined ? "" : ` --lipschitz ${rate}`;
  const about = ` --class ${state.cls}${rateWords} \\\n  --phi '${JSON.stringify(phi)}'`;
  const radius = `fvtheory radius${about}`;
  return feasible ? `${radius}\nfvtheory envelope${about} --at ${at.join(",")}` : radius;
}

function moveTo(kind, t, y) {
  const { words } = state;
  if (kind === "x_min" || kind === "x_max") {
    words[`${kind}.0`] = snapped(t);
    words[kind === "x_min" ? "f_min" : "f_max"] = snapped(y);
  } else words["x.0"] = snapped(t);
  refreshFields();
  show();
}

/** The way through the cube that the chart shows: a point for each t in [0, 1], and where Φ lies on it. */
function way(f, query) {
  const { dim, phi } = f;
  if (dim === 1) {
    return { point: (t) => [t], places: [phi.x_min[0], phi.x_max[0]], name: "x", query: query[0], ends: [phi.x_min[0], phi.x_max[0]],
      ticks: [[0, "0"], [0.25, "¼"], [0.5, "½"], [0.75, "¾"], [1, "1"]] };
  }
  if (state.slice === "path") {
    const { x_min: a, x_max: b } = phi;
    return { point: (t) => (t === 1 ? b : a.map((c, j) => c + t * (b[j] - c))), places: [], name: "from x_min to x_max", query: null, ends: [0, 1],
      ticks: [[0, "x_min"], [1, "x_max"]] };
  }
  const j = Number(state.slice);
  const through = (p) => p.every((c, i) => i === j || c === query[i]);
  return {
    point: (t) => query.map((c, i) => (i === j ? t : c)),
    places: [phi.x_min[j], phi.x_max[j]], name: `${["x₁", "x₂"][j]}, with ${["x₁", "x₂"][1 - j]} = ${state.words[`x.${1 - j}`]}`, query: query[j],
    ends: [through(phi.x_min) ? phi.x_min[j] : null, through(phi.x_max) ? phi.x_max[j] : null],
    ticks: [[0, "0"], [0.25, "¼"], [0.5, "½"], [0.75, "¾"], [1, "1"]],
  };
}

function showMap(f, pair, worst) {
  const canvas = byId("x-map"), size = canvas.width, context = canvas.getContext("2d");
  const image = context.createImageData(size, size);
  const { phi } = f, { quantity } = state;
  const value = { low: pair[0].value, high: pair[1].value }[quantity] ?? ((x) => f[quantity](x));
  const low = quantity === "width" ? 0 : phi.f_min, range = phi.f_max - phi.f_min || 1;
  for (let j = 0; j < size; j++)
    for (let i = 0; i < size; i++) {
      const x = [(i + 0.5) / size, 1 - (j + 0.5) / size];
      image.data.set([...colour((value(x) - low) / range), 255], 4 * (j * size + i));
    }
  context.putImageData(image, 0, 0);
  const shown = byId("x-quantity").selectedOptions[0].textContent;
  canvas.setAttribute("aria-label", `${shown} over the unit square`);
  byId("x-legend").innerHTML = `<span>${decimal2(low)}</span><i></i><span>${decimal2(low + range)}</span>`;
  const marks = byId("x-map-marks");
  marks.setAttribute("viewBox", "0 0 100 100");
  marks.replaceChildren();
  const query = wordsOf("x").map((w) => rational(w).toNumber());
  if (state.slice !== "path") {
    const along = Number(state.slice);
    const ends = along === 0 ? { x1: 0, x2: 100, y1: 100 - 100 * query[1], y2: 100 - 100 * query[1] } : { x1: 100 * query[0], x2: 100 * query[0], y1: 0, y2: 100 };
    element("line", { ...ends, class: "slice" }, marks);
  } else {
    element("line", { x1: 100 * phi.x_min[0], y1: 100 - 100 * phi.x_min[1], x2: 100 * phi.x_max[0], y2: 100 - 100 * phi.x_max[1], class: "slice" }, marks);
  }
  const spots = [["worst", worst, "worst"], ["x_min", phi.x_min, "min"], ["x_max", phi.x_max, "max"], ["x", query, "x"]];
  for (const [kind, p, word] of spots) {
    element("circle", { cx: 100 * p[0], cy: 100 - 100 * p[1], r: kind === "worst" ? 3.4 : 2.2, class: `handle ${kind}` }, marks);
    const covered = kind === "worst" && spots.some(([other, q]) => other !== kind && Math.hypot(p[0] - q[0], p[1] - q[1]) < 0.06);
    if (!covered)
      element("text", { x: 100 * p[0] + (p[0] > 0.8 ? -4 : 4), y: 100 - 100 * p[1] + (p[1] > 0.9 ? 6 : -2.5), class: "map-mark", "text-anchor": p[0] > 0.8 ? "end" : "start" }, marks, word);
  }
  canvas.onpointerdown = (event) => {
    const place = (e) => {
      const box = canvas.getBoundingClientRect();
      return [(e.clientX - box.left) / box.width, 1 - (e.clientY - box.top) / box.height];
    };
    const start = place(event);
    const near = ([, p]) => Math.hypot(p[0] - start[0], p[1] - start[1]);
    const grabbed = spots.filter((s) => s[0] !== "worst" && near(s) < 0.07).sort((s, t) => near(s) - near(t))[0]?.[0] ?? "x";
    drag(canvas, event, (e) => {
      place(e).forEach((t, j) => { state.words[`${grabbed}.${j}`] = snapped(t); });
      refreshFields();
      show();
    });
  };
}

const decimal2 = (y) => Number(y.toPrecision(3)).toString();

function show() {
  const given = readFields();
  const table = byId("x-table").tBodies[0], verdict = byId("x-verdict"), chart = byId("x-chart");
  const none = (words) => {
    table.replaceChildren();
    chart.replaceChildren();
    byId("x-maps").hidden = true;
    if (words) { verdict.className = "verdict-line unknown"; verdict.textContent = words; }
  };
  byId("explorer-form").classList.toggle("empty", Boolean(given.problem));
  if (given.problem) { byId("x-command").textContent = ""; return none(`? ${given.problem}`); }
  const fiber = new Fiber(exact, state.cls, numbers(exact, given.phi), given.rate && rational(given.rate));
  const { feasible } = fiber;
  byId("x-command").textContent = command(given, feasible);
  if (!feasible) { none(); byId("explorer-form").classList.add("empty"); return showWhy(fiber); }

  const worst = fiber.widest(), x = given.at.map(rational), radius = fiber.radius;
  const at = state.pair === "worst" ? worst.at : x;
  const members = ["lower", "upper"].map((side) => fiber.member(at, side));
  verdict.className = "verdict-line proved";
  verdict.innerHTML = `<b>✓ Feasible.</b> No decoder has a worst-case error below <b>${both(radius)}</b>; the central decoder has it.`;
  table.replaceChildren(
    row("radius R", both(radius)),
    row(worst.attained ? "f and f′ are 2R apart at" : "f and f′ come close to 2R apart, here near", pointWords(worst.at)),
    row("side of the midpoint", fiber.hidden ? "cannot be told everywhere" : "can be told everywhere"),
    row(`lower envelope at x = ${pointWords(x)}`, both(fiber.lower(x))),
    row("upper envelope at x", both(fiber.upper(x))),
    row("central decoder at x", both(fiber.central(x))),
    row("f and f′ at x", members.map((m) => both(m.value(x))).join(" and ")),
  );
  if (state.pair === "worst")
    table.append(row(`f and f′ at ${pointWords(at)}`, members.map((m) => both(m.value(at))).join(" and ")));

  const f = new Fiber(floats, state.cls, numbers(floats, given.phi), given.rate && floats.of(given.rate));
  const atFloats = at.map((c) => c.toNumber()), query = x.map((c) => c.toNumber());
  const pair = ["lower", "upper"].map((side) => f.member(atFloats, side));
  const route = way(f, query);
  const worstPlace = state.dim === 1 ? [atFloats[0]] : [];
  const places = [...route.places, ...worstPlace].filter((t) => t !== null);
  const along = (value) => traced((t) => value(route.point(t)), places);
  const curves = { lower: along((p) => f.lower(p)), upper: along((p) => f.upper(p)) };
  if (state.more) {
    curves.more = [0.1, 0.3, 0.5, 0.7, 0.9].flatMap((t) => {
      const there = Array.from({ length: state.dim }, (_, j) => (j ? 1 - t : t));
      return ["lower", "upper"].map((side) => along(f.member(there, side).value));
    });
  }
  Object.assign(curves, { central: along((p) => f.central(p)), low: along(pair[0].value), high: along(pair[1].value) });
  const marks = [];
  if (state.dim === 1) {
    const [low, high] = pair.map((m) => m.value(atFloats));
    if (high > low) marks.push([atFloats[0], [low, high], state.pair === "worst" ? `2R = ${fiber.q.add(radius, radius)}` : "", "gap"]);
  }
  const { phi } = f;
  if (route.ends[0] !== null) marks.push([route.ends[0], phi.f_min, "min", "x_min"]);
  if (route.ends[1] !== null) marks.push([route.ends[1], phi.f_max, "max", "x_max"]);
  byId("x-maps").hidden = state.dim === 1;
  if (state.dim === 2) showMap(f, pair, worst.at.map((c) => c.toNumber()));
  drawChart(chart, curves, marks, route, route.query, state.dim === 1 ? moveTo : null);
}

function showFormulas() {
  const { shown } = FORMULAS.classes[state.cls].dims[state.dim];
  const names = { feasible: "Feasible with f<sub>min</sub> &lt; f<sub>max</sub> iff", lower: "lower(x)", upper: "upper(x)", radius: "R", hidden: "The side of the midpoint is hidden iff" };
  byId("x-formulas").innerHTML = Object.entries(names).map(([key, name]) => `<dt>${name}</dt><dd>${shown[key]}</dd>`).join("");
}

/** Change of class or dimension: keep Φ where it is feasible there, else take the example of the class. */
function rebuild(example = false) {
  const formulas = FORMULAS.classes[state.cls].dims[state.dim];
  const kept = wordsOf("x_min").every((w) => w !== undefined && rational(w)) && (() => {
    const phi = { x_min: wordsOf("x_min"), x_max: wordsOf("x_max"), f_min: state.words.f_min, f_max: state.words.f_max };
    if ([...phi.x_min, ...phi.x_max, phi.f_min, phi.f_max, state.words.L].some((w) => w === undefined || !rational(w))) return false;
    return new Fiber(exact, state.cls, numbers(exact, phi), rational(state.words.L)).feasible;
  })();
  if (example || !kept) setPhi(formulas.example.phi, formulas.example.at);
  for (let j = 0; j < state.dim; j++) state.words[`x.${j}`] ??= "1/2";
  buildFields();
  showFormulas();
  show();
}

/** A feasible Φ at random, tried until one is met: ends of coordinates are frequent, since some classes need them. */
function randomPhi() {
  const step = (ends) => {
    const k = ends && Math.random() < 0.5 ? Math.round(Math.random()) * STEPS : Math.floor(Math.random() * (STEPS + 1));
    return `${new Rational(BigInt(k), BigInt(STEPS))}`;
  };
  for (let tries = 0; tries < 3000; tries++) {
    const points = () => Array.from({ length: state.dim }, () => step(true));
    const values = [step(false), step(false)].sort((a, b) => rational(a).toNumber() - rational(b).toNumber());
    const flat = state.cls === "constant";
    const phi = { x_min: points(), x_max: points(), f_min: values[0], f_max: flat ? values[0] : values[1] };
    const rate = `${new Rational(BigInt(1 + Math.floor(Math.random() * 40)), 10n)}`;
    const fiber = new Fiber(exact, state.cls, numbers(exact, phi), rational(rate));
    if (fiber.feasible && (flat || phi.f_min !== phi.f_max)) { setPhi(phi, undefined, rate); break; }
  }
  refreshFields();
  show();
}

/** Show a given Φ: {class, phi, lipschitz?, at?}. */
function explore(wish) {
  state.cls = wish.class;
  state.dim = wish.phi.x_min.length;
  setPhi(wish.phi, wish.at ?? Array(state.dim).fill("1/2"), wish.lipschitz);
  byId("x-class").value = state.cls;
  document.querySelector(`input[name="x-dim"][value="${state.dim}"]`).checked = true;
  rebuild();
}

function start() {
  const form = byId("explorer-form");
  const selected = (name) => form.querySelector(`input[name="${name}"]:checked`).value;
  state.words.L = form.dataset.lipschitz;
  form.addEventListener("submit", (event) => event.preventDefault());
  byId("x-class").addEventListener("change", (event) => { state.cls = event.target.value; rebuild(); });
  form.addEventListener("change", (event) => {
    if (event.target.name === "x-dim") { state.dim = Number(selected("x-dim")); rebuild(); }
    if (event.target.name === "x-pair") { state.pair = selected("x-pair"); show(); }
    if (event.target.name === "x-slice") { state.slice = selected("x-slice"); show(); }
    if (event.target.id === "x-more") { state.more = event.target.checked; show(); }
    if (event.target.id === "x-quantity") { state.quantity = event.target.value; show(); }
  });
  byId("x-example").addEventListener("click", () => rebuild(true));
  byId("x-random").addEventListener("click", randomPhi);
  state.cls = byId("x-class").value;
  rebuild(true);
  let width = 0;
  new ResizeObserver(([entry]) => {
    if (Math.abs(entry.contentRect.width - width) > 1) { width = entry.contentRect.width; show(); }
  }).observe(byId("x-chart").parentElement);
  window.fvtheory.explore = explore;
}

start();

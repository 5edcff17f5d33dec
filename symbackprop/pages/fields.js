/* Numbers that follow the fields.  Everything is in the page already; this only recounts. */
const $ = id => document.getElementById(id), all = (what, where = document) => [...where.querySelectorAll(what)];
const one = (what, where = document) => where.querySelector(what), put = (e, marks) => { for (const name in marks) e.setAttribute(name, marks[name]); }, twin = e => e.cloneNode(true), flag = (e, name, yes) => e.classList.toggle(name, yes), on = (e, what, run) => e.addEventListener(what, run);
const MATHML = one("math").namespaceURI, SLOT = "[data-n],[data-p],[data-r]", NUMBERS = ".value[data-of],.gradient[data-of]";
/* What has a sign that follows its number: a value. */
const CELL = ".rows > * > span";
const net = $("net"), lines = $("lines"), pick = $("pick"), { factors, wanted, adjoint: adjoints, groups, start: starts, out } = page, links = { ...page.links }, NEEDED = "A number is needed: 0.5, 0,5, 1/3, −2, 1e-3.", names = page.names.split(" "), rate = Object.keys(starts).find(k => !names[k]);
const index = Object.fromEntries(names.map((name, k) => [name, k]));
/* The terms of a derivative are the factors since the last that closed one. */
let terms = [];
for (const [local, closes, above] of factors) {
  terms.push([above, local]);
  if (closes >= 0) { links[closes] ??= terms; terms = []; }
}
const v = [], q = [], given = {}, after = [], moves = [];
let shown = names.map(() => null), chosen = lines.dataset.for, at = -1, steps = [], due = {};

/* --- numbers: as text, as formulas, in words --- */
const minus = x => String(x).replace("-", "−");
const parts = t => { const [m, k] = t.split("e"); return [minus(m), k && minus(+k)]; };
const said = t => /inf|nan/.test(t) ? { inf: "infinity", "-inf": "minus infinity" }[t] || "no value"
  : t.replace(/e(.+)/, (_, k) => " times 10 to the power " + Number(k)).replace(/-/g, "minus ").replace("/", " over ");
function inText(t) {
  if (/inf|nan/.test(t)) return minus(t).replace("inf", "∞").replace("nan", "no value");
  const [m, k] = parts(t);
  return k ? `${m}·10<sup>${k}</sup>` : m;
}
function inMath(t, kind) {
  const [m, k] = parts(t), mn = x => `<mn>${x}</mn>`, [open, close] = (t[0] === "-" && kind !== "n") || (kind === "r" && /[e/]/.test(t)) ? "()" : ["", ""];
  if (/inf|nan/.test(t)) return open + inText(t) + close;
  if (k) return `${mn(open + m)}<mo>⋅</mo><msup><mn>10</mn>${mn(k)}</msup>` + (close && mn(close));
  const [top, bottom] = m.split("/");
  return bottom ? (/^−/.test(top) ? mn(open + "−") : open && mn(open)) + `<mfrac>${mn(top.replace("−", ""))}${mn(bottom)}</mfrac>` + (close && mn(close)) : open + m + close;
}
const kindOf = e => Object.keys(e.dataset).find(k => "npr".includes(k)), placeOf = e => +e.dataset[kindOf(e)];
/* In a formula a number is one element, or a row of some. */
function fill(e) {
  const [t] = shown[placeOf(e)];
  if (e.namespaceURI !== MATHML) { e.innerHTML = inText(t); return; }
  const inside = inMath(t, kindOf(e)), now = make(inside.includes("<") ? "mrow" : "mn");
  for (const { name, value } of e.attributes) put(now, { [name]: value });
  now.innerHTML = inside;
  e.replaceWith(now);
}
const make = (tag, text = "") => { const e = document.createElementNS(MATHML, tag); e.textContent = text; return e; };
/* = stays where no digit was cut. */
function relate(cell) {
  const slots = all(SLOT, cell);
  if (slots.length) cell.firstChild.data = slots.every(e => shown[placeOf(e)][1]) ? "= " : "≈ ";
}
/* Words follow their formula: its numbers stand in both in the same order. */
function reword(math, before) {
  let label = math.ariaLabel, from = 0;
  for (const e of all(SLOT, math)) {
    const [old, now] = [before, shown].map(list => said(list[placeOf(e)][0])), k = label.indexOf(old, from);
    if (k < 0) return;
    label = label.slice(0, k) + now + label.slice(k + old.length);
    from = k + now.length;
  }
  math.ariaLabel = label;
}
function recount() {
  if (!fields().length) return;
  for (const k in given) [v[k], q[k]] = given[k];
  run(v, D);
  run(q, Q);
  for (const f of after) f();
  const before = shown;
  shown = v.map((x, k) => numeral(x, q[k] ?? null, page.digits, page.exact));
  if (!before[0]) return;
  const moved = all(SLOT).filter(e => before[placeOf(e)].join() !== shown[placeOf(e)].join());
  const around = what => new Set(moved.map(e => e.closest(what)).filter(Boolean)), cells = around(CELL), told = around("[aria-label]");
  moved.forEach(fill);
  cells.forEach(relate);
  told.forEach(math => reword(math, before));
  all("[data-of]", net).filter(g => before[placeIn(g)]?.join() !== shown[placeIn(g)]?.join()).forEach(label);
  const none = names.findIndex((name, k) => name && Number.isNaN(v[k]));
  $("fault").replaceChildren(...none < 0 ? complaint() : ["At this point ", ...defined(none), " has no value."]);
  say();
}
/* A definition with its numbers, as it stands in its step; of what has none, the name alone. */
function defined(place) {
  const k = groups.findIndex(group => group.includes(place));
  if (k < 0) return [names[place]];
  const step = $(`forward-${k + 1}`), left = all("[aria-hidden]", step)[groups[k].indexOf(place)];
  const put = (one("summary", step)?.contains(left) ? one(".rows .put", step) : left.parentElement.nextElementSibling)?.querySelector("math");
  return [left, put].filter(Boolean).map(twin);
}
const bounds = (e, b = e.getBBox()) => [b.x, b.x + b.width, b.y, b.y + b.height];
/* A number in the picture that changes its length keeps its middle, beside a name or node the end that is near it, and one behind
   "b =" its left end; a plate grows with it. */
const placeIn = g => g.matches(".gradient") ? adjoints[index[g.dataset.of]] : index[g.dataset.of];
function label(g) {
  const place = placeIn(g), own = g.matches(NUMBERS), e = own ? one("text", g) || g : all("tspan", g).find(e => e.textContent.includes("="));
  if (place === undefined || !e) return;
  if (!own) while (e.nextSibling) e.nextSibling.remove();
  const find = what => own && one(what.replaceAll("*", `="${g.dataset.of}"`), g.closest("svg")), plate = find(".weight[data-of*] rect");
  if (own && !e.getAttribute("text-anchor")) {
    const [x, right, y, low] = bounds(e), near = find(".weight[data-of*] text,.node[data-name*] .shape"), [from, to, top, bottom] = near ? bounds(near) : [];
    const middle = (x + right) / 2, beside = (y + low) / 2 > top && (y + low) / 2 < bottom, side = beside && middle > to ? 0 : beside && middle < from ? 2 : 1;
    put(e, { x: [x, middle, right][side], "text-anchor": ["start", "middle", "end"][side] });
  }
  e.innerHTML = (own ? "" : " = ") + inText(shown[place][0]).replace(/<sup>(.*)<.sup>/, '<tspan dy="-.4em" font-size="70%">$1</tspan>');
  if (plate) {
    const [x, right] = bounds(e), [from, to] = bounds(plate), left = Math.min(from, x - 2);
    put(plate, { x: left, width: Math.max(to, right + 2) - left });
  }
}

/* --- fields --- */
const fields = () => all("#fields [data-v]");
function set(place, text, but) {
  const q = typed(text), x = +text || q && Number(q[0]) / Number(q[1]);
  if (!q || !isFinite(x) || +place === +rate && x <= 0) return false;
  given[place] = [x, q];
  for (const e of all(`#fields [data-v="${place}"] input`)) {
    e.ariaInvalid = null;
    if (e !== but) e.value = e.type === "range" ? x : text;
  }
  return true;
}
/* The first of the numbers of an optimizer is its rate. */
function complaint() {
  const e = one("#fields [aria-invalid]");
  return e ? [e.parentElement.dataset.v === rate ? "A rate above 0 is needed." : NEEDED] : [];
}
function start(place) {
  const [text, exact] = [starts[place]].flat();
  set(place, text);
  if (exact !== undefined) given[place][1] = typed(exact);
  return text;
}
function change(event) {
  const input = event.target, place = +input.parentElement.dataset.v, good = set(place, input.value, input);
  if (!good) { input.ariaInvalid = true; $("fault").replaceChildren(...complaint()); return; }
  for (const f of moves) f(place);
  recount();
}
/* In a field, the keys up and down move the number by as much as they move its slider. */
function nudge(event) {
  const e = event.target, way = e.type === "range" ? 0 : { ArrowUp: 1, ArrowDown: -1 }[event.key], x = given[e.parentElement.dataset.v];
  if (!way) return;
  event.preventDefault();
  e.value = Number((x[0] + way * e.nextSibling.step).toPrecision(12));
  change(event);
}
for (const div of fields()) {
  const { v, w } = div.dataset, text = start(v), name = div.firstChild.ariaLabel;
  const far = Math.max(2, 2 * Math.abs(text)), ten = 10 ** Math.floor(Math.log10(far)), most = [1, 2, 5, 10].find(k => k * ten >= far) * ten, high = w ? 1 : most;
  for (const more of [{ inputMode: "decimal", ariaLabel: name }, { type: "range", min: w ? 0 : names[v] ? -most : most / 200, max: high, step: high / 200, ariaLabel: name + ", slider" }]) {
    const input = Object.assign(document.createElement("input"), more, { autocomplete: "off" });
    on(input, "input", change);
    on(input, "keydown", nudge);
    input.value = text;
    div.append(input);
  }
}


/* Stepping, boxes, and numbers that follow the fields.  Everything is in the page already; this only shows and recounts. */
const $ = id => document.getElementById(id), all = (what, where = document) => [...where.querySelectorAll(what)];
const MATHML = "http://www.w3.org/1998/Math/MathML", FRAME = "[data-n],[data-p],[data-r]";
const net = $("net").querySelector("svg"), lines = $("lines"), pick = $("pick");
const index = Object.fromEntries(page.names.map((name, k) => [name, k]));
const v = [], q = [];
let given = {}, shown = page.names.map(() => null), chosen = lines.dataset.for, at = -1, steps = [], due = {}, mirrored = false;

/* --- numbers --- */
const said = t => /^-?(inf|nan)$/.test(t) ? { inf: "infinity", "-inf": "minus infinity" }[t] || "no value"
  : t.replace(/e([+-]\d+)$/, (_, k) => " times 10 to the power " + Number(k)).replace(/-/g, "minus ").replace("/", " over ");
const power = t => { const [m, k] = t.split("e"); return [m, k === undefined ? null : String(Number(k)).replace("-", "−")]; };
function inText(t, tag = "sup") {
  if (/inf|nan/.test(t)) return t.replace("-", "−").replace("inf", "∞").replace("nan", "no value");
  const [m, k] = power(t.replace(/^-/, "−"));
  return k === null ? m : `${m}·10<${tag}>${k}</${tag}>`;
}
function inMath(t, kind) {
  const minus = t[0] === "-", bare = minus ? t.slice(1) : t;
  let body;
  if (/inf|nan/.test(bare)) body = bare === "inf" ? "<mi>∞</mi>" : "<mtext>no value</mtext>";
  else if (bare.includes("/")) body = `<mfrac><mn>${bare.replace("/", "</mn><mn>")}</mn></mfrac>`;
  else {
    const [m, k] = power(bare);
    body = `<mn>${m}</mn>`;
    if (k !== null) body += `<mo>⋅</mo><msup><mn>10</mn>${k[0] === "−" ? `<mrow><mo form="prefix">−</mo><mn>${k.slice(1)}</mn></mrow>` : `<mn>${k}</mn>`}</msup>`;
  }
  if (minus) body = `<mo form="prefix">−</mo>${body}`;
  return (minus && kind !== "n") || (kind === "r" && /[e/]/.test(bare))
    ? `<mo form="prefix" stretchy="false">(</mo>${body}<mo form="postfix" stretchy="false">)</mo>` : body;
}
const kindOf = e => e.dataset.n !== undefined ? "n" : e.dataset.p !== undefined ? "p" : "r";
const placeOf = e => Number(e.dataset[kindOf(e)]);
function fill(e) {
  const [t] = shown[placeOf(e)];
  e.innerHTML = e.namespaceURI === MATHML ? inMath(t, kindOf(e)) : inText(t);
}
/* = stays where no digit was cut. */
function relate(cell) {
  const slots = all(FRAME, cell);
  if (!slots.length) return;
  const sign = slots.every(e => shown[placeOf(e)][1]) ? "=" : "≈", first = cell.firstChild;
  if (first.nodeType === 3) first.data = sign + " ";
  else { const mo = first.querySelector("mo"); if (/^[=≈]$/.test(mo.textContent)) mo.textContent = sign; }
}
/* Words follow their formula: its numbers stand in both in the same order. */
function reword(math, before) {
  let label = math.getAttribute("aria-label"), from = 0;
  for (const e of all(FRAME, math)) {
    const old = said(before[placeOf(e)][0]), now = said(shown[placeOf(e)][0]), k = label.indexOf(old, from);
    if (k < 0) return;
    label = label.slice(0, k) + now + label.slice(k + old.length);
    from = k + now.length;
  }
  math.setAttribute("aria-label", label);
}
function compute() {
  for (const k in given) { v[k] = given[k][0]; q[k] = given[k][1]; }
  run(v, D);
  run(q, Q);
}
function recount() {
  const before = shown;
  shown = page.names.map((_, k) => numeral(v[k], q[k] ?? null, page.digits, page.exact));
  if (!before[0]) return;
  all(FRAME).forEach(fill);
  all(".right, .value").forEach(relate);
  all("math[aria-label], [role=math]").forEach(math => reword(math, before));
  all(".label[data-of]", net).forEach(label);
  say();
}
/* A number in the picture keeps its middle; one behind "b =" keeps its left end. */
function label(g) {
  const k = index[g.dataset.of], place = g.matches(".gradient") ? page.adjoint[k] : k, text = g.querySelector("text");
  if (place === undefined) return;
  const behind = [...text.children].findIndex(e => e.textContent.includes("=")), own = g.matches(".value,.gradient");
  if (behind < 0 && !own) return;
  const first = text.children[Math.max(behind, 0)], size = first.getAttribute("font-size");
  if (g.mid === undefined) { const b = text.getBBox(); g.mid = b.x + b.width / 2; }
  const m = inText(shown[place][0]).replace(/<.*/, ""), up = /e([-+].*)/.exec(shown[place][0]);
  while (text.lastChild !== first) text.lastChild.remove();
  first.textContent = (own ? "" : " = ") + m;
  if (own) { first.setAttribute("x", g.mid); first.setAttribute("text-anchor", "middle"); }
  if (up) {
    const e = document.createElementNS("http://www.w3.org/2000/svg", "tspan");
    e.setAttribute("dy", "-.4em"); e.setAttribute("font-size", size * .68);
    e.textContent = String(Number(up[1])).replace("-", "−");
    first.append(e);
  }
  const plate = g.querySelector("rect"), width = text.getBBox().width + 2;
  if (plate && own) { plate.setAttribute("x", g.mid - width / 2); plate.setAttribute("width", width); }
}

/* --- fields --- */
function start(place) {
  const [text, exact] = page.start[place];
  given[place] = [exact === undefined ? Number(text) : text * 1, exact === undefined ? typed(text) : exact ? frac(...exact.split("/").map(BigInt).concat(1n).slice(0, 2)) : null];
  return text;
}
function set(place, text) { given[place] = [Number(text), typed(text)]; }
function show(div, text, but) { for (const e of all("input", div)) if (e !== but) e.value = text; }
function change(event) {
  const input = event.target, div = input.parentElement, place = div.dataset.v, text = input.value.trim();
  const group = page.sums.find(g => g.includes(Number(place))), good = text !== "" && Number.isFinite(Number(text));
  input.toggleAttribute("aria-invalid", !good);
  if (!good) { $("fault").textContent = "A number is needed, such as 0.25."; return; }
  set(place, text);
  show(div, text, input);
  if (group) share(group, Number(place));
  update();
}
/* Targets that sum to 1 go on doing so: the others make room in proportion, and the last one closes the sum. */
function share(group, place) {
  const others = group.filter(k => k !== place), rest = 1 - given[place][0];
  const sum = others.reduce((s, k) => s + given[k][0], 0);
  let left = rest;
  others.forEach((k, i) => {
    const part = i === others.length - 1 ? left : sum ? given[k][0] / sum * rest : rest / others.length;
    const text = String(Number(part.toFixed(6)));
    left -= Number(text);
    set(k, text);
    show(document.querySelector(`#fields [data-v="${k}"]`), text);
  });
}
function update() {
  compute();
  const lost = v.some(x => Number.isNaN(x));
  $("fault").textContent = lost ? "At this point something has no value." : "";
  recount();
}
function build() {
  for (const div of all("#fields [data-v]")) {
    const text = start(div.dataset.v), name = div.querySelector("math").getAttribute("aria-label");
    const scale = 10 ** Math.max(0, Math.ceil(Math.log10(Math.max(Math.abs(text), 1e-9) / 2)));
    for (const type of ["number", "range"]) {
      const input = document.createElement("input");
      Object.assign(input, { type, autocomplete: "off", ariaLabel: type === "range" ? name + ", slider" : name });
      if (type === "range") Object.assign(input, { min: -2 * scale, max: 2 * scale, step: scale / 100 });
      else input.step = "any";
      input.value = text;
      input.addEventListener("input", change);
      div.append(input);
    }
  }
  $("reset").addEventListener("click", () => { for (const div of all("#fields [data-v]")) show(div, start(div.dataset.v)); update(); });
}

/* --- the chain rule of a weight --- */
const factorOf = new Map(page.factors.flatMap(([local], k) => local < 0 ? [] : [[local, k + 1]]));
function below(adjoint, found = new Set()) {
  if (found.has(adjoint)) return found;
  found.add(adjoint);
  for (const link of page.links[adjoint] || []) for (const k of link) if (k >= 0) below(k, found);
  return found;
}
function* paths(adjoint) {
  for (const [above, edge] of page.links[adjoint]) {
    for (const head of above < 0 ? [[]] : paths(above)) {
      if (page.links[edge]) for (const tail of paths(edge)) yield [...head, ...tail];
      else yield [...head, edge];
    }
  }
}
/* The ways from the output; where they are too many, the derivatives above. */
function ways(adjoint) {
  const found = [];
  for (const path of paths(adjoint)) {
    if (found.length === page.most) return [page.links[adjoint].map(link => link.filter(k => k >= 0)), false];
    found.push(path);
  }
  return [found, true];
}
const make = (tag, text = "") => { const e = document.createElementNS(MATHML, tag); e.textContent = text; return e; };
const box = (kind, ...inside) => { const e = document.createElement("div"); e.className = kind; e.append(...inside); return e; };
/* A factor as it stands in its own step, by its name (0) or its formula (1); a derivative by its name. */
function copy(place, which) {
  const k = factorOf.get(place);
  if (!k) { const e = make("mrow"); e.append(...nameOf(place).cloneNode(true).childNodes); return e; }
  const e = all(`#factor-${k} [data-e="${k}"]`)[which].cloneNode(true);
  e.classList.remove("on");
  if (e.dataset.s !== undefined) { e.prepend(make("mo", "(")); e.append(make("mo", ")")); }
  return e;
}
const closing = place => page.factors.findIndex(f => f[1] === place) + 1;
const nameOf = place => {
  const item = $("factor-" + closing(place));
  return item.querySelector("details > .rows .left math, .head .left math, td math");
};
function number(place) {
  const e = make("mrow"), k = factorOf.get(place);
  e.dataset.p = place;
  fill(e);
  if (k) e.dataset.e = k;
  return e;
}
function heard(place, side) {
  const k = factorOf.get(place), item = $("factor-" + (k || closing(place)));
  if (!k) return page.heard;
  const label = item.querySelector(".right math, td:nth-child(2) math").getAttribute("aria-label").split(" equals ");
  return label[Math.min(side, label.length - 1)];
}
function line(found, part, words) {
  const math = make("math");
  math.append(make("mo", "="));
  found.forEach((path, i) => {
    if (i) math.append(make("mo", "+"));
    path.forEach((place, j) => { if (j) math.append(make("mo", "⋅")); math.append(part(place)); });
  });
  math.setAttribute("aria-label", found.map(path => path.map(words).join(" times ")).join(" plus "));
  return box("right", math);
}
function rebuild() {
  const adjoint = page.wanted[chosen], [found, whole] = ways(adjoint), value = document.createElement("b"), left = box("left", nameOf(adjoint).cloneNode(true));
  value.dataset.n = adjoint;
  fill(value);
  left.setAttribute("aria-hidden", true);
  lines.replaceChildren(
    box("row", left, line(found, e => copy(e, 0), e => heard(e, 0)), box("why", whole && found.length > 1 ? `${found.length} paths` : "chain rule")),
    box("row sub", line(found, e => copy(e, 1), e => heard(e, 1)), box("why", "local derivatives")),
    box("row put", line(found, number, e => said(shown[e][0])), box("value", "= ", value)));
  all(".right, .value", lines).forEach(relate);
}
function choose(weight) {
  const first = !steps.length;
  chosen = String(weight);
  if (pick) pick.value = chosen;
  const on = below(page.wanted[chosen]), names = new Set([...on].map(k => page.names[k]));
  if (!first) {
    rebuild();
    for (const g of all(".node, .edge", net)) {
      g.classList.toggle("path", held(g).some(name => names.has(name)) || g.matches(".role-loss, .role-cost"));
      g.classList.toggle("own", g.dataset.edge === page.names[chosen]);
    }
  }
  steps = ["", ...page.groups.map((_, k) => `forward-${k + 1}`)];
  page.factors.forEach(([local, closes], k) => { if (on.has(local) || (local < 0 && on.has(closes))) steps.push(`factor-${k + 1}`); });
  if ($("update")) steps.push("update");
  due = {};
  page.groups.forEach((group, k) => group.forEach(place => { due[place] = k + 1; }));
  steps.forEach((id, t) => { if (id[1] === "a") for (const place of page.factors[id.slice(7) - 1]) due[place] = t; });
}
const held = g => (g.dataset.locals || "").split(" ");

/* --- stepping --- */
function go(t, move = true) {
  at = Math.min(Math.max(t, 0), steps.length - 1);
  const id = steps[at], k = id.startsWith("factor") ? Number(id.slice(7)) : 0, open = !at || id === "update";
  const factors = steps.filter(s => s.startsWith("factor"));
  $("where").textContent = !at ? "all steps" : k ? `factor ${factors.indexOf(id) + 1} of ${factors.length}` : id.replace("-", " ") + (id === "update" ? "" : ` of ${page.groups.length}`);
  /* Where the paths are too many to be listed, the lines are those of the derivative at hand. */
  if (!ways(page.wanted[chosen])[1]) {
    const body = k && document.querySelector(`#list details .rows [data-e="${k}"]`)?.closest(".rows");
    if (body) lines.innerHTML = body.innerHTML; else if (mirrored) rebuild();
    mirrored = Boolean(body);
  }
  all("[data-e]").forEach(e => e.classList.toggle("on", Number(e.dataset.e) === k));
  all(".now").forEach(e => e.classList.remove("now"));
  const name = k ? page.names[page.factors[k - 1][0]] : "", group = id.startsWith("forward") ? page.groups[id.slice(8) - 1].map(p => page.names[p]) : [];
  for (const g of all(".node, .edge", net)) g.classList.toggle("on", (k > 0 && held(g).includes(name)) || group.includes(g.dataset.name));
  const late = place => !open && (due[place] ?? (page.start[place] ? 0 : 1e9)) > at;
  for (const g of all(".value[data-of], .gradient[data-of]", net)) {
    const place = g.classList.contains("value") ? index[g.dataset.of] : page.adjoint[index[g.dataset.of]];
    g.classList.toggle("waiting", place === undefined ? !open && k === 0 : late(place));
  }
  for (const e of all(FRAME, lines)) e.classList.toggle("later", late(placeOf(e)));
  const now = $("now");
  now.replaceChildren();
  if (at) {
    const item = $(id);
    item.classList.add("now");
    if (item.tagName === "LI") {
      const made = item.cloneNode(true);
      made.querySelector("a").remove();
      const head = made.querySelector("summary, .head"), body = all(".scroll", made);
      const top = document.createElement("div");
      top.className = "head";
      top.append(...head.childNodes);
      now.append(top, ...body);
    } else {
      const table = document.createElement("table"), made = item.cloneNode(true);
      made.removeAttribute("id");
      table.append(made);
      now.append(table);
    }
  }
  if (move) history.replaceState(null, "", at ? "#" + id : location.pathname.split("/").pop() || "#");
  $("back").disabled = at === 0;
  $("next").disabled = at === steps.length - 1;
  say();
}
function say() {
  if (at < 1) { $("say").textContent = ""; return; }
  $("say").textContent = `${$("where").textContent}: ` + all("math[aria-label], b[data-n], .why", $("now")).slice(0, 8).map(e => e.getAttribute("aria-label") || e.textContent).join(", ");
}
function follow() {
  const id = location.hash.slice(1), item = id && $(id);
  if (!item || !/^(forward|factor|update)/.test(id)) return;
  if (id.startsWith("factor") && !steps.includes(id)) {
    const [local, closes] = page.factors[id.slice(7) - 1];
    const weight = Object.keys(page.wanted).find(w => below(page.wanted[w]).has(local < 0 ? closes : local));
    if (weight !== undefined) choose(weight);
  }
  go(steps.indexOf(id), false);
  $("stage").scrollIntoView();
}
function press(event) {
  const arrow = { ArrowRight: 1, ArrowLeft: -1 }[event.key], e = event.target;
  if (!arrow || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || /^(INPUT|SELECT|TEXTAREA)$/.test(e.tagName)) return;
  if (e.classList.contains("scroll") && e.scrollWidth > e.clientWidth) return;
  event.preventDefault();
  go(at + arrow);
}
function pressFactor(event) {
  const e = event.target.closest("[data-e]");
  if (e && steps.includes("factor-" + e.dataset.e)) { event.preventDefault(); go(steps.indexOf("factor-" + e.dataset.e)); return; }
  const g = event.target.closest("#net .node, #net .edge");
  if (!g) return;
  const step = steps.findIndex(id => id.startsWith("factor") && held(g).includes(page.names[page.factors[id.slice(7) - 1][0]]));
  if (step > 0) go(step);
  else if (page.wanted[index[g.dataset.edge]] !== undefined) { choose(index[g.dataset.edge]); go(steps.length - 2); }
}
document.documentElement.classList.add("live");
build();
compute();
recount();
choose(chosen);
go(0, false);
follow();
$("back").addEventListener("click", () => go(at - 1));
$("next").addEventListener("click", () => go(at + 1));
if (pick) pick.addEventListener("change", () => { choose(pick.value); go(0); });
document.addEventListener("keydown", press);
document.addEventListener("click", pressFactor);
addEventListener("hashchange", follow);
$("level").addEventListener("change", event => {
  const level = event.target.value;
  $("list").classList.toggle("level1", level === "1");
  all("details", $("list")).forEach(e => { e.open = level !== "0"; });
});

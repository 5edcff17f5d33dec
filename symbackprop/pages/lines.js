/* The chain rule of a weight chosen in the page, put together from its steps; needed where there is a choice, or too many paths. */
const SAID = "math:not([aria-hidden])", factorOf = new Map(factors.flatMap(([local], k) => local < 0 ? [] : [[local, k + 1]]));
let relayed = false;
function* paths(adjoint) {
  for (const [above, edge] of links[adjoint])
    for (const head of above < 0 ? [[]] : paths(above))
      for (const tail of links[edge] ? paths(edge) : [[edge]]) yield [...head, ...tail];
}
/* The ways from the output; where they are too many, the derivatives above. */
function ways(adjoint) {
  const found = [];
  for (const path of paths(adjoint)) {
    if (found.length === most) return [links[adjoint].map(link => link.filter(k => k >= 0)), false];
    found.push(path);
  }
  return [found, true];
}
const home = place => $("factor-" + (factorOf.get(place) || factors.findIndex(f => f[1] === place) + 1));
const nameOf = place => twin(one("details > .rows [aria-hidden], .head [aria-hidden], td math", home(place)));
/* A factor as it stands in its own step, by its name (0) or its formula (1); a derivative by its name. */
function copy(place, which) {
  const k = factorOf.get(place), e = k ? twin(all(`[data-e="${k}"]`, home(place))[which]) : make("mrow");
  e.classList.remove("on");
  if (!k) e.append(...nameOf(place).childNodes);
  if (e.dataset.s !== undefined) for (const [way, sign] of [["prepend", "("], ["append", ")"]]) { const mo = make("mo", sign); if (!one("mfrac", e)) put(mo, { stretchy: false }); e[way](mo); }
  return e;
}
function number(place) {
  const row = make("mrow"), e = make("mn"), k = factorOf.get(place);
  e.dataset.p = place;
  if (k) e.dataset.e = k;
  row.append(e);
  fill(e);
  return row.firstChild;
}
/* Words for the left side, which is for the eye alone. */
const aloud = place => one("details > .rows [aria-label], .head [aria-label], td math", home(place)).ariaLabel.split(" equals ")[0];
function heard(place, side) {
  if (!factorOf.get(place)) return "the derivative above";
  const label = one(".rows math[aria-label], .lines, td:nth-child(2) math", home(place)).ariaLabel.split(" equals ");
  return label[side] || label[0];
}
function line(found, part, words, left = "") {
  const math = make("math");
  put(math, { class: "wrap" });
  found.forEach((path, i) => path.forEach((place, j) => {
    const piece = make("mrow"), sign = make("mo", j ? "⋅" : i ? "+" : "=");
    put(sign, { form: "infix" });
    if (i && !j && path.length > 2) math.append(make("mspace"));
    piece.append(sign, part(place));
    math.append(piece);
  }));
  math.ariaLabel = left + found.map(path => path.map(words).join(" times ")).join(" plus ");
  return math;
}
function left(place) {
  const e = make("math");
  e.append(...nameOf(place).childNodes);
  e.ariaHidden = true;
  return e;
}
function value(place) {
  const e = tag("b");
  e.dataset.n = place;
  if (shown[0]) fill(e);
  return tag("span", "= ", e);
}
/* What a derivative comes to, in its step or its line of the table. */
function inShort(step) {
  const made = (step.cells ? step.cells[2] : all("details > .rows > div:not(.put)", step).pop())?.querySelector(SAID), e = made ? twin(made) : make("math");
  if (e.firstChild?.textContent !== "=") e.prepend(make("mo", "="));
  if (e.childElementCount > 3 && e.lastChild.textContent === "1") for (let k = 2; k; k--) e.lastChild.remove();
  return e;
}
function rebuild() {
  const adjoint = wanted[chosen], [found, whole] = ways(adjoint), own = !whole && one("details > .rows", home(adjoint));
  if (own) { lines.innerHTML = own.innerHTML; return; }
  if (whole && found.length === 1 && found[0].length === 1) lines.replaceChildren(box("", left(adjoint), line(found, e => copy(e, 1), e => heard(e, 1), aloud(adjoint) + " equals "), tag("i", "local derivative")));
  else lines.replaceChildren(
    box("", left(adjoint), line(found, e => copy(e, 0), e => heard(e, 0), aloud(adjoint) + " equals "), tag("i", whole && found.length > 1 ? found.length + " paths" : "chain rule")),
    box("sub", line(found, e => copy(e, 1), e => heard(e, 1)), tag("i", "local derivatives")));
  if (shown[0]) lines.append(
    box("put", line(found, number, e => said(shown[e][0])), value(adjoint)));
  const short = inShort(home(adjoint));
  if (whole && found.some(path => path.length > 1) && short.textContent !== one(SAID, lines.children[1]).textContent) lines.append(box("", short, tag("i", "in short")));
  all(CELL, lines).forEach(relate);
}
/* Where the paths are too many to be listed, the lines are those of the derivative at hand. */
function relay(factor) {
  if (ways(wanted[chosen])[1]) return false;
  const within = id => id && one(`details > .rows [data-e="${factor}"]`, stepAt(id))?.closest(".rows");
  let body = factor && within("factor-" + factor);
  if (factor) for (const id of steps) body ||= within(id);
  if (body) lines.innerHTML = body.innerHTML; else if (relayed) rebuild();
  relayed = !!body;
  return relayed || factor && stepAt("factor-" + factor) === home(wanted[chosen]);
}
/* Another weight: its lines, its path in the picture. */
function repaint(on) {
  pick.value = chosen;
  rebuild();
  for (const g of all(".node,.edge", net)) {
    flag(g, "path", held(g).some(k => on.has(k)) || on.has(adjoints[index[g.dataset.name]]) || index[g.dataset.name] === out);
    flag(g, "own", g.dataset.edge === names[chosen]);
  }
}
/* The first weight that a factor is one of. */
function turn(k) {
  const weight = Object.keys(wanted).find(w => factors[k - 1].slice(0, 2).some(place => place >= 0 && below(wanted[w]).has(place)));
  if (weight) choose(weight);
}
function visit(weight) {
  if (wanted[weight] === undefined) return;
  choose(weight);
  go(steps.findLastIndex(isFactor));
}
/* A step that is a line of the table, told as the others are. */
function told(row, k) {
  const [local, adjoint] = factors[k - 1], [, chain, formula] = row.cells, step = tag("li"), link = tag("a"), plain = e => [...twin(one("math", e)).childNodes];
  const math = (label, ...inside) => { const e = make("math"); e.append(make("mo", "="), ...inside); e.ariaLabel = label; return e; };
  const said = e => one("[aria-label]", e).ariaLabel, name = make("math");
  name.append(copy(local, 0));
  name.ariaHidden = true;
  const head = tag("span", box("", name, math(said(formula), copy(local, 1)), ...(shown[0] && !/^[\d.−]+$/.test(copy(local, 1).textContent) ? [value(local)] : [])));
  const rows = box("rows", box("", left(adjoint), math(said(chain), ...plain(chain)), tag("i", "chain rule")), box("sub", math(said(formula), ...plain(formula)), ...(shown[0] ? [value(adjoint)] : []), tag("i", "substitute")));
  head.className = "rows";
  link.href = "#" + row.id;
  step.append(link, factors[k - 1][2] < 0 ? box("head", head) : tag("details", tag("summary", head), rows));
  step.lastChild.open = true;
  step.dataset.row = row.id;
  all(CELL, step).forEach(relate);
  return step;
}
/* The steps of the chosen parameter, numbered as they are counted. */
function stepAt(id) {
  const e = $(id);
  return e.tagName === "LI" ? e : one(`[data-row="${id}"]`);
}
function list() {
  all("[data-row]").forEach(e => e.remove());
  let number = 0;
  for (const id of steps.filter(isFactor)) {
    const e = $(id), k = +id.slice(7);
    if (e.tagName === "TR") $("back-list").append(told(e, k));
    const link = one("a", stepAt(id));
    link.textContent = ++number;
    link.ariaLabel = "factor " + number;
  }
  all("#back-list > [id^=factor]").forEach(e => { e.hidden = !steps.includes(e.id); });
}
if (pick) { pick.value = chosen; on(pick, "change", () => { choose(pick.value); go(0); }); }

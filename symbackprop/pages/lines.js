/* The chain rule of a weight chosen in the page, put together from its steps; needed where there is a choice, or too many paths. */
const factorOf = new Map(factors.flatMap(([local], k) => local < 0 ? [] : [[local, k + 1]]));
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
    if (found.length === page.most) return [links[adjoint].map(link => link.filter(k => k >= 0)), false];
    found.push(path);
  }
  return [found, true];
}
const home = place => $("factor-" + (factorOf.get(place) || factors.findIndex(f => f[1] === place) + 1));
const nameOf = place => home(place).querySelector("details > .rows [aria-hidden], .head [aria-hidden], td math").cloneNode(true);
/* A factor as it stands in its own step, by its name (0) or its formula (1); a derivative by its name. */
function copy(place, which) {
  const k = factorOf.get(place), e = k ? all(`[data-e="${k}"]`, home(place))[which].cloneNode(true) : make("mrow");
  e.classList.remove("on");
  if (!k) e.append(...nameOf(place).childNodes);
  if (e.dataset.s !== undefined) for (const [way, sign] of [["prepend", "("], ["append", ")"]]) { const mo = make("mo", sign); if (!e.querySelector("mfrac")) mo.setAttribute("stretchy", false); e[way](mo); }
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
const aloud = place => home(place).querySelector("details > .rows [aria-label], .head [aria-label], td math").ariaLabel.split(" equals ")[0];
function heard(place, side) {
  if (!factorOf.get(place)) return "the derivative above";
  const label = home(place).querySelector(".rows math[aria-label], .lines, td:nth-child(2) math").ariaLabel.split(" equals ");
  return label[side] || label[0];
}
function line(found, part, words, left = "") {
  const math = make("math");
  math.setAttribute("class", "wrap");
  found.forEach((path, i) => path.forEach((place, j) => {
    const piece = make("mrow"), sign = make("mo", j ? "⋅" : i ? "+" : "=");
    sign.setAttribute("form", "infix");
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
  const e = (step.cells ? step.cells[2] : all("details > .rows > div:not(.put)", step).pop())?.querySelector("math:not([aria-hidden])")?.cloneNode(true) ?? make("math");
  if (e.firstChild?.textContent !== "=") e.prepend(make("mo", "="));
  if (e.childElementCount > 3 && e.lastChild.textContent === "1") for (let k = 2; k; k--) e.lastChild.remove();
  return e;
}
function rebuild() {
  const adjoint = wanted[chosen], [found, whole] = ways(adjoint), own = !whole && home(adjoint).querySelector("details > .rows");
  if (own) { lines.innerHTML = own.innerHTML; return; }
  const alone = whole && found.length === 1 && found[0].length === 1;
  if (alone) lines.replaceChildren(box("", left(adjoint), line(found, e => copy(e, 1), e => heard(e, 1), aloud(adjoint) + " equals "), tag("i", "local derivative")));
  else lines.replaceChildren(
    box("", left(adjoint), line(found, e => copy(e, 0), e => heard(e, 0), aloud(adjoint) + " equals "), tag("i", whole && found.length > 1 ? found.length + " paths" : "chain rule")),
    box("sub", line(found, e => copy(e, 1), e => heard(e, 1)), tag("i", "local derivatives")));
  if (shown[0]) lines.append(
    box("put", line(found, number, e => said(shown[e][0])), value(adjoint)));
  const short = inShort(home(adjoint));
  if (whole && found.some(path => path.length > 1) && short.textContent !== lines.children[1].querySelector("math:not([aria-hidden])").textContent) lines.append(box("", short, tag("i", "in short")));
  all(CELL, lines).forEach(relate);
}
/* Where the paths are too many to be listed, the lines are those of the derivative at hand. */
function relay(factor) {
  if (ways(wanted[chosen])[1]) return false;
  const within = id => id && stepAt(id).querySelector(`details > .rows [data-e="${factor}"]`)?.closest(".rows");
  let body = factor && within("factor-" + factor);
  if (factor) for (const id of steps) body ||= within(id);
  if (body) lines.innerHTML = body.innerHTML; else if (relayed) rebuild();
  relayed = Boolean(body);
  return relayed || factor && stepAt("factor-" + factor) === home(wanted[chosen]);
}
/* Another weight: its lines, its path in the picture. */
function repaint(on) {
  pick.value = chosen;
  rebuild();
  for (const g of all(".node,.edge", net)) {
    g.classList.toggle("path", held(g).some(k => on.has(k)) || on.has(page.adjoint[index[g.dataset.name]]) || index[g.dataset.name] === page.out);
    g.classList.toggle("own", g.dataset.edge === names[chosen]);
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
  go(steps.findLastIndex(id => id.startsWith("factor")));
}
/* A step that is a line of the table, told as the others are. */
function told(row, k) {
  const [local, adjoint] = factors[k - 1], [, chain, formula] = row.cells, step = tag("li"), link = tag("a"), plain = e => [...e.querySelector("math").cloneNode(true).childNodes];
  const math = (label, ...inside) => { const e = make("math"); e.append(make("mo", "="), ...inside); e.ariaLabel = label; return e; };
  const said = e => e.querySelector("[aria-label]").ariaLabel, name = make("math");
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
  return e.tagName === "LI" ? e : document.querySelector(`[data-row="${id}"]`);
}
function list() {
  all("[data-row]").forEach(e => e.remove());
  let number = 0;
  for (const id of steps.filter(s => s.startsWith("factor"))) {
    const e = $(id), k = Number(id.slice(7));
    if (e.tagName === "TR") $("back-list").append(told(e, k));
    const link = stepAt(id).querySelector("a");
    link.textContent = ++number;
    link.ariaLabel = "factor " + number;
  }
  all("#back-list > [id^=factor]").forEach(e => { e.hidden = !steps.includes(e.id); });
}
if (pick) { pick.value = chosen; pick.addEventListener("change", () => { choose(pick.value); go(0); }); }

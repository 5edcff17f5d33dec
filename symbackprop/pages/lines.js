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
  if (e.dataset.s !== undefined) { e.prepend(make("mo", "(")); e.append(make("mo", ")")); }
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
const aloud = place => home(place).querySelector("details > .rows [aria-label], .head [aria-label], td math").getAttribute("aria-label").split(" equals ")[0];
function heard(place, side) {
  if (!factorOf.get(place)) return "the derivative above";
  const label = home(place).querySelector(".rows math[aria-label], .lines, td:nth-child(2) math").getAttribute("aria-label").split(" equals ");
  return (label[side] || label[0]).replace(/the derivative of (.*?) with respect to/g, "d $1 by d");
}
function line(found, part, words, left = "") {
  const math = make("math");
  math.append(make("mo", "="));
  found.forEach((path, i) => {
    if (i) math.append(make("mo", "+"));
    path.forEach((place, j) => math.append(...(j ? [make("mo", "⋅")] : []), part(place)));
  });
  math.setAttribute("aria-label", left + found.map(path => path.map(words).join(" times ")).join(" plus "));
  return math;
}
function rebuild() {
  const adjoint = wanted[chosen], [found, whole] = ways(adjoint), value = document.createElement("b"), left = make("math");
  left.append(...nameOf(adjoint).childNodes);
  left.setAttribute("aria-hidden", true);
  value.dataset.n = adjoint;
  if (shown[0]) fill(value);
  lines.replaceChildren(
    box("", left, line(found, e => copy(e, 0), e => heard(e, 0), aloud(adjoint) + " equals "), tag("i", whole && found.length > 1 ? found.length + " paths" : "chain rule")),
    box("sub", line(found, e => copy(e, 1), e => heard(e, 1)), tag("i", "local derivatives")));
  if (shown[0]) lines.append(
    box("put", line(found, number, e => said(shown[e][0])), tag("span", "= ", value)));
  all(CELL, lines).forEach(relate);
}
/* Where the paths are too many to be listed, the lines are those of the derivative at hand. */
function relay(factor) {
  if (ways(wanted[chosen])[1]) return false;
  const body = factor && document.querySelector(`#list details > .rows [data-e="${factor}"]`)?.closest(".rows");
  if (body) lines.innerHTML = body.innerHTML; else if (relayed) rebuild();
  return relayed = Boolean(body);
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
function tabulate(row) {
  const table = document.createElement("table");
  row.removeAttribute("id");
  table.append(row);
  $("now").append(table);
}
if (pick) { pick.value = chosen; pick.addEventListener("change", () => { choose(pick.value); go(0); }); }

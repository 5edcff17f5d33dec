/* Stepping and boxes: this only shows what is there. */
/* --- the steps of a weight --- */
const tag = (name, ...inside) => { const e = document.createElement(name); e.append(...inside); return e; };
const box = (kind, ...inside) => { const e = tag("div", ...inside); if (kind) e.className = kind; return e; };
const isFactor = id => id.startsWith("factor"), PARTS = ".node,.edge,[data-of]", held = g => (g.dataset.locals || "").split(" ").filter(Boolean).map(Number);
function below(adjoint, found = new Set()) {
  if (adjoint < 0 || found.has(adjoint)) return found;
  found.add(adjoint);
  for (const k of (links[adjoint] || []).flat()) below(k, found);
  return found;
}
function choose(weight) {
  chosen = String(weight);
  const met = below(wanted[chosen]);
  if (steps.length) repaint(met);
  due = {};
  steps = ["", ...groups.map((group, k) => { for (const place of group) due[place] = k + 1; return `forward-${k + 1}`; })];
  factors.forEach(([local, closes], k) => {
    if (!met.has(local < 0 ? closes : local)) return;
    due[local] = due[closes] = steps.length;
    steps.push(`factor-${k + 1}`);
  });
  list();
  if (renewed()) steps.push("update");
  for (const g of all(PARTS, net)) flag(g, "link", stepOf(g) > 0 || pick && wanted[index[ownerOf(g)]] >= 0);
}

/* --- stepping --- */
function go(t, move = true) {
  at = Math.min(Math.max(t, 0), steps.length - 1);
  const id = steps[at], [kind, k = 0] = id.split("-"), factor = kind === "factor" ? +k : 0, open = !at || kind === "update";
  const few = steps.filter(isFactor);
  $("where").textContent = !at ? "all steps" : factor ? `factor ${few.indexOf(id) + 1} of ${few.length}` : kind === "update" ? kind : `forward ${k} of ${groups.length}`;
  const twice = relay(factor);
  all("[data-e]").forEach(e => flag(e, "on", +e.dataset.e === factor));
  all(".now").forEach(e => e.classList.remove("now"));
  const local = factor && factors[k - 1][0], group = kind === "forward" ? groups[k - 1].map(p => names[p]) : [];
  for (const g of all(".node,.edge", net)) flag(g, "on", factor && held(g).includes(local) || group.includes(g.dataset.name));
  const marked = one(".on", net);
  turned(marked);
  const late = place => !open && (due[place] ?? (starts[place] ? 0 : 1e9)) > at;
  for (const g of all(NUMBERS, net)) {
    const place = placeIn(g), waits = place === undefined ? !open && !factor : late(place);
    flag(g, "waiting", waits);
    /* A plate covers no line where nothing is written yet; of a weight, the gradient comes last. */
    all(`.weight[data-of="${g.dataset.of}"]`, net).forEach(e => flag(e, "half", waits));
  }
  for (const e of all(SLOT, lines)) flag(e, "later", late(placeOf(e)));
  const now = $("now"), item = id && stepAt(id);
  now.replaceChildren();
  if (item) {
    item.classList.add("now");
    const made = twin(item);
    now.append(box("head", ...one("summary,.head", made).childNodes), ...(twice ? [] : all("details > .rows", made)));
  }
  if (marked) { const [x, y] = middle(marked), [left, top] = middle(net); net.scrollBy(x - left, y - top); }
  if (move && id) { const stage = $("stage"); (stage.offsetHeight < innerHeight ? stage : now).scrollIntoView({ block: "nearest" }); }
  if (move) try { history.replaceState(null, "", "#" + id); } catch { /* a browser that is asked too often */ }
  $("back").disabled = !at;
  $("next").disabled = at === steps.length - 1;
  reach();
  say();
}
function middle(e) { const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }
/* What scrolls can be reached by keys; what is far away is not laid out for that. */
function reach() { for (const e of all(".scroll,.rows")) if (!e.checkVisibility({ contentVisibilityAuto: true })) continue; else if (e.scrollWidth > e.clientWidth) e.tabIndex = 0; else e.removeAttribute("tabindex"); }
function say() {
  $("say").textContent = at < 1 ? "" : $("where").textContent + ": "
    + all("[aria-label],[data-n],i", $("now")).slice(0, 8).map(e => e.ariaLabel || e.textContent).join(", ");
}
function follow() {
  const id = location.hash.slice(1), [kind, k] = id.split("-");
  if (!/^(forward|factor|update)$/.test(kind) || !$(id)) return;
  if (!steps.includes(id)) turn(k);
  go(steps.indexOf(id), false);
  $("stage").scrollIntoView();
}
function press(event) {
  const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key], e = event.target;
  if (!way || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || /^(INPUT|SELECT|TEXTAREA)$/.test(e.tagName)) return;
  if (e.scrollWidth > e.clientWidth && e.matches(".scroll,.rows")) return;
  event.preventDefault();
  go(at + way);
}
/* What is clicked in the picture, its name or a number of it, is a step now, or a parameter to choose. */
const ownerOf = g => g.dataset.edge || g.dataset.name || g.dataset.of;
function stepOf(g) {
  const owner = held(g).length ? g : all(".edge,.node", g.closest("svg")).find(e => ownerOf(e) === ownerOf(g)) || g;
  return steps.findIndex(id => isFactor(id) && held(owner).includes(factors[id.slice(7) - 1][0]));
}
function click(event) {
  const e = event.target.closest("[data-e]"), g = event.target.closest(PARTS);
  if (e && !steps.includes("factor-" + e.dataset.e)) turn(e.dataset.e);
  const step = e ? steps.indexOf("factor-" + e.dataset.e) : g ? stepOf(g) : 0;
  if (step > 0) { event.preventDefault(); go(step); }
  else if (g) visit(index[ownerOf(g)]);
}
for (const a of all(".steps > li > a")) a.ariaLabel = a.hash.slice(1).replace("-", " ");
for (const line of all(".edge .line", net)) {
  const wide = twin(line);
  put(wide, { class: "wide" });
  line.before(wide);
}
document.documentElement.classList.add("live");
recount();
choose(chosen);
/* Lines that are put together here break on a phone. */
if (pick && innerWidth < 640) choose(chosen);
go(0, false);
follow();
on($("back"), "click", () => go(at - 1));
on($("next"), "click", () => go(at + 1));
on($("reset"), "click", () => { for (const div of fields()) start(div.dataset.v); recount(); });
on(window, "resize", reach);
on(window, "keydown", press);
on(window, "click", click);
on(window, "hashchange", follow);
/* The browser itself goes to what a link names, when all is there. */
on(window, "load", () => setTimeout(follow));
on($("level"), "change", event => {
  const level = event.target.value;
  $("list").classList.toggle("level1", level === "1");
  all("details", $("list")).forEach(e => { e.open = level !== "0"; });
});

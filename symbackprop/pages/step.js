/* Stepping and boxes: this only shows what is there. */
/* --- the steps of a weight --- */
const box = (kind, ...inside) => { const e = document.createElement("div"); e.className = kind; e.append(...inside); return e; };
const held = g => (g.dataset.locals || "").split(" ");
function below(adjoint, found = new Set()) {
  if (adjoint < 0 || found.has(adjoint)) return found;
  found.add(adjoint);
  for (const k of (links[adjoint] || []).flat()) below(k, found);
  return found;
}
function choose(weight) {
  const first = !steps.length;
  chosen = String(weight);
  if (pick) pick.value = chosen;
  const on = below(wanted[chosen]), passed = new Set([...on].map(k => names[k]));
  if (!first) {
    rebuild();
    for (const g of all(".node,.edge", net)) {
      g.classList.toggle("path", held(g).some(name => passed.has(name)) || g.matches(".role-loss,.role-cost"));
      g.classList.toggle("own", g.dataset.edge === names[chosen]);
    }
  }
  due = {};
  steps = ["", ...page.groups.map((group, k) => { for (const place of group) due[place] = k + 1; return `forward-${k + 1}`; })];
  factors.forEach(([local, closes], k) => {
    if (!on.has(local < 0 ? closes : local)) return;
    due[local] = due[closes] = steps.length;
    steps.push(`factor-${k + 1}`);
  });
  if ($("update")) steps.push("update");
}

/* --- stepping --- */
function go(t, move = true) {
  at = Math.min(Math.max(t, 0), steps.length - 1);
  const id = steps[at], [kind, k = 0] = id.split("-"), factor = kind === "factor" ? Number(k) : 0, open = !at || kind === "update";
  const few = steps.filter(s => s.startsWith("factor"));
  $("where").textContent = !at ? "all steps" : factor ? `factor ${few.indexOf(id) + 1} of ${few.length}` : kind === "update" ? kind : `forward ${k} of ${page.groups.length}`;
  relay(factor);
  all("[data-e]").forEach(e => e.classList.toggle("on", Number(e.dataset.e) === factor));
  all(".now").forEach(e => e.classList.remove("now"));
  const name = factor && names[factors[k - 1][0]], group = kind === "forward" ? page.groups[k - 1].map(p => names[p]) : [];
  for (const g of all(".node,.edge", net)) g.classList.toggle("on", Boolean(name) && held(g).includes(name) || group.includes(g.dataset.name));
  const late = place => !open && (due[place] ?? (page.start[place] ? 0 : 1e9)) > at;
  for (const g of all(NUMBERS, net)) { const place = placeIn(g); g.classList.toggle("waiting", place === undefined ? !open && !factor : late(place)); }
  for (const e of all(SLOT, lines)) e.classList.toggle("later", late(placeOf(e)));
  const now = $("now"), item = id && $(id);
  now.replaceChildren();
  if (item) {
    item.classList.add("now");
    const made = item.cloneNode(true), table = document.createElement("table");
    made.removeAttribute("id");
    if (item.tagName === "LI") now.append(box("head", ...made.querySelector("summary,.head").childNodes), ...all("details > .rows", made));
    else { table.append(made); now.append(table); }
  }
  if (move) history.replaceState(null, "", "#" + id);
  $("back").disabled = !at;
  $("next").disabled = at === steps.length - 1;
  say();
}
function say() {
  $("say").textContent = at < 1 ? "" : $("where").textContent + ": "
    + all("math[aria-label],b[data-n],.why", $("now")).slice(0, 8).map(e => e.getAttribute("aria-label") || e.textContent).join(", ");
}
function follow() {
  const id = location.hash.slice(1), [kind, k] = id.split("-");
  if (!/^(forward|factor|update)$/.test(kind) || !$(id)) return;
  if (!steps.includes(id)) {
    const weight = Object.keys(wanted).find(w => factors[k - 1].some(place => place >= 0 && below(wanted[w]).has(place)));
    if (weight) choose(weight);
  }
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
function click(event) {
  const e = event.target.closest("[data-e]"), g = event.target.closest("#net .node,#net .edge");
  const step = steps.findIndex(id => id.startsWith("factor") && (e ? id === "factor-" + e.dataset.e : g && held(g).includes(names[factors[id.slice(7) - 1][0]])));
  const other = g && wanted[index[g.dataset.edge]] !== undefined;
  if (step > 0) event.preventDefault();
  if (step > 0) go(step);
  else if (other) { choose(index[g.dataset.edge]); go(steps.findLastIndex(id => id.startsWith("factor"))); }
}
document.documentElement.classList.add("live");
recount();
choose(chosen);
go(0, false);
follow();
$("back").addEventListener("click", () => go(at - 1));
$("next").addEventListener("click", () => go(at + 1));
$("reset").addEventListener("click", () => { for (const div of fields()) start(div.dataset.v); recount(); });
pick?.addEventListener("change", () => { choose(pick.value); go(0); });
addEventListener("keydown", press);
addEventListener("click", click);
addEventListener("hashchange", follow);
$("level").addEventListener("change", event => {
  const level = event.target.value;
  $("list").classList.toggle("level1", level === "1");
  all("details", $("list")).forEach(e => { e.open = level !== "0"; });
});

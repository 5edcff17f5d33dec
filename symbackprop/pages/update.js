/* The update of the chosen parameter: that of the first, with other names and numbers. */
const pattern = twin($("update")), learnt = page.learnt || Object.keys(wanted).map(Number);
let first_shown;
function renewed() {
  const k = learnt.indexOf(+chosen), li = $("update");
  first_shown ??= shown;
  li.hidden = k < 0;
  if (k < 0 || !pick) return k === 0;
  const [first, begin] = [learnt[0], page.after], names = [first, learnt[k]].map(p => one(`#fields [data-v="${p}"] math`));
  const moved = p => p === first ? learnt[k] : p === wanted[first] ? wanted[learnt[k]] : p >= begin && p - begin < page.size ? p + k * page.size : p;
  const before = [], [old, now] = names.map(e => e.ariaLabel);
  li.replaceChildren(...twin(pattern).childNodes);
  for (const e of all("[data-u]", li)) {
    const name = make("mrow");
    name.dataset.u = e.dataset.u;
    name.append(...twin(e.dataset.u === "1" ? names[1] : nameOf(wanted[chosen])).childNodes);
    e.replaceWith(name);
  }
  for (const e of all(SLOT, li)) {
    const p = placeOf(e), kind = kindOf(e);
    before[moved(p)] = first_shown[p];
    e.dataset[kind] = moved(p);
    fill(e);
  }
  all(CELL, li).forEach(relate);
  for (const e of all("[aria-label]", li)) { e.ariaLabel = e.ariaLabel.replaceAll(old, now); reword(e, before); }
  return true;
}

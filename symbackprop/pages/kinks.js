/* Warnings of kinks that are near. */
after.push(() => {
  const size = k => Math.abs(v[k]), spans = all("#kinks span");
  page.kinks.forEach(([k, ...slopes], i) => { spans[i].hidden = size(k) > page.near || !!slopes.length && !slopes.some(s => size(s) > page.near); });
  $("kinks").hidden = spans.every(e => e.hidden);
});

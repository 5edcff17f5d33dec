/* Targets that sum to 1 go on doing so: the others make room in proportion, and the last one closes the sum. */
moves.push(place => {
  const others = (page.sums.find(g => g.includes(place)) || []).filter(k => k !== place), rest = 1 - given[place][0], sum = others.reduce((s, k) => s + given[k][0], 0);
  let left = rest;
  others.forEach((k, i) => {
    const part = i === others.length - 1 ? left : sum ? given[k][0] / sum * rest : rest / others.length, text = String(Number(part.toFixed(6)));
    left -= text;
    set(k, text);
  });
});

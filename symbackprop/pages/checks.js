/* Central differences of the forward pass alone, and the length of the gradient. */
after.push(() => {
  Object.keys(wanted).forEach((k, i) => {
    const to = page.moved + i, x = v[k], h = Number.EPSILON ** (1 / 3) * Math.max(1, Math.abs(x)), ends = [x + h, x - h], slope = v[adjoints[k]];
    const [high, low] = ends.map(y => {
      const w = Object.defineProperty([...v], k, { get: () => y, set() {} });
      run(w, D, true);
      return w[out];
    });
    v[to] = (high - low) / (ends[0] - ends[1]);
    const off = Math.abs(slope - v[to]) / Math.max(Math.abs(slope), Math.abs(v[to]), 1e-8);
    for (const e of all(`[data-f="${k}"]`)) e.innerHTML = off < 1e-7 ? "&lt; 10⁻⁷" : off >= 0 ? inText(off.toExponential(0)) : "–";
  });
  if (page.length) v[page.length] = Math.sqrt(Object.values(wanted).reduce((sum, k) => sum + v[k] ** 2, 0));
});

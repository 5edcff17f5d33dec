/* The larger or smaller of two, and the first case that holds. */
const REL = { "<": (x, y) => x < y, "<=": (x, y) => x <= y, ">": (x, y) => x > y, ">=": (x, y) => x >= y };
const cmp = (r, x, y) => REL[r](x[0] * y[1], y[0] * x[1]);
D.s = (r, x, y) => REL[r](x, y) ? x : y;
D.w = (tests, other) => { for (const [x, r, y, f] of tests) if (REL[r](x, y)) return f(); return other(); };
Q.s = known((r, x, y) => cmp(r, x, y) ? x : y);
Q.w = (tests, other) => {
  for (const [x, r, y, f] of tests) { if (!x || !y) return null; if (cmp(r, x, y)) return f(); }
  return other();
};

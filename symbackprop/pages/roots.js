/* Square roots of fractions, where they are fractions. */
function whole(x) {
  if (x < 2n) return x;
  let g = 1n << BigInt(Math.ceil(x.toString(2).length / 2));
  for (let h = (g + x / g) >> 1n; h < g; h = (g + x / g) >> 1n) g = h;
  return g * g === x ? g : null;
}
root = x => {
  if (x[0] < 0n) return null;
  const p = whole(x[0]), q = whole(x[1]);
  return p === null || q === null ? null : [p, q];
};

/* The error function to the precision of doubles: its series, and the continued fraction of the tail. */
OWN.erf = x => {
  const z = Math.abs(x);
  if (z > 6) return Math.sign(x);
  if (z < 2.5) {
    let term = x, sum = x;
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) { term *= -x * x / n; sum += term / (2 * n + 1); }
    return 2 / Math.sqrt(Math.PI) * sum;
  }
  let tail = z;
  for (let n = 120; n > 0; n--) tail = z + n / 2 / tail;
  return Math.sign(x) * (1 - Math.exp(-z * z) / Math.sqrt(Math.PI) / tail);
};

/* Arithmetic for generated definitions, twice: doubles (D), and fractions [top, bottom] of big integers (Q),
   which are null where a value is no fraction.  Then numbers as a reader sees them, by the rules of narrate/numerals.py. */
const OWN = { log: x => x > 0 ? Math.log(x) : NaN, step: x => x > 0 ? 1 : 0, sign: x => (x > 0) - (x < 0) };
const D = {
  n: (p, q = 1) => p / q,
  k: x => x,
  a: (...t) => t.reduce((x, y) => x + y),
  m: (...t) => t.reduce((x, y) => x * y),
  g: (...t) => t.reduce((x, y) => x * y, -1),
  d: (x, y) => y === 0 ? NaN : x / y,
  p: (x, y) => y === 2 ? x * x : x === 0 && y < 0 ? NaN : x ** y,
  f: (name, x) => (Object.hasOwn(OWN, name) ? OWN[name] : Math[name])(x),
};
const FULL = 1n << 4096n;
const size = x => x < 0n ? -x : x;
function frac(p, q) {
  if (q === 0n) return null;
  let x = size(p), y = size(q);
  while (y) [x, y] = [y, x % y];
  const top = q < 0n ? -p / x : p / x, bottom = size(q / x);
  return size(top) > FULL || bottom > FULL ? null : [top, bottom];
}
const known = f => (...t) => t.includes(null) ? null : f(...t);
let root = () => null;
const add = known((x, y) => frac(x[0] * y[1] + y[0] * x[1], x[1] * y[1]));
const mul = known((x, y) => frac(x[0] * y[0], x[1] * y[1]));
/* 0 times anything is 0, and so is 0 over anything. */
const none = x => x && !x[0], over = known((x, y) => frac(x[0] * y[1], x[1] * y[0]));
const Q = {
  n: (p, q = 1) => frac(BigInt(p), BigInt(q)),
  k: () => null,
  a: (...t) => t.reduce(add),
  m: (...t) => t.find(none) || t.reduce(mul),
  g: (...t) => t.find(none) || t.reduce(mul, [-1n, 1n]),
  d: (x, y) => none(x) && !none(y) ? x : over(x, y),
  p: known((x, y) => {
    if (y[1] === 2n) { x = root(x); if (!x) return null; } else if (y[1] !== 1n) return null;
    const [p, q] = x, k = size(y[0]);
    if (BigInt(Math.max(size(p).toString(2).length, q.toString(2).length) - 1) * k > 4096n) return null;
    return y[0] < 0n ? frac(q ** k, p ** k) : frac(p ** k, q ** k);
  }),
  f: known((name, x) => {
    switch (name) {
      case "abs": return [size(x[0]), x[1]];
      case "sign": return [x[0] > 0n ? 1n : x[0] < 0n ? -1n : 0n, 1n];
      case "step": return [x[0] > 0n ? 1n : 0n, 1n];
      case "sqrt": return root(x);
      case "log": case "acos": return x[0] === x[1] ? [0n, 1n] : null;
    }
    return x[0] ? null : (/^(exp|cosh?)$/).test(name) ? [1n, 1n] : (/^(a?sin|a?tan|sinh|tanh|erf|log1p|expm1)$/).test(name) ? x : null;
  }),
};
/* A number as typed, exactly: 0.5, 0,5, 1/3, −2 (whose sign may be either) or 1e-3; null for anything else. */
const typed = text => text.split("/").length > 2 ? null : text.replace(/−/g, "-").replace(/,/g, ".").split("/").map(decimal).reduce(over);
function decimal(text) {
  const m = /^\s*([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d{1,3}))?\s*$/i.exec(text);
  if (!m || m[2] + m[3] === "" || text.length > 999) return null;
  const k = (m[4] || 0) - m[3].length, top = BigInt(m[1] + (m[2] + m[3]));
  return k < 0 ? frac(top, 10n ** BigInt(-k)) : frac(top * 10n ** BigInt(k), 1n);
}
/* So many significant digits; an exact half goes to the even digit, as in Python. */
function significant(value, digits) {
  if (!value || !Number.isFinite(value)) return value > 0 ? "inf" : value < 0 ? "-inf" : value === 0 ? "0" : "nan";
  const x = Math.abs(value), sign = value < 0 ? "-" : "", [all, power] = x.toExponential(100).replace(".", "").split("e"), half = /^50*$/.test(all.slice(digits));
  let [text, at] = x.toExponential(digits - 1).replace(".", "").split("e");
  if (half && all[digits - 1] % 2 === 0) [text, at] = [all.slice(0, digits), power];
  at = +at;
  /* 0.001 itself is below the double 1e-3 that Python compares with. */
  if (at < -3 || (at === -3 && /^10*$/.test(text)) || at >= Math.max(6, digits)) return `${sign}${text[0]}${text[1] ? "." : ""}${text.slice(1)}e${at < 0 ? "-" : "+"}${String(Math.abs(at)).padStart(2, "0")}`;
  const full = (at < 0 ? "0".repeat(-at) : "") + text.padEnd(at + 1, "0"), whole = Math.max(at, 0) + 1;
  return sign + full.slice(0, whole) + (full[whole] ? "." : "") + full.slice(whole);
}
function terminating(q, digits) {
  const [p, d] = q, top = size(p), sign = p < 0n ? "-" : "";
  if (d === 1n) return top < 10n ** BigInt(Math.max(digits, 6)) ? p.toString() : null;
  if (top * 10000n < d) return null;
  for (let k = 1; k <= digits + 4; k++) {
    const shifted = top * 10n ** BigInt(k);
    if (shifted % d) continue;
    const text = (shifted / d).toString().padStart(k + 1, "0");
    if (text.replace(/^0+/, "").length > digits) return null;
    return `${sign}${text.slice(0, -k)}.${text.slice(-k)}`;
  }
  return null;
}
function written(value, digits) {
  const x = Math.abs(value);
  if (!(x >= 1e-3 && x < 1e6)) return null;
  const count = String(x).replace(".", "").replace(/^0+|0+$/g, "").length;
  return count < digits || Number.isInteger(value) ? String(value) : null;
}
/* What is shown for a number, and whether no digit was cut. */
function numeral(value, q, digits, exact) {
  if (q) {
    const text = q[1] === 1n ? q[0].toString() : `${q[0]}/${q[1]}`;
    if (exact && text.length <= 40) return [text, true];
    const short = terminating(q, digits);
    if (short !== null) return [short, true];
  }
  const short = written(value, digits);
  return short === null ? [significant(value, digits), false] : [short, true];
}

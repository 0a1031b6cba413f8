// Numbers as people read and type them.

/** The number that a text says, or null. Takes a real minus sign and a leading point; refuses what is not finite. */
export function parseNumber(text) {
  const plain = String(text).trim().replaceAll("−", "-");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}

/** A number for an output: at most `digits` after the point and about seven in all, or powers of ten where those would say nothing. */
export function shown(value, digits = 4) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const fixed = Math.min(digits, 6 - Math.floor(Math.log10(Math.max(size, 1))));
  const text = size >= 1e5 || (size > 0 && size < 0.5 * 10 ** -digits) ? value.toExponential(2) : value.toFixed(fixed);
  return text.replaceAll("-", "−");
}

/** A number for a narrow cell: at most six letters, or powers of ten. */
export function cellText(value) {
  const size = Math.abs(value);
  if (!(size < 9999.5)) return value.toExponential(1).replace("+", "");
  return value.toFixed(size < 99.995 ? 2 : 0);
}

/** A number for an input: at most so many digits, without trailing zeros. */
export function typed(value, digits = 6) {
  return String(Number(value.toPrecision(digits)));
}

/** Its value on a ladder of 1, 2, 5: the step of an axis with about `count` steps. */
export function niceStep(span, count) {
  const raw = span / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const lead = raw / power;
  return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
}

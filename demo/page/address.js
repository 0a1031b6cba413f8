// The state in the address: a link shows the same situation.
import { parseNumber } from "./numbers.js";

/** The entries behind the #, or none. */
export function entriesOf(hash) {
  return new Map(new URLSearchParams(hash.replace(/^#/, "")));
}

/** A malformed entry, said in words. */
export class Malformed extends Error {}

/** Numbers separated by commas: exactly `count` of them, each within its bounds. */
export function readNumbers(text, what, count, low = -1e6, high = 1e6) {
  const numbers = text.split(",").map(parseNumber);
  if (numbers.length !== count || numbers.some((v) => v === null || v < low || v > high)) {
    const bounds = low === -1e6 ? "" : ` from ${low} to ${high}`;
    throw new Malformed(`${what} should be ${count === 1 ? "a number" : `${count} numbers`}${bounds}, not “${text.slice(0, 40)}”`);
  }
  return numbers;
}

/** One number within bounds. */
export const readNumber = (text, what, low, high) => readNumbers(text, what, 1, low, high)[0];

/** One of some names. */
export function readName(text, what, names) {
  if (!names.includes(text)) throw new Malformed(`${what} should be one of ${names.join(", ")}, not “${text.slice(0, 40)}”`);
  return text;
}

/** Browsers allow about a hundred writes in half a minute: so many at once, then one in so many milliseconds. */
const AT_ONCE = 15;
const EVERY = 400;
let [allowed, counted, waiting] = [AT_ONCE, 0, 0];

/** Writes the entries behind the #: at once, or when the next write is due if many came before. */
export function writeAddress(entries) {
  const now = performance.now();
  allowed = Math.min(AT_ONCE, allowed + (now - counted) / EVERY);
  counted = now;
  if (waiting) return;
  const write = () => {
    waiting = 0;
    allowed -= 1;
    history.replaceState(null, "", addressOf(entries()));
  };
  if (allowed >= 1) write();
  else waiting = setTimeout(write, (1 - allowed) * EVERY);
}

/** The address with these entries. */
export function addressOf(entries) {
  // Commas and semicolons may stand in a fragment as they are, and read better so.
  const text = entries.map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll("%2C", ",").replaceAll("%3B", ";")}`).join("&");
  return `${location.href.replace(/#.*$/, "")}#${text}`;
}

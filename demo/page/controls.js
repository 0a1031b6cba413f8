// The page's controls: sliders with a number beside them, fields that take only numbers.
import { parseNumber, typed } from "./numbers.js";

/** A new element with attributes, and children or text. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** The same for SVG. */
export function drawn(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export const byId = (id) => document.getElementById(id);

/**
 * Makes a text field take numbers only: `take(value)` puts one in place and gives null, or the sentence why not. What is
 * no number is complained about, and goes when the field is left.
 */
export function numberField(field, read, take, say) {
  const refuse = (sentence) => {
    field.setAttribute("aria-invalid", sentence !== null);
    say(sentence);
  };
  const tryIt = () => {
    const value = parseNumber(field.value);
    refuse(value === null ? `“${field.value.slice(0, 20)}” is not a number; ${read()} stays.` : take(value));
  };
  field.addEventListener("change", tryIt);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") tryIt();
    if (event.key === "Escape") {
      field.value = read();
      refuse(null);
    }
  });
  field.addEventListener("blur", () => {
    if (field.getAttribute("aria-invalid") === "true") {
      field.value = read();
      field.setAttribute("aria-invalid", false);
    }
  });
}

let names = 0;

/**
 * A slider with its number: linear, or logarithmic from `low` to `high`, with 0 at its left end if `zero`. `take` as for
 * [numberField]; what is typed may lie beyond the slider. The handle's `set` moves it, its `marks` shows best values.
 */
export function slider(host, { label, low, high, log = false, zero = false, whole = false, value, take, tight = false, digits = 4, title }) {
  const id = `slider-${++names}`;
  const range = element("input", { type: "range", id, min: 0, max: 1000, step: 1, title });
  const field = element("input", { class: "number", inputmode: "decimal", autocomplete: "off", "aria-label": `${label}, as a number` });
  const track = element("span", { class: "track" }, range);
  const complaint = element("p", { class: "complaint", role: "alert", hidden: "" });
  const row = element("div", { class: tight ? "slider tight" : "slider" }, element("label", { for: id }, label), track, field, complaint);
  host.append(row);
  const most = zero ? 980 : 1000;
  const place = (v) => {
    if (zero && v <= 0) return 0;
    const share = log ? Math.log(v / low) / Math.log(high / low) : (v - low) / (high - low);
    return 1000 - most + most * Math.min(1, Math.max(0, share));
  };
  const at = (p) => {
    if (zero && p < 1000 - most) return 0;
    const share = (p - (1000 - most)) / most;
    const v = log ? low * (high / low) ** share : low + (high - low) * share;
    return whole ? Math.round(v) : Number(v.toPrecision(3));
  };
  let now = value;
  const show = () => {
    range.value = place(now);
    range.setAttribute("aria-valuetext", typed(now, digits));
    if (document.activeElement !== field || field.getAttribute("aria-invalid") === "false") field.value = typed(now, digits);
  };
  const say = (sentence) => {
    complaint.hidden = sentence === null;
    complaint.textContent = sentence ?? "";
  };
  const accept = (v) => {
    const before = now;
    now = whole ? Math.round(v) : v;
    const refusal = take(now);
    if (refusal !== null) now = before;
    else field.value = typed(now, digits);
    range.value = place(now);
    return refusal;
  };
  range.addEventListener("input", () => {
    field.setAttribute("aria-invalid", false);
    say(accept(at(Number(range.value))));
    show();
  });
  numberField(field, () => typed(now, digits), accept, say);
  show();
  return {
    row,
    range,
    field,
    set(v) {
      now = v;
      field.setAttribute("aria-invalid", false);
      say(null);
      show();
    },
    marks(values) {
      track.querySelectorAll(".best").forEach((mark) => mark.remove());
      for (const v of values) {
        // A thumb is 16 pixels wide, and its middle never reaches the ends of the track.
        const share = place(v) / 1000;
        track.append(element("span", { class: "best", style: `left:calc(${100 * share}% + ${8 - 16 * share}px)`, title: `best: ${typed(v, 4)}` }));
      }
    },
  };
}

// A knob of a live figure: a label, a slider, and a field for the same number.

/** A new element with attributes, and children or text. */
export function made(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** A number as the slider says it: 0.000316 as 3.16e-4. */
const said = (value) => (value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential().replace("-", "−") : String(value).replace("-", "−"));

/**
 * A knob as `knob` describes it: label, low, high, step, start, and for a logarithmic slider log = true, with its step in
 * decades. It says `moved()` when the reader moves it; what is typed may lie beyond the slider, and the library decides.
 */
export class Knob {
  constructor(knob, name, moved) {
    this.knob = knob;
    const id = `${name}-slider`;
    const place = (value) => (knob.log ? Math.log10(value) : value);
    this.slider = made("input", { type: "range", id, min: place(knob.low), max: place(knob.high), step: knob.step });
    this.field = made("input", { type: "number", class: "value", step: "any", inputmode: "decimal", autocomplete: "off", "aria-label": `${knob.label}, as a number` });
    this.row = made("div", { class: "knob" }, made("label", { for: id }, knob.label), this.slider, this.field);
    this.place = place;
    this.slider.addEventListener("input", () => {
      const at = this.slider.valueAsNumber;
      const value = knob.log ? 10 ** at : at;
      this.value = knob.whole ? Math.round(value) : Number(value.toPrecision(knob.log ? 3 : 6));
      this.show(this.field);
      moved();
    });
    this.field.addEventListener("input", () => {
      if (!Number.isFinite(this.field.valueAsNumber)) return;
      this.value = this.field.valueAsNumber;
      this.show(this.slider);
      moved();
    });
    // A field that was left empty gets its number back.
    this.field.addEventListener("change", () => this.show(this.field));
    this.reset();
  }

  reset() {
    this.value = this.knob.start;
    this.show(this.slider);
    this.show(this.field);
  }

  /** Shows the value in the slider, or in the field; the reader's own entry stays as it is. */
  show(part) {
    if (part === this.slider) this.slider.value = this.place(this.value);
    else this.field.value = this.value;
    this.slider.setAttribute("aria-valuetext", said(this.value));
  }
}

// The figures of the site that move: each has knobs, and the library draws it anew when one is moved. Without JavaScript,
// or if the library cannot start, the committed picture stays as it is.
import { startEngine } from "./engine.js";
import { Knob, made } from "./live_knob.js";

/** The library's live figures: a question in words, an answer in JSON. */
class Library {
  constructor(exports) {
    this.exports = exports;
    exports.hook_panics();
  }

  /** The answer. Throws an error with the library's sentence if it refuses. */
  ask(question) {
    const bytes = new TextEncoder().encode(question);
    try {
      const place = this.exports.live_question(bytes.length);
      new Uint8Array(this.exports.memory.buffer, place, bytes.length).set(bytes);
      const answered = this.exports.live_answer();
      const text = this.#text("live_text", "live_text_length");
      if (!answered) throw new Error(text);
      return JSON.parse(text);
    } catch (error) {
      throw error instanceof WebAssembly.RuntimeError ? new Error(`The computation stopped: ${this.#text("panic_text", "panic_length")}`) : error;
    }
  }

  #text(place, length) {
    const { exports } = this;
    const [at, bytes] = [exports[place](), exports[length]()];
    return new TextDecoder().decode(new Uint8Array(exports.memory.buffer, at, bytes));
  }
}

/** One figure: its knobs, and the picture that follows them. */
class LiveFigure {
  constructor(figure, library) {
    this.figure = figure;
    this.library = library;
    const { id, knobs } = JSON.parse(figure.dataset.live);
    this.id = id;
    this.card = figure.querySelector(".card");
    this.knobs = knobs.map((knob, i) => new Knob(knob, `live-${id}-${i}`, () => this.soon()));
    this.reset = made("button", { type: "button", class: "reset" }, "Reset");
    this.reset.addEventListener("click", () => {
      this.knobs.forEach((knob) => knob.reset());
      this.draw();
    });
    this.notes = made("p", { class: "told", role: "status" });
    this.refused = made("p", { class: "refused", role: "alert" });
    this.refused.hidden = true;
    const group = made("div", { class: "knobs", role: "group", "aria-label": "Knobs of this figure" });
    group.append(...this.knobs.map((knob) => knob.row), this.refused, made("div", { class: "below" }, this.notes, this.reset));
    this.card.after(group);
    this.draw();
    figure.hidden = false;
  }

  /** The question to the library at the present positions. */
  question(kind) {
    return [kind, this.id, ...this.knobs.map((knob) => knob.value)].join(" ");
  }

  /** Draws in the next frame, once, however often the slider moves before. */
  soon() {
    this.waiting ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.waiting);
    this.waiting = null;
    let drawn;
    try {
      drawn = this.library.ask(this.question("draw"));
    } catch (refusal) {
      // The last picture stays.
      this.refused.textContent = refusal.message;
      this.refused.hidden = false;
      return;
    }
    this.refused.hidden = true;
    this.notes.replaceChildren(...drawn.notes.flatMap((note, i) => (i ? [made("br"), note] : [note])));
    this.show(drawn);
    this.figure.dataset.drawn = this.knobs.map((knob) => knob.value).join(" ");
  }

  /** Puts a picture into the card, in the place of the one before. */
  show({ title, columns, panels, keys }) {
    const parts = [made("p", { class: "chart-title", "aria-hidden": "true" }, title)];
    const grid = made("div", { class: `panels columns-${columns}` });
    grid.innerHTML = panels.map((svg) => `<div class="scroll" tabindex="0" role="group" aria-label="chart">${svg}</div>`).join("");
    parts.push(grid);
    if (keys.length) {
      const legend = made("p", { class: "legend" });
      for (const { swatch, label } of keys) {
        const key = made("span", { class: "key" });
        key.innerHTML = swatch;
        key.append(` ${label}`);
        legend.append(key, " ");
      }
      parts.push(legend);
    }
    this.card.replaceChildren(...parts);
  }
}

async function start() {
  const figures = [...document.querySelectorAll("figure[data-live]")];
  if (!figures.length) return;
  const root = document.documentElement;
  try {
    const library = await startEngine(GRADUS_LIVE, (exports) => new Library(exports));
    globalThis.gradusLive = figures.map((figure) => new LiveFigure(figure, library));
    root.dataset.live = "yes";
  } catch (error) {
    // The pictures stay still; this says why to whoever asks.
    root.dataset.live = error.message;
  }
}

start();

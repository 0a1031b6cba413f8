// The page of the race.
import { Malformed, readName, readNumber, readNumbers } from "./address.js";
import { drawRace } from "./charts.js";
import { byId, drawn, element, numberField, slider } from "./controls.js";
import { paintField } from "./field.js";
import { color, DASHES, rgb, SHAPES } from "./look.js";
import { shown, typed } from "./numbers.js";

const GRID = 181;
const MOST_STEPS = 2000;
const WEIGHT_NAMES = ["W₀₀", "W₀₁", "W₁₀", "W₁₁", "W₂₀", "W₂₁", "b₀", "b₁", "b₂"];

/** What is shown of each surface, and learning rates that make a good first picture (others: the optimizer's default). */
const SURFACES = {
  ravine: { title: "Ravine", formula: "½(u²/κ + v²), turned by the angle", low: [-3, -3], high: [3, 3], start: [-2.6, 1.2], rates: { sgd: 1.8, momentum: 0.9, nesterov: 0.9, adagrad: 1, rmsprop: 0.1, adam: 0.3, adamw: 0.3, amsgrad: 0.3, nadam: 0.3, adamax: 0.3, adadelta: 1, lion: 0.1 }, momenta: { momentum: 0.8, nesterov: 0.8 } },
  rosenbrock: { title: "Rosenbrock's valley", formula: "100(y − x²)² + (1 − x)²", low: [-2, -1.2], high: [2, 2.8], start: [-1.2, 1], rates: { sgd: 1e-3, momentum: 1e-3, nesterov: 1e-3, adagrad: 0.5, rmsprop: 0.01, adam: 0.1, adamw: 0.1, amsgrad: 0.1, nadam: 0.1, adamax: 0.1, adadelta: 1, lion: 0.01 } },
  saddle: { title: "Saddle", formula: "½x² − ½y² + ¼y⁴", low: [-2, -2], high: [2, 2], start: [1.5, 0.001], rates: { sgd: 0.3, momentum: 0.1, nesterov: 0.1, adagrad: 0.3, rmsprop: 0.02, adam: 0.1, adamw: 0.1, amsgrad: 0.1, nadam: 0.1, adamax: 0.1, adadelta: 1, lion: 0.02 } },
  "two-basins": { title: "Two basins", formula: "x²/8 + 0.9 cos 2x − x/2 + ½y²", low: [-4, -4], high: [4, 4], start: [-3, 2.5], rates: { sgd: 0.1, momentum: 0.06, nesterov: 0.06, adagrad: 0.5, rmsprop: 0.05, adam: 0.2, adamw: 0.2, amsgrad: 0.2, nadam: 0.2, adamax: 0.2, adadelta: 1, lion: 0.05 } },
  plateau: { title: "Plateau", formula: "r²/(1 + r²), r² = x² + y²", low: [-6, -6], high: [6, 6], start: [-4, 3], rates: { sgd: 1, momentum: 1, nesterov: 1, adagrad: 0.5, rmsprop: 0.05, adam: 0.1, adamw: 0.1, amsgrad: 0.1, nadam: 0.1, adamax: 0.1, adadelta: 1, lion: 0.05 } },
  rastrigin: { title: "Rastrigin's egg box", formula: "20 + x² − 10 cos 2πx + y² − 10 cos 2πy", low: [-3, -3], high: [3, 3], start: [2.3, 1.6], rates: { sgd: 2e-3, momentum: 2e-3, nesterov: 2e-3, adagrad: 0.5, rmsprop: 0.05, adam: 0.3, adamw: 0.3, amsgrad: 0.3, nadam: 0.3, adamax: 0.3, adadelta: 1, lion: 0.05 } },
  slice: { title: "Slice of the classifier's loss", formula: "the loss of the other page, over two of its parameters", low: [-6, -6], high: [6, 6], start: [-4, -4], rates: { sgd: 0.5, momentum: 0.1, nesterov: 0.1, adagrad: 0.5, rmsprop: 0.05, adam: 0.2, adamw: 0.2, amsgrad: 0.2, nadam: 0.2, adamax: 0.2, adadelta: 1, lion: 0.05 } },
};
const FIRST = ["sgd", "momentum", "adam", "newton-shifted", "lbfgs"];
const RACE_START = { surface: "ravine", kappa: 20, angle: 0.3, weights: [0, 3], noise: 0, seed: 1, steps: 150 };

/** The race's page. */
export class RacePage {
  constructor(engine, changed) {
    this.engine = engine;
    this.changed = changed;
    this.playing = false;
    this.names = engine.has.algorithms;
    // The library knows the look of each optimizer, which is the same in all figures: colour, shape, dashes.
    this.look = Object.fromEntries(this.names.map((name) => [name, engine.has.optimizers[name].look]));
    this.#startState();
    this.#buildSurface();
    this.#buildRacers();
    this.#buildField();
    this.#buildTime();
  }

  #startState() {
    this.state = { ...RACE_START, weights: [...RACE_START.weights] };
    this.on = new Set(FIRST.filter((name) => this.names.includes(name)));
    this.#surfaceDefaults();
    this.time = RACE_START.steps;
  }

  /** Start and rates of a surface. */
  #surfaceDefaults() {
    const facts = SURFACES[this.state.surface];
    this.state.start = [...facts.start];
    this.settings = Object.fromEntries(this.names.map((name) => [name, { lr: this.#firstRate(facts, name), momentum: this.#momentum(name) }]));
  }

  /** The title of an optimizer, from the library's catalogue. */
  #title(name) {
    return this.engine.has.optimizers[name].title;
  }

  /** The first learning rate of an optimizer on a surface: the one that suits the picture, or else the optimizer's default. */
  #firstRate(facts, name) {
    return facts.rates[name] ?? this.engine.has.optimizers[name].lr ?? 0.05;
  }

  #rule(name) {
    return this.engine.has.rules.find((rule) => rule.name === name);
  }

  /** The momentum that an optimizer has at first: the surface's, or else the rule's own. */
  #momentum(name) {
    return SURFACES[this.state.surface].momenta?.[name] ?? this.#rule(name)?.momentum ?? 0;
  }

  // Computing.

  /** Tells the library the surface. */
  #sendSurface() {
    const { surface, kappa, angle, weights } = this.state;
    return this.engine.ask("race_surface", this.engine.has.surfaces.indexOf(surface), kappa, angle, ...weights);
  }

  /** Draws the surface and runs everyone. */
  apply() {
    const refusal = this.#sendSurface();
    if (refusal !== null) throw new Malformed(refusal);
    this.#showControls();
    this.paint();
    this.run();
  }

  /** Paints the surface, if it can be seen. */
  paint() {
    if (byId("race").hidden) return;
    const { low, high } = SURFACES[this.state.surface];
    this.engine.call("race_field", GRID, GRID, ...low, ...high);
    const values = this.engine.numbers();
    this.lowestSeen = values.reduce((a, b) => Math.min(a, b), Infinity);
    paintField(byId("field"), values, GRID, GRID);
    const box = byId("paths");
    const size = Math.max(1, Math.round(box.clientWidth * Math.min(2, devicePixelRatio)));
    if (box.width !== size) [box.width, box.height] = [size, size];
    if (this.runs) this.show();
  }

  /** Runs all that take part. */
  run() {
    const { noise, seed, steps, start } = this.state;
    this.runs = [];
    for (const [place, name] of this.names.entries()) {
      if (!this.on.has(name)) continue;
      const { lr, momentum } = this.settings[name];
      const refusal = this.engine.ask("race_run", place, lr, momentum, ...start, steps, noise, seed);
      if (refusal !== null) {
        this.#outcome(name, refusal, "bad");
        continue;
      }
      const path = this.engine.numbers();
      const [word, sentence] = this.engine.text().split("\n");
      const [hue, shape, dash] = this.look[name];
      const values = Array.from({ length: path.length / 5 }, (_, k) => path[5 * k + 2]);
      this.runs.push({ name, hue, path, values, word, sentence, color: color(hue), dash: DASHES[dash], shape: SHAPES[shape] });
    }
    this.#showTheory();
    this.show();
  }

  /** The value that the chart measures from: the surface's lowest known, or the lowest seen. */
  #lowest() {
    this.engine.call("race_lowest");
    const known = this.engine.numbers()[0];
    const seen = Math.min(this.lowestSeen ?? Infinity, ...this.runs.map((run) => run.values.reduce((a, b) => Math.min(a, b), Infinity)));
    return Number.isFinite(known) ? [known, "f − f*"] : [seen, "f − the lowest seen"];
  }

  // Showing.

  /** Paths up to the present step, the chart, the words. */
  show() {
    const last = this.state.steps;
    this.time = Math.min(this.time, last);
    byId("time").max = last;
    byId("time").value = this.time;
    byId("time-shown").value = `step ${this.time}`;
    this.#drawPaths();
    if (this.runs.length) drawRace(byId("chart"), this.runs, this.time, last, ...this.#lowest());
    else byId("chart").replaceChildren();
    for (const run of this.runs) this.#outcome(run.name, this.#words(run), { converged: "good", not_finite: "bad" }[run.word] ?? "");
  }

  #words(run) {
    const end = run.values.length - 1;
    const k = Math.min(this.time, end);
    const now = `f = ${shown(run.values[k], 6)} at step ${k}`;
    if (run.word === "converged") return `${now}; converged at step ${end}`;
    if (run.word === "out_of_iterations") return `${now}; not converged after ${end}`;
    return `${now}; ${run.sentence}`;
  }

  #outcome(name, text, kind) {
    const { outcome } = this.rows[name];
    outcome.textContent = text;
    outcome.className = `outcome ${kind}`;
  }

  #place([x, y], size) {
    const { low, high } = SURFACES[this.state.surface];
    return [((x - low[0]) / (high[0] - low[0])) * size, (1 - (y - low[1]) / (high[1] - low[1])) * size];
  }

  #drawPaths() {
    const canvas = byId("paths");
    const context = canvas.getContext("2d");
    const size = canvas.width;
    const unit = size / 600;
    context.clearRect(0, 0, size, size);
    context.lineJoin = context.lineCap = "round";
    const far = 4 * size;
    const halo = `rgb(${rgb("--card").join(" ")} / 75%)`;
    for (const run of this.runs) {
      const style = `rgb(${rgb(`--c${run.hue}`).join(" ")})`;
      const k = Math.min(this.time, run.values.length - 1);
      const at = (i) => this.#place([run.path[5 * i], run.path[5 * i + 1]], size).map((v) => Math.min(far, Math.max(-far, v)));
      context.beginPath();
      for (let i = 0; i <= k; i++) context.lineTo(...at(i));
      context.setLineDash([]);
      [context.strokeStyle, context.lineWidth] = [halo, 5 * unit];
      context.stroke();
      if (run.dash !== "none") context.setLineDash(run.dash.split(" ").map((length) => 1.2 * unit * length));
      [context.strokeStyle, context.lineWidth] = [style, 2.4 * unit];
      context.stroke();
      context.setLineDash([]);
      if (k <= 60) {
        context.fillStyle = style;
        for (let i = 0; i < k; i++) dot(context, at(i), 2.6 * unit);
      }
      const here = at(k);
      if (byId("gradients").checked && k === this.time) this.#arrow(context, here, [-run.path[5 * k + 3], -run.path[5 * k + 4]], style, unit, [3 * unit, 4 * unit], 46);
      if (byId("velocities").checked && k > 0 && k === this.time) {
        const moved = [run.path[5 * k] - run.path[5 * k - 5], run.path[5 * k + 1] - run.path[5 * k - 4]];
        this.#arrow(context, here, moved, style, unit, [], 60);
      }
      context.save();
      context.translate(...here);
      context.scale(8 * unit, 8 * unit);
      const shape = new Path2D(run.shape);
      [context.fillStyle, context.strokeStyle, context.lineWidth] = [style, halo, 0.35];
      context.stroke(shape);
      context.fill(shape);
      context.restore();
    }
    const [sx, sy] = this.#place(this.state.start, 100);
    byId("start").style.left = `${Math.min(100, Math.max(0, sx))}%`;
    byId("start").style.top = `${Math.min(100, Math.max(0, sy))}%`;
    const list = this.runs.map((run) => `${this.#title(run.name)}: ${this.#words(run)}`).join(". ");
    canvas.setAttribute("aria-label", `The paths of the optimizers over the surface at step ${this.time}. ${list}`);
  }

  /** An arrow whose length grows with the vector, slowly: a tiny step must be seen, a huge one must fit. */
  #arrow(context, [x, y], vector, style, unit, dash, longest) {
    const { low, high } = SURFACES[this.state.surface];
    const share = Math.hypot(vector[0] / (high[0] - low[0]), vector[1] / (high[1] - low[1]));
    if (!(share > 1e-9) || !Number.isFinite(share)) return;
    const [dx, dy] = [vector[0] / (high[0] - low[0]) / share, -vector[1] / (high[1] - low[1]) / share];
    const length = unit * (14 + longest * Math.min(1, Math.sqrt(4 * share)));
    const [tx, ty] = [x + length * dx, y + length * dy];
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(tx, ty);
    [context.strokeStyle, context.lineWidth] = [style, 3 * unit];
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
    context.beginPath();
    for (const s of [1, -1]) {
      context.moveTo(tx, ty);
      context.lineTo(tx - unit * (9 * dx - s * 6 * dy), ty - unit * (9 * dy + s * 6 * dx));
    }
    context.stroke();
  }

  /** What is best on the ravine, beside those for whom it is known. */
  #showTheory() {
    const ravine = this.state.surface === "ravine";
    this.engine.call("race_best", this.state.kappa);
    const best = this.engine.numbers();
    ["sgd", "momentum", "nesterov"].forEach((name, i) => {
      const row = this.rows[name];
      if (!row) return;
      const [lr, momentum, rate] = best.subarray(3 * i, 3 * i + 3);
      row.lr.marks(ravine ? [lr] : []);
      row.momentum?.marks(ravine ? [momentum] : []);
      row.theory.hidden = !ravine || !this.on.has(name);
      if (!ravine) return;
      const text = `best: ${typed(lr, 4)}${row.momentum ? ` and ρ ${typed(momentum, 4)}` : ", at most 2"}; the error then shrinks ×${rate.toFixed(4)} a step `;
      const use = element("button", {}, "use it");
      use.addEventListener("click", () => {
        this.settings[name] = { lr, momentum: row.momentum ? momentum : this.settings[name].momentum };
        this.#showSettings(name);
        this.run();
        this.changed();
      });
      row.theory.replaceChildren(text, use);
    });
  }

  #showSettings(name) {
    const { lr, momentum } = this.settings[name];
    this.rows[name].lr?.set(lr);
    this.rows[name].momentum?.set(momentum);
  }

  #showControls() {
    const { state } = this;
    const facts = SURFACES[state.surface];
    byId("surface").value = state.surface;
    byId("surface-formula").textContent = facts.formula;
    this.sliders.kappa.set(state.kappa);
    this.sliders.angle.set(Math.round((state.angle * 180) / Math.PI));
    this.sliders.noise.set(state.noise);
    this.sliders.steps.set(state.steps);
    byId("kappa").hidden = byId("angle").hidden = state.surface !== "ravine";
    byId("slice").hidden = state.surface !== "slice";
    [0, 1].forEach((i) => (byId(`slice-${i}`).value = state.weights[i]));
    byId("noise-seed").value = state.seed;
    this.#showStart();
    for (const name of this.names) {
      this.rows[name].box.checked = this.on.has(name);
      this.rows[name].row.classList.toggle("off", !this.on.has(name));
      this.#showSettings(name);
    }
  }

  #showStart() {
    ["start-x", "start-y"].forEach((id, i) => {
      if (document.activeElement !== byId(id)) byId(id).value = typed(this.state.start[i], 4);
    });
  }

  // Controls.

  #note(sentence) {
    const note = byId("note");
    note.textContent = sentence ?? "";
    note.hidden = !sentence;
  }

  #buildSurface() {
    const { state } = this;
    for (const name of this.engine.has.surfaces) byId("surface").append(element("option", { value: name }, SURFACES[name]?.title ?? name));
    byId("surface").addEventListener("change", (event) => {
      this.state.surface = event.target.value;
      this.#surfaceDefaults();
      this.#again();
    });
    const setting = (key, needsField, read = (v) => v, valid = () => null) => (value) => {
      const refusal = valid(value);
      if (refusal !== null) return refusal;
      this.state[key] = read(value);
      const refused = this.#sendSurface();
      if (refused !== null) return refused;
      if (needsField) this.paint();
      this.run();
      this.changed();
      return null;
    };
    const within = (low, high, what) => (v) => (v >= low && v <= high ? null : `${what} lies between ${low} and ${high}.`);
    this.sliders = {
      kappa: slider(byId("kappa"), { label: "Condition κ", low: 1, high: 1000, log: true, value: state.kappa, take: setting("kappa", true, undefined, within(1, 1e6, "κ")) }),
      angle: slider(byId("angle"), { label: "Angle (°)", low: 0, high: 90, whole: true, value: 0, take: setting("angle", true, (v) => (v * Math.PI) / 180, within(-360, 360, "The angle")) }),
      noise: slider(byId("noise"), { label: "Gradient noise σ", low: 1e-3, high: 10, log: true, zero: true, value: 0, take: setting("noise", false, undefined, within(0, 1e6, "The noise")) }),
      steps: slider(byId("steps"), {
        label: "Steps", low: 10, high: MOST_STEPS, log: true, whole: true, value: state.steps,
        take: setting("steps", false, (v) => ((this.time = v), v), within(1, MOST_STEPS, "The number of steps")),
      }),
    };
    [0, 1].forEach((i) => {
      const choice = byId(`slice-${i}`);
      WEIGHT_NAMES.forEach((name, at) => choice.append(element("option", { value: at }, name)));
      choice.addEventListener("change", () => {
        const other = this.state.weights[1 - i];
        // The same twice is no plane: the other takes the place that was left.
        if (Number(choice.value) === other) this.state.weights.reverse();
        else this.state.weights[i] = Number(choice.value);
        this.#again();
      });
    });
    const say = (sentence) => this.#note(sentence);
    ["start-x", "start-y"].forEach((id, i) =>
      numberField(byId(id), () => typed(this.state.start[i], 4), (value) => {
        if (Math.abs(value) > 1e3) return "The start lies between −1000 and 1000.";
        this.moveStart(i === 0 ? [value, this.state.start[1]] : [this.state.start[0], value]);
        return null;
      }, say),
    );
    numberField(byId("noise-seed"), () => String(this.state.seed), (value) => {
      if (!Number.isInteger(value) || value < 0 || value > 1e9) return "A seed is a whole number from 0 to 1,000,000,000.";
      this.state.seed = value;
      this.run();
      this.changed();
      return null;
    }, say);
    for (const id of ["velocities", "gradients"]) byId(id).addEventListener("change", () => this.show());
  }

  /** After a choice that changes the surface. */
  #again() {
    this.apply();
    this.changed();
  }

  #buildRacers() {
    this.rows = {};
    for (const name of this.names) {
      const [hue, shape] = this.look[name];
      const rule = this.#rule(name);
      const box = element("input", { type: "checkbox" });
      const mark = drawn("svg", { class: "mark", viewBox: "-1.4 -1.4 2.8 2.8", "aria-hidden": "true" }, drawn("path", { d: SHAPES[shape], fill: color(hue) }));
      const who = element("label", { class: "who" }, box, mark, this.#title(name));
      const sliders = element("div", { class: "sliders" });
      const outcome = element("p", { class: "outcome" });
      const theory = element("p", { class: "theory", hidden: "" });
      const row = element("div", { class: "racer" }, who, sliders, outcome);
      box.addEventListener("change", () => {
        box.checked ? this.on.add(name) : this.on.delete(name);
        row.classList.toggle("off", !box.checked);
        this.run();
        this.changed();
      });
      const setting = (key) => (value) => {
        if (key === "lr" ? !(value > 0 && value <= 1e6) : !(value >= 0 && value < 1)) return key === "lr" ? "A learning rate is > 0." : "Momentum is ≥ 0 and < 1.";
        this.settings[name][key] = value;
        this.run();
        this.changed();
        return null;
      };
      const made = { row, box, outcome, theory };
      if (rule) made.lr = slider(sliders, { label: "lr", low: 1e-4, high: 10, log: true, value: 0.1, take: setting("lr"), tight: true });
      if (rule && rule.momentum !== null) made.momentum = slider(sliders, { label: "momentum", low: 0, high: 0.995, value: 0.9, take: setting("momentum"), tight: true });
      if (!rule) sliders.append(element("p", { class: "hint" }, name === "newton-shifted" ? "chooses its step by a line search; its 2 × 2 system is solved in this page, without LAPACK" : "chooses its step by a line search"));
      sliders.append(theory);
      this.rows[name] = made;
      byId("racers").append(row);
    }
  }

  /** Puts the start at a point. */
  moveStart(point) {
    this.state.start = point.map((v) => Number(v.toPrecision(6)));
    this.#showStart();
    this.run();
    this.changed();
  }

  #buildField() {
    const box = byId("field-box");
    const handle = byId("start");
    const placeOf = (event) => {
      const { left, top, width, height } = box.getBoundingClientRect();
      const { low, high } = SURFACES[this.state.surface];
      const share = [(event.clientX - left) / width, 1 - (event.clientY - top) / height].map((v) => Math.min(1, Math.max(0, v)));
      return share.map((v, i) => Math.round((low[i] + v * (high[i] - low[i])) * 1000) / 1000);
    };
    let dragging = false;
    const begin = (event) => {
      if (event.button !== 0) return;
      // A finger on the surface may want to scroll; it drags by the handle, and places by a tap.
      dragging = event.pointerType === "mouse" || event.target === handle;
      if (dragging) {
        box.setPointerCapture(event.pointerId);
        if (event.target !== handle) this.moveStart(placeOf(event));
      }
    };
    box.addEventListener("pointerdown", begin);
    box.addEventListener("pointermove", (event) => dragging && this.moveStart(placeOf(event)));
    for (const end of ["pointerup", "pointercancel"]) box.addEventListener(end, () => (dragging = false));
    box.addEventListener("click", (event) => event.target !== handle && event.detail > 0 && this.moveStart(placeOf(event)));
    handle.addEventListener("keydown", (event) => {
      const { low, high } = SURFACES[this.state.surface];
      const far = ((high[0] - low[0]) / 60) * (event.shiftKey ? 0.1 : 1);
      const [dx, dy] = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, far], ArrowDown: [0, -far] }[event.key] ?? [0, 0];
      if (!dx && !dy) return;
      event.preventDefault();
      this.moveStart([this.state.start[0] + dx, this.state.start[1] + dy]);
    });
  }

  #buildTime() {
    const to = (time) => {
      this.time = Math.min(this.state.steps, Math.max(0, time));
      this.show();
      this.changed();
    };
    byId("time").addEventListener("input", (event) => {
      this.pause();
      to(Number(event.target.value));
    });
    byId("back").addEventListener("click", () => to(this.time - 1));
    byId("forth").addEventListener("click", () => to(this.time + 1));
    byId("play").addEventListener("click", () => {
      if (this.playing) return this.pause();
      if (this.time >= this.state.steps) this.time = 0;
      this.playing = true;
      this.#showPlaying();
      let before = performance.now();
      let shownTime = this.time;
      const frame = (now) => {
        if (!this.playing) return;
        // Ten seconds for the whole, but never more than 25 steps a second where there are few.
        shownTime += (Math.min(25, this.state.steps / 10 + 5) * Math.max(0, Math.min(100, now - before))) / 1000;
        before = now;
        if (Math.floor(shownTime) !== this.time) to(Math.floor(shownTime));
        if (this.time >= this.state.steps) this.pause();
        requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    });
  }

  pause() {
    this.playing = false;
    this.#showPlaying();
  }

  #showPlaying() {
    byId("play").textContent = this.playing ? "Pause" : "Play";
    byId("play").setAttribute("aria-pressed", this.playing);
  }

  // The address.

  /** What differs from the start, as entries of the address. */
  entries() {
    const { state } = this;
    const facts = SURFACES[state.surface];
    const entries = [];
    const add = (key, value, start) => value !== start && entries.push([key, value]);
    add("surface", state.surface, RACE_START.surface);
    add("kappa", String(state.kappa), String(RACE_START.kappa));
    add("angle", typed(state.angle), typed(RACE_START.angle));
    add("weights", state.weights.join(","), RACE_START.weights.join(","));
    add("start", state.start.join(","), facts.start.join(","));
    add("noise", String(state.noise), "0");
    add("noise-seed", String(state.seed), String(RACE_START.seed));
    add("steps", String(state.steps), String(RACE_START.steps));
    add("step", String(this.time), String(state.steps));
    add("on", [...this.on].join(","), FIRST.filter((name) => this.names.includes(name)).join(","));
    for (const [name, { lr, momentum }] of Object.entries(this.settings)) {
      add(name, `${lr},${momentum}`, `${this.#firstRate(facts, name)},${this.#momentum(name)}`);
    }
    return entries;
  }

  /** Takes over what an address says. Throws [Malformed], and then everything is as at the start. */
  read(entries) {
    this.#startState();
    try {
      this.#take(entries);
      this.apply();
    } catch (error) {
      this.#startState();
      this.apply();
      throw error;
    }
  }

  #take(entries) {
    const { state } = this;
    const take = (key, read) => entries.has(key) && read(entries.get(key));
    take("surface", (text) => (state.surface = readName(text, "The surface", this.engine.has.surfaces)));
    this.#surfaceDefaults();
    take("kappa", (text) => (state.kappa = readNumber(text, "κ", 1, 1e6)));
    take("angle", (text) => (state.angle = readNumber(text, "The angle", -7, 7)));
    take("weights", (text) => (state.weights = readNumbers(text, "The slice's weights", 2, 0, 8).map(Math.round)));
    take("start", (text) => (state.start = readNumbers(text, "The start", 2, -1e3, 1e3)));
    take("noise", (text) => (state.noise = readNumber(text, "The noise", 0, 1e6)));
    take("noise-seed", (text) => (state.seed = Math.round(readNumber(text, "The noise's seed", 0, 1e9))));
    take("steps", (text) => (state.steps = Math.round(readNumber(text, "The number of steps", 1, MOST_STEPS))));
    this.time = state.steps;
    take("step", (text) => (this.time = Math.round(readNumber(text, "The step", 0, state.steps))));
    take("on", (text) => (this.on = new Set(text.split(",").filter(Boolean).map((name) => readName(name, "An optimizer", this.names)))));
    for (const name of this.names) {
      take(name, (text) => {
        const [lr, momentum] = readNumbers(text, `The settings of ${name}`, 2, 0, 1e6);
        if (!(lr > 0) || momentum >= 1) throw new Malformed(`The settings of ${name} should be a learning rate > 0 and a momentum < 1, not “${text}”`);
        this.settings[name] = { lr, momentum };
      });
    }
  }
}

function dot(context, [x, y], radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 7);
  context.fill();
}

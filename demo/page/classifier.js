// The page of the linear classifier.
import { Malformed, readName, readNumber, readNumbers } from "./address.js";
import { drawCurve } from "./charts.js";
import { byId, drawn, element, numberField, slider } from "./controls.js";
import { color, SHAPES } from "./look.js";
import { cellText, shown, typed } from "./numbers.js";
import { Plane } from "./plane.js";
import { PointsTable } from "./points_table.js";

/** Where [Engine] `classifier_evaluate` puts what. */
const OUT = { steps: 0, diverged: 1, data: 2, regularization: 3, accuracy: 4, error: 5, entry: 6, agreement: 7, params: 8, grad: 17, points: 26 };
const PARAMETER_NAMES = ["W₀₀", "W₀₁", "W₁₀", "W₁₁", "W₂₀", "W₂₁", "b₀", "b₁", "b₂"];
const FORMULAS = {
  svm: "L<sub>i</sub> = Σ<sub>j≠y</sub> max(0, s<sub>j</sub> − s<sub>y</sub> + 1)",
  "one-vs-all": "L<sub>i</sub> = max(0, 1 − s<sub>y</sub>) + Σ<sub>j≠y</sub> max(0, 1 + s<sub>j</sub>)",
  structured: "L<sub>i</sub> = max(0, 1 + max<sub>j≠y</sub> s<sub>j</sub> − s<sub>y</sub>)",
  softmax: "L<sub>i</sub> = −ln( exp s<sub>y</sub> / Σ<sub>j</sub> exp s<sub>j</sub> )",
};
const MOST_POINTS = 300;
/** Milliseconds of a frame that the library may use. */
export const BUDGET = 4;

/** The lecture's start. */
export const START = {
  points: [[0.5, 0.4, 0], [0.8, 0.3, 0], [0.3, 0.8, 0], [-0.4, 0.3, 1], [-0.3, 0.7, 1], [-0.7, 0.2, 1], [0.7, -0.4, 2], [0.5, -0.6, 2], [-0.4, -0.5, 2]].map(([x, y, c]) => ({ x, y, c })),
  params: [1, 2, 2, -4, 3, -1, 0, 0.5, -0.5],
  loss: "softmax",
  l2: 0.1,
  lr: 0.1,
  rule: "sgd",
  seed: 1,
  speed: 20,
};

const copy = (start) => ({ ...start, points: start.points.map((p) => ({ ...p })), params: [...start.params] });

/** The classifier's page: state, controls, and what they do. */
export class ClassifierPage {
  constructor(engine, changed) {
    this.engine = engine;
    this.changed = changed;
    this.state = copy(START);
    this.knobs = {};
    this.draw = 0;
    this.running = false;
    this.owed = 0;
    const on = {
      moved: (i, x, y) => this.#edit(() => Object.assign(this.state.points[i], { x: round(x), y: round(y) }), i),
      nudged: (i, dx, dy) => this.#edit((p) => Object.assign(p[i], { x: bounded(p[i].x + dx), y: bounded(p[i].y + dy) }), i),
      removed: (i) => this.#remove(i),
      recoloured: (i, c) => this.#edit((p) => Object.assign(p[i], { c }), i),
      added: (x, y) => this.#add(x, y),
      linked: (i, fromTable) => this.#link(i, fromTable),
      typedPoint: (i, axis, value) => this.#typedPoint(i, axis, value),
      said: (sentence) => this.say(sentence ?? "", sentence !== null),
    };
    this.plane = new Plane(on);
    this.table = new PointsTable(on);
    this.#buildParams();
    this.#buildChoices();
    this.#buildButtons();
    this.apply();
  }

  /** Puts the whole state in place, and starts the run anew. */
  apply() {
    const { engine, state } = this;
    this.pause();
    engine.give(state.points.flatMap(({ x, y, c }) => [x, y, c]));
    this.#mustBeFine(engine.ask("classifier_points"));
    engine.give(state.params);
    engine.call("classifier_params");
    this.#mustBeFine(this.#sendLoss() ?? this.#sendRule());
    engine.call("classifier_restart");
    this.#showControls();
    this.#placePoints();
    this.say("");
    this.evaluate();
  }

  #mustBeFine(refusal) {
    if (refusal !== null) throw new Malformed(refusal);
  }

  #sendLoss() {
    const place = this.engine.has.losses.findIndex(({ name }) => name === this.state.loss);
    return this.engine.ask("classifier_loss", place, this.state.l2);
  }

  #sendRule() {
    const place = this.engine.has.rules.findIndex(({ name }) => name === this.state.rule);
    this.engine.give(this.#knobValues());
    return this.engine.ask("classifier_rule", place, this.state.lr);
  }

  #ruleFacts() {
    return this.engine.has.rules.find(({ name }) => name === this.state.rule);
  }

  #knobValues() {
    return this.#ruleFacts().knobs.map(({ name, value }) => this.knobs[name] ?? value);
  }

  /** Asks the library for everything, and shows it. */
  evaluate() {
    this.engine.call("classifier_evaluate");
    const out = this.engine.numbers();
    this.out = out;
    this.state.params = Array.from(out.subarray(OUT.params, OUT.grad));
    this.#showParams(out);
    this.#showLosses(out);
    this.#showLight(out);
    this.plane.classify(this.state.params);
    const { points } = this.state;
    this.plane.judge((i) => {
      const [first, own] = [OUT.points + 4 * i, points[i].c];
      return [0, 1, 2].some((c) => c !== own && out[first + c] >= out[first + own]);
    });
    this.table.judge(out, OUT.points);
    this.engine.call("classifier_history");
    drawCurve(byId("curve"), this.engine.numbers());
  }

  // What is shown.

  #showParams(out) {
    this.cells.forEach(({ field, grad }, i) => {
      const [value, slope] = [out[OUT.params + i], out[OUT.grad + i]];
      if (document.activeElement !== field) field.value = cellText(value);
      field.title = typed(value);
      field.classList.toggle("long", field.value.length > 5);
      grad.textContent = `${slope > 0 ? "+" : ""}${shown(slope, Math.abs(slope) < 1000 ? 3 : 1)}`;
    });
  }

  #showLosses(out) {
    byId("data-loss").value = shown(out[OUT.data], 6);
    byId("reg-loss").value = shown(out[OUT.regularization], 6);
    byId("total-loss").value = shown(out[OUT.data] + out[OUT.regularization], 6);
    byId("accuracy").value = `${Math.round(out[OUT.accuracy] * this.state.points.length)}/${this.state.points.length}`;
  }

  #showLight(out) {
    const light = byId("light");
    const [error, outcome, entry] = [out[OUT.error], out[OUT.agreement], PARAMETER_NAMES[out[OUT.entry]]];
    const apart = Number.isNaN(error) ? "not a number" : error.toExponential(1).replace("-", "−");
    light.className = `light ${["", "corner", "differs"][outcome]}`;
    light.value = [`gradient checked: apart by ${apart}`, `at a corner of a hinge in ${entry}: differences cannot tell`, `gradient differs in ${entry} by ${apart}`][outcome];
  }

  /** Says something under the buttons. */
  say(sentence, bad = false) {
    const said = byId("said");
    if (said.textContent !== sentence) said.textContent = sentence;
    said.classList.toggle("bad", bad);
  }

  #showControls() {
    const { state } = this;
    document.querySelectorAll('input[name="loss"]').forEach((choice) => (choice.checked = choice.value === state.loss));
    byId("formula").innerHTML = FORMULAS[state.loss] ?? "";
    byId("rule").value = state.rule;
    byId("seed").value = state.seed;
    this.sliders.l2.set(state.l2);
    this.sliders.lr.set(state.lr);
    this.sliders.speed.set(state.speed);
    this.#buildKnobs();
  }

  #placePoints() {
    const { points } = this.state;
    this.plane.fit(points);
    this.plane.place(points);
    this.table.place(points);
  }

  // What is done with points.

  #edit(change, i) {
    change(this.state.points);
    const { points } = this.state;
    this.plane.place(points);
    this.table.points = points;
    this.table.placeOne(points[i], i);
    this.#pointsChanged();
  }

  #pointsChanged() {
    this.engine.give(this.state.points.flatMap(({ x, y, c }) => [x, y, c]));
    const refusal = this.engine.ask("classifier_points");
    if (refusal !== null) this.say(refusal, true);
    this.evaluate();
    this.changed();
  }

  #typedPoint(i, axis, value) {
    if (Math.abs(value) > 1000) return "Coordinates lie between −1000 and 1000.";
    this.state.points[i][axis] = value;
    this.#placePoints();
    this.#pointsChanged();
    return null;
  }

  #remove(i) {
    if (this.state.points.length === 1) return this.say("The last point stays: a mean needs one.", true);
    this.state.points.splice(i, 1);
    this.#placePoints();
    this.#pointsChanged();
    this.plane.groups[Math.min(i, this.state.points.length - 1)].focus();
  }

  #add(x, y) {
    const tool = document.querySelector('input[name="tool"]:checked').value;
    if (tool === "move") return;
    if (this.state.points.length >= MOST_POINTS) return this.say(`${MOST_POINTS} points are the most.`, true);
    this.state.points.push({ x: round(x), y: round(y), c: Number(tool) });
    this.plane.place(this.state.points);
    this.table.place(this.state.points);
    this.#pointsChanged();
  }

  #link(i, fromTable) {
    this.plane.link(i);
    this.table.link(i, !fromTable);
  }

  /** Other points: the lecture's, or generated ones ("spiral or not, points of a class"). */
  scatter(choice) {
    if (choice === "start") {
      this.state.points = copy(START).points;
    } else {
      const [spiral, each] = choice.split(",").map(Number);
      this.#mustBeFine(this.engine.ask("scatter", spiral, each, this.state.seed));
      const numbers = this.engine.numbers();
      this.state.points = Array.from({ length: numbers.length / 3 }, (_, i) => ({ x: numbers[3 * i], y: numbers[3 * i + 1], c: numbers[3 * i + 2] }));
    }
    this.apply();
    this.changed();
  }

  // Controls.

  #buildParams() {
    const host = byId("params");
    host.append(element("span"), ...["W: x", "W: y", "b"].map((head) => element("span", { class: "head" }, head)));
    this.cells = [];
    for (const c of [0, 1, 2]) {
      const mark = drawn("svg", { viewBox: "-1.4 -1.4 2.8 2.8", width: 13, height: 13, "aria-hidden": "true" }, drawn("path", { d: SHAPES[c], fill: color(c) }));
      host.append(element("span", { class: "class", style: `color:${color(c)}` }, mark, `class ${c}`));
      for (const i of [2 * c, 2 * c + 1, 6 + c]) host.append(this.#cell(i, c));
    }
  }

  #cell(i, c) {
    const field = element("input", { inputmode: "decimal", autocomplete: "off", "aria-label": PARAMETER_NAMES[i] });
    const grad = element("span", { class: "grad", title: `∂L/∂${PARAMETER_NAMES[i]}` });
    const nudge = (sign) => {
      const button = element("button", { "aria-label": `${PARAMETER_NAMES[i]} ${sign > 0 ? "up" : "down"} by 0.1`, title: "by 0.1, with Shift by 0.01" }, sign > 0 ? "▴" : "▾");
      button.addEventListener("click", (event) => this.#setParam(i, this.state.params[i] + sign * (event.shiftKey ? 0.01 : 0.1)));
      return button;
    };
    const read = () => cellText(this.state.params[i]);
    numberField(field, read, (value) => (Math.abs(value) > 1e6 ? "Parameters lie between −1e6 and 1e6." : this.#setParam(i, value)), (sentence) => this.say(sentence ?? "", sentence !== null));
    field.addEventListener("keydown", (event) => {
      const sign = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!sign) return;
      event.preventDefault();
      this.#setParam(i, this.state.params[i] + sign * (event.shiftKey ? 0.01 : 0.1));
      field.value = read();
    });
    const cell = element("div", { class: "cell" }, nudge(-1), field, nudge(1), grad);
    cell.addEventListener("pointerenter", () => this.plane.embolden(c));
    cell.addEventListener("pointerleave", () => this.plane.embolden(-1));
    this.cells[i] = { field, grad };
    return cell;
  }

  #setParam(i, value) {
    this.state.params[i] = Number(value.toPrecision(12));
    this.engine.give(this.state.params);
    this.engine.call("classifier_params");
    this.say("");
    this.evaluate();
    this.changed();
    return null;
  }

  #buildChoices() {
    const { engine, state } = this;
    for (const { name, title } of engine.has.losses) {
      const choice = element("input", { type: "radio", name: "loss", value: name });
      choice.addEventListener("change", () => {
        state.loss = this.state.loss = name;
        byId("formula").innerHTML = FORMULAS[name] ?? "";
        this.#settingChanged(this.#sendLoss());
      });
      byId("loss").append(element("label", {}, choice, element("span", {}, title)));
    }
    for (const { name } of engine.has.rules) byId("rule").append(element("option", { value: name }, engine.has.optimizers[name].title));
    byId("rule").addEventListener("change", (event) => {
      this.state.rule = event.target.value;
      this.knobs = {};
      this.#buildKnobs();
      this.#settingChanged(this.#sendRule());
    });
    const setting = (key, send) => (value) => {
      const before = this.state[key];
      this.state[key] = value;
      const refusal = send();
      if (refusal !== null) this.state[key] = before;
      return this.#settingChanged(refusal, false);
    };
    this.sliders = {
      l2: slider(byId("l2"), { label: "L2 strength λ", low: 1e-5, high: 10, log: true, zero: true, value: state.l2, take: setting("l2", () => this.#sendLoss()) }),
      lr: slider(byId("lr"), { label: "Step size", low: 1e-4, high: 100, log: true, value: state.lr, take: setting("lr", () => this.#sendRule()) }),
      speed: slider(byId("speed"), {
        label: "Updates a second", low: 1, high: 1e5, log: true, value: state.speed,
        take: setting("speed", () => (this.state.speed > 0 && this.state.speed <= 1e7 ? null : "The speed lies between 0 and 10,000,000.")),
      }),
    };
    const readSeed = () => String(this.state.seed);
    numberField(byId("seed"), readSeed, (value) => {
      if (!Number.isInteger(value) || value < 0 || value > 1e9) return "A seed is a whole number from 0 to 1,000,000,000.";
      [this.state.seed, this.draw] = [value, 0];
      this.changed();
      return null;
    }, (sentence) => this.say(sentence ?? "", sentence !== null));
    byId("scatter").addEventListener("change", (event) => {
      if (event.target.value) this.scatter(event.target.value);
      event.target.value = "";
    });
    byId("tool").addEventListener("change", (event) => this.plane.svg.classList.toggle("adds", event.target.value !== "move"));
  }

  #buildKnobs() {
    byId("knobs").replaceChildren();
    for (const { name, value, low, high } of this.#ruleFacts().knobs) {
      slider(byId("knobs"), {
        label: name, low, high, value: this.knobs[name] ?? value,
        take: (v) => {
          const before = this.knobs[name];
          this.knobs[name] = v;
          const refusal = this.#sendRule();
          if (refusal !== null) this.knobs[name] = before;
          return this.#settingChanged(refusal, false);
        },
      });
    }
  }

  /** After a setting was sent: shows the refusal or the new numbers. */
  #settingChanged(refusal, aloud = true) {
    if (refusal === null) {
      this.say("");
      this.evaluate();
      this.changed();
    } else if (aloud) {
      this.say(refusal, true);
    }
    return refusal;
  }

  #buildButtons() {
    byId("step").addEventListener("click", () => {
      this.pause();
      this.advance(1);
    });
    byId("run").addEventListener("click", () => (this.running ? this.pause() : this.run()));
    byId("randomize").addEventListener("click", () => {
      this.engine.call("classifier_randomize", this.state.seed, this.draw);
      this.draw += 1;
      this.say(`Parameters number ${this.draw} of seed ${this.state.seed}.`);
      this.evaluate();
      this.changed();
    });
    byId("reset").addEventListener("click", () => {
      this.state = copy(START);
      this.knobs = {};
      this.draw = 0;
      this.apply();
      this.changed();
    });
  }

  // Running.

  /** Makes `count` updates and shows them; a divergence pauses the run and is said. */
  advance(count) {
    const done = this.engine.call("classifier_step", count);
    this.evaluate();
    if (done < count) {
      this.pause();
      this.say(`Diverged at update ${this.out[OUT.steps] + 1}: the loss left all bounds, so that update was taken back and the run is paused. Try a smaller step size.`, true);
    } else {
      this.say(`${this.out[OUT.steps]} update${this.out[OUT.steps] === 1 ? "" : "s"}`);
    }
    this.changed();
    return done;
  }

  run() {
    this.running = true;
    this.owed = 1;
    this.#showRunning();
    let before = performance.now();
    const frame = (now) => {
      if (!this.running) return;
      // A frame's own time can lie before the click that started the run.
      this.owed += (this.state.speed * Math.max(0, Math.min(100, now - before))) / 1000;
      before = now;
      this.frame(now);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  /** The updates that are due, as many as fit into the frame's budget. */
  frame() {
    const until = performance.now() + 0.6 * BUDGET;
    let due = Math.floor(this.owed);
    if (due < 1) return;
    this.owed -= due;
    // The time is looked at between portions, so a portion is small.
    while (due > 20 && performance.now() < until) {
      const done = this.engine.call("classifier_step", 20);
      if (done < 20) return void this.advance(1);
      due -= 20;
    }
    this.advance(Math.min(due, 20));
  }

  pause() {
    this.running = false;
    this.#showRunning();
  }

  #showRunning() {
    byId("run").textContent = this.running ? "Pause" : "Run";
    byId("run").setAttribute("aria-pressed", this.running);
  }

  // The address.

  /** What differs from the start, as entries of the address. */
  entries() {
    const { state } = this;
    const entries = [];
    const add = (key, value, start) => value !== start && entries.push([key, value]);
    add("loss", state.loss, START.loss);
    add("l2", String(state.l2), String(START.l2));
    add("lr", String(state.lr), String(START.lr));
    add("rule", state.rule, START.rule);
    if (Object.keys(this.knobs).length) add("knobs", this.#knobValues().join(","), "");
    add("w", state.params.slice(0, 6).join(","), START.params.slice(0, 6).join(","));
    add("b", state.params.slice(6).join(","), START.params.slice(6).join(","));
    const written = (points) => points.map(({ x, y, c }) => `${x},${y},${c}`).join(";");
    add("points", written(state.points), written(START.points));
    add("seed", String(state.seed), String(START.seed));
    add("speed", typed(state.speed, 3), typed(START.speed, 3));
    return entries;
  }

  /** Takes over what an address says. Throws [Malformed], and then the state is as before. */
  read(entries) {
    const state = copy(START);
    const knobs = {};
    const take = (key, read) => entries.has(key) && read(entries.get(key));
    take("loss", (text) => (state.loss = readName(text, "The loss", this.engine.has.losses.map(({ name }) => name))));
    take("l2", (text) => (state.l2 = readNumber(text, "λ", 0, 1e6)));
    take("lr", (text) => (state.lr = readNumber(text, "The step size", 1e-12, 1e6)));
    take("rule", (text) => (state.rule = readName(text, "The update rule", this.engine.has.rules.map(({ name }) => name))));
    const facts = this.engine.has.rules.find(({ name }) => name === state.rule).knobs;
    take("knobs", (text) => readNumbers(text, "The rule's hyperparameters", facts.length).forEach((value, i) => (knobs[facts[i].name] = value)));
    take("w", (text) => state.params.splice(0, 6, ...readNumbers(text, "W", 6, -1e12, 1e12)));
    take("b", (text) => state.params.splice(6, 3, ...readNumbers(text, "b", 3, -1e12, 1e12)));
    take("points", (text) => (state.points = readPoints(text)));
    take("seed", (text) => (state.seed = Math.round(readNumber(text, "The seed", 0, 1e9))));
    take("speed", (text) => (state.speed = readNumber(text, "The speed", 1e-3, 1e7)));
    const before = [this.state, this.knobs];
    [this.state, this.knobs] = [state, knobs];
    try {
      this.apply();
    } catch (error) {
      [this.state, this.knobs] = before;
      this.apply();
      throw error;
    }
  }
}

function readPoints(text) {
  const points = text.split(";").map((point) => readNumbers(point, "A point", 3, -1000, 1000));
  if (points.length > MOST_POINTS) throw new Malformed(`${MOST_POINTS} points are the most, not ${points.length}`);
  return points.map(([x, y, c]) => {
    if (![0, 1, 2].includes(c)) throw new Malformed(`The class of a point should be 0, 1 or 2, not ${c}`);
    return { x, y, c };
  });
}

const bounded = (v) => round(Math.min(1000, Math.max(-1000, v)));
const round = (v) => Math.round(v * 1000) / 1000;

// The plane of the classifier: regions, zero lines, weight arrows, points.
import { byId, drawn } from "./controls.js";
import { color, SHAPES, SHAPE_NAMES } from "./look.js";
import { niceStep, shown } from "./numbers.js";

const SIZE = 600;

/** The part of a convex polygon where a·x + b·y + c ≥ 0. */
export function clip(polygon, a, b, c) {
  const height = ([x, y]) => a * x + b * y + c;
  return polygon.flatMap((p, i) => {
    const q = polygon[(i + 1) % polygon.length];
    const [hp, hq] = [height(p), height(q)];
    const kept = hp >= 0 ? [p] : [];
    if (hp >= 0 === hq >= 0) return kept;
    const t = hp / (hp - hq);
    return [...kept, [p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])]];
  });
}

/** Draws the plane, and tells `on` what is done there: moved, removed, recoloured, added, linked (hover or focus). */
export class Plane {
  constructor(on) {
    this.on = on;
    this.svg = byId("plane");
    this.half = 1;
    const layer = () => this.svg.appendChild(drawn("g"));
    this.regions = [0, 1, 2].map((c) => this.svg.appendChild(drawn("polygon", { class: "region", fill: `color-mix(in srgb, ${color(c)} var(--tint), var(--card))` })));
    this.axes = layer();
    this.classes = [0, 1, 2].map((c) => {
      const group = layer();
      const line = group.appendChild(drawn("line", { class: "line", stroke: color(c) }));
      const arrow = group.appendChild(drawn("path", { class: "arrow", stroke: color(c) }));
      const name = group.appendChild(drawn("text", { class: "name", fill: color(c), style: `fill:${color(c)}` }));
      return { group, line, arrow, name };
    });
    this.points = layer();
    this.groups = [];
    this.svg.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && !event.target.closest(".point")) this.on.added(...this.#place(event));
    });
  }

  #x = (x) => (SIZE / 2) * (1 + x / this.half);
  #y = (y) => (SIZE / 2) * (1 - y / this.half);

  #place(event) {
    const box = this.svg.getBoundingClientRect();
    const share = (v, from, length) => (2 * (v - from)) / length - 1;
    return [this.half * share(event.clientX, box.left, box.width), -this.half * share(event.clientY, box.top, box.height)];
  }

  /** Makes the plane large enough for the points, and draws its axes. */
  fit(points) {
    const largest = points.reduce((a, p) => Math.max(a, Math.abs(p.x), Math.abs(p.y)), 0);
    this.half = Math.min(1e6, largest <= 0.96 ? 1 : 1.08 * largest);
    const step = niceStep(2 * this.half, 8);
    this.axes.replaceChildren();
    for (let i = Math.ceil(-this.half / step); i * step <= this.half; i++) {
      const v = i * step;
      const name = i === 0 ? "axis" : "axis faint";
      if (i === 0) {
        this.axes.append(drawn("line", { class: name, x1: this.#x(v), x2: this.#x(v), y1: 0, y2: SIZE }), drawn("line", { class: name, y1: this.#y(v), y2: this.#y(v), x1: 0, x2: SIZE }));
      } else if (i % 2 === 0 && Math.abs(v) < 0.93 * this.half) {
        this.axes.append(drawn("text", { x: this.#x(v), y: SIZE - 6, "text-anchor": "middle" }, shown(v, step < 0.5 ? 1 : 0)));
        this.axes.append(drawn("text", { x: 6, y: this.#y(v) + 4 }, shown(v, step < 0.5 ? 1 : 0)));
      }
    }
  }

  /** Draws regions, lines and arrows of the nine parameters. */
  classify(params) {
    const h = this.half;
    const score = (c) => [params[2 * c], params[2 * c + 1], params[6 + c]];
    const square = [[-h, -h], [h, -h], [h, h], [-h, h]];
    for (let c = 0; c < 3; c++) {
      const [a, b, bias] = score(c);
      const region = [0, 1, 2].filter((j) => j !== c).reduce((polygon, j) => {
        const [aj, bj, cj] = score(j);
        return clip(polygon, a - aj, b - bj, bias - cj);
      }, square);
      this.regions[c].setAttribute("points", region.map(([x, y]) => `${this.#x(x).toFixed(2)},${this.#y(y).toFixed(2)}`).join(" "));
      this.#line(this.classes[c], c, a, b, bias);
    }
  }

  #line({ group, line, arrow, name }, c, a, b, bias) {
    const norm = Math.hypot(a, b);
    const ends = clip([[-this.half, -this.half], [this.half, -this.half], [this.half, this.half], [-this.half, this.half]], a, b, bias)
      .filter(([x, y]) => Math.abs(a * x + b * y + bias) <= 1e-9 * (norm * this.half + Math.abs(bias)));
    const visible = norm > 0 && ends.length >= 2;
    group.style.display = visible ? "" : "none";
    if (!visible) return;
    const [[x1, y1], [x2, y2]] = ends;
    const set = (node, attributes) => Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
    set(line, { x1: this.#x(x1), y1: this.#y(y1), x2: this.#x(x2), y2: this.#y(y2) });
    // From the line's point nearest the origin, if that is in sight, else from the middle of what is.
    const foot = [(-a * bias) / norm ** 2, (-b * bias) / norm ** 2];
    const inside = foot.every((v) => Math.abs(v) < 0.92 * this.half);
    const [fx, fy] = inside ? foot : [(x1 + x2) / 2, (y1 + y2) / 2];
    const length = 26 + 34 * Math.log1p(norm);
    const [ux, uy] = [a / norm, -b / norm];
    const [px, py] = [this.#x(fx), this.#y(fy)];
    const [tx, ty] = [px + length * ux, py + length * uy];
    const head = (s) => `${(tx - 11 * ux + s * 7 * uy).toFixed(2)} ${(ty - 11 * uy - s * 7 * ux).toFixed(2)}`;
    arrow.setAttribute("d", `M${px.toFixed(2)} ${py.toFixed(2)}L${tx.toFixed(2)} ${ty.toFixed(2)}M${head(1)}L${tx.toFixed(2)} ${ty.toFixed(2)}L${head(-1)}`);
    const keep = (v) => Math.min(SIZE - 14, Math.max(14, v));
    set(name, { x: keep(tx + 15 * ux), y: keep(ty + 15 * uy + 4), "text-anchor": "middle" });
    name.textContent = c;
  }

  /** Makes bold what belongs to a class, or to none (−1). */
  embolden(c) {
    this.classes.forEach(({ group }, i) => group.classList.toggle("bold", i === c));
  }

  /** Draws the points; as many elements as points, each kept as long as it can be. */
  place(points) {
    while (this.groups.length > points.length) this.groups.pop().remove();
    while (this.groups.length < points.length) this.groups.push(this.#newPoint(this.groups.length));
    this.svg.classList.toggle("crowded", points.length > 60);
    points.forEach((p, i) => {
      const group = this.groups[i];
      group.setAttribute("transform", `translate(${this.#x(p.x).toFixed(2)} ${this.#y(p.y).toFixed(2)})`);
      group.style.setProperty("--of", color(p.c));
      const shape = group.querySelector(".shape");
      shape.setAttribute("d", SHAPES[p.c]);
      shape.setAttribute("transform", `scale(${points.length > 60 ? 5 : 9})`);
      shape.setAttribute("fill", color(p.c));
      group.setAttribute("aria-label", `Point ${i + 1}: class ${p.c}, ${SHAPE_NAMES[p.c]}, at ${shown(p.x, 2)}, ${shown(p.y, 2)}`);
    });
  }

  /** Shows which points are on the wrong side: hollow. */
  judge(wrong) {
    this.groups.forEach((group, i) => {
      const now = wrong(i);
      // Most frames change nothing here, and touching 300 elements is what costs.
      if (now !== group.wrong) group.classList.toggle("wrong", (group.wrong = now));
    });
  }

  /** Shows which point is looked at (−1: none). */
  link(i) {
    this.groups.forEach((group, at) => group.classList.toggle("linked", at === i));
  }

  #newPoint(i) {
    const group = drawn("g", { class: "point", tabindex: 0, role: "button" });
    const shape = drawn("path", { class: "shape", "vector-effect": "non-scaling-stroke" });
    group.append(drawn("circle", { class: "hit", r: 18 }), drawn("circle", { class: "ring", r: 14 }), shape);
    group.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.stopPropagation();
      group.setPointerCapture(event.pointerId);
      group.focus();
    });
    group.addEventListener("pointermove", (event) => {
      if (group.hasPointerCapture(event.pointerId)) this.on.moved(i, ...this.#place(event).map((v) => Math.min(this.half, Math.max(-this.half, v))));
    });
    group.addEventListener("pointerenter", () => this.on.linked(i));
    group.addEventListener("pointerleave", () => this.on.linked(-1));
    group.addEventListener("focus", () => this.on.linked(i));
    group.addEventListener("blur", () => this.on.linked(-1));
    group.addEventListener("keydown", (event) => {
      const far = (event.shiftKey ? 0.01 : 0.05) * this.half;
      const [dx, dy] = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, far], ArrowDown: [0, -far] }[event.key] ?? [0, 0];
      if (dx || dy) this.on.nudged(i, dx, dy);
      else if (event.key === "Delete" || event.key === "Backspace") this.on.removed(i);
      else if (["0", "1", "2"].includes(event.key)) this.on.recoloured(i, Number(event.key));
      else return;
      event.preventDefault();
    });
    this.points.append(group);
    return group;
  }
}

// The two small charts: the loss split in two areas, and the losses of many runs over their steps.
import { drawn } from "./controls.js";
import { niceStep, shown } from "./numbers.js";

const LEFT = 52;

const text = (x, y, content, anchor = "end") => drawn("text", { x, y, "text-anchor": anchor }, content);
const rule = (x1, y1, x2, y2, kind) => drawn("line", { x1, y1, x2, y2, class: kind });

/** The width of a chart, as it is on the page, so that its letters keep their size; and where its axis ends. */
const widthOf = (svg) => {
  const width = Math.max(240, svg.parentNode.clientWidth - 32);
  return [width, width - 12];
};

/** Ticks of whole steps along the bottom. */
function steps(last, y, place) {
  const step = Math.max(1, niceStep(last, 5));
  const ticks = [];
  for (let k = 0; k <= last; k += step) ticks.push(text(place(k), y, k >= 1e6 ? k.toExponential(0) : String(Math.round(k)), "middle"));
  return ticks;
}

/** The loss over the updates: triples of step, data loss and regularization. */
export function drawCurve(svg, history) {
  const [width, right] = widthOf(svg);
  const [top, bottom] = [10, 172];
  const count = history.length / 3;
  const at = (i, j) => history[3 * i + j];
  let largest = 0;
  for (let i = 0; i < count; i++) largest = Math.max(largest, at(i, 1) + at(i, 2));
  const last = Math.max(1, count ? at(count - 1, 0) : 1);
  largest = largest > 0 ? 1.06 * largest : 1;
  const x = (k) => LEFT + ((right - LEFT) * k) / last;
  const y = (v) => bottom - ((bottom - top) * Math.max(0, v)) / largest;
  const nodes = [];
  const step = niceStep(largest, 4);
  const digits = Math.max(0, Math.min(6, -Math.floor(Math.log10(step))));
  // Room for seven letters.
  const label = (v) => (v > 0 && (step >= 1e5 || step < 1e-5) ? Number(v.toPrecision(3)).toExponential().replace("+", "").replace("-", "−") : shown(v, digits));
  for (let v = 0; v <= largest; v += step) nodes.push(rule(LEFT, y(v), right, y(v), v === 0 ? "axis" : "grid"), text(LEFT - 7, y(v) + 4, label(v)));
  nodes.push(...steps(last, bottom + 18, x));
  const line = (value) => Array.from({ length: count }, (_, i) => `${x(at(i, 0)).toFixed(1)} ${y(value(i)).toFixed(1)}`);
  const regularization = line((i) => at(i, 2));
  const total = line((i) => at(i, 1) + at(i, 2));
  if (count > 1) {
    const ground = `L${x(at(count - 1, 0)).toFixed(1)} ${bottom}L${LEFT} ${bottom}Z`;
    nodes.push(
      drawn("path", { d: `M${total.join("L")}L${[...regularization].reverse().join("L")}Z`, fill: "var(--c0)", opacity: 0.5 }),
      drawn("path", { d: `M${regularization.join("L")}${ground}`, fill: "var(--reg)" }),
      drawn("path", { d: `M${total.join("L")}`, fill: "none", stroke: "var(--c0)", "stroke-width": 2 }),
    );
  } else if (count === 1) {
    nodes.push(rule(LEFT, y(at(0, 2)), LEFT + 14, y(at(0, 2)), "axis"), drawn("circle", { cx: LEFT, cy: y(at(0, 1) + at(0, 2)), r: 4, fill: "var(--c0)" }));
  }
  nodes.push(text(right, bottom + 34, "updates"));
  svg.setAttribute("viewBox", `0 0 ${width} 212`);
  svg.replaceChildren(...nodes);
}

const TINY = 1e-16;

/** Losses over steps, logarithmic: `runs` have values, a colour, a dash; `time` is marked; `lowest` is taken away. */
export function drawRace(svg, runs, time, last, lowest, label) {
  const [width, right] = widthOf(svg);
  const [top, bottom] = [24, 206];
  const lifted = runs.map((run) => run.values.map((v) => v - lowest));
  let [low, high] = [Infinity, 0];
  for (const values of lifted) {
    for (const v of values) {
      if (v > TINY && v < low) low = v;
      if (Number.isFinite(v) && v > high) high = v;
    }
  }
  const start = Math.max(...lifted.map((values) => values[0]), TINY);
  high = Math.min(high || 1, 1e3 * start);
  low = Math.min(Math.max(low, 1e-14 * Math.min(1, start), TINY), high / 10);
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high) + 0.05)];
  const x = (k) => LEFT + ((right - LEFT) * k) / Math.max(1, last);
  const y = (v) => {
    const share = v > 0 ? (Math.log10(v) - from) / (to - from) : -1;
    return bottom - (bottom - top) * Math.min(1.03, Math.max(-0.02, share));
  };
  const nodes = [text(LEFT - 44, 12, `${label} (↓ better)`, "start")];
  const step = Math.max(1, Math.ceil((to - from) / 6));
  for (let power = from; power <= to; power += step) nodes.push(rule(LEFT, y(10 ** power), right, y(10 ** power), "grid"), text(LEFT - 7, y(10 ** power) + 4, powerOfTen(power)));
  nodes.push(rule(LEFT, bottom, right, bottom, "axis"), ...steps(last, bottom + 18, x), text(right, bottom + 34, "steps"));
  lifted.forEach((values, i) => {
    const line = values.map((v, k) => `${x(k).toFixed(1)} ${y(Number.isNaN(v) ? Infinity : v).toFixed(1)}`).join("L");
    nodes.push(drawn("path", { d: `M${line}`, fill: "none", stroke: runs[i].color, "stroke-width": 2, "stroke-dasharray": runs[i].dash, "stroke-linejoin": "round" }));
  });
  nodes.push(rule(x(time), top - 4, x(time), bottom, "axis"));
  lifted.forEach((values, i) => {
    const k = Math.min(time, values.length - 1);
    nodes.push(drawn("path", { d: runs[i].shape, transform: `translate(${x(k).toFixed(1)} ${y(values[k]).toFixed(1)}) scale(4.5)`, fill: runs[i].color }));
  });
  svg.setAttribute("viewBox", `0 0 ${width} 244`);
  svg.replaceChildren(...nodes);
}

const powerOfTen = (power) => (power >= -2 && power <= 3 ? String(Number((10 ** power).toPrecision(1))) : `1e${power}`.replace("-", "−"));

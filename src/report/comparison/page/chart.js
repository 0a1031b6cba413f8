// Charts: lines with bands over linear or logarithmic axes, with the values under the pointer (or the arrow keys).

const LEFT = 58, RIGHT = 16, TOP = 14, BOTTOM = 44;
let WIDTH = 760, HEIGHT = 430;

// A unit of a chart is a pixel, so that its letters are as large as the others whatever the width.
function fit(room) {
  WIDTH = Math.max(290, Math.min(1120, room - 30));
  HEIGHT = Math.round(Math.max(270, Math.min(460, 0.55 * WIDTH)));
}

const MARKERS = ["circle", "square", "triangle", "diamond", "down", "plus"];
const DASHES = [null, "7 4", "2 3", "8 4 2 4"];
// A look is a colour, a marker and dashes, each as a place in its list.
const colorOf = ([color]) => `var(--c${color})`;
const dashOf = ([, , dash]) => DASHES[dash];

function swatch(look) {
  return make("svg", { width: 22, height: 10, "aria-hidden": "true" },
    make("line", { x1: 0, x2: 22, y1: 5, y2: 5, "stroke-width": 2.4, style: `stroke:${colorOf(look)}`, "stroke-dasharray": dashOf(look) }), marker(look, 11, 5));
}

function marker(look, x, y) {
  const shapes = {
    circle: "M-3.4 0a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0 -6.8 0Z", square: "M-3 -3H3V3H-3Z", triangle: "M0 -4L4 3H-4Z",
    diamond: "M0 -4.4L4 0L0 4.4L-4 0Z", down: "M0 4L4 -3H-4Z", plus: "M-1.3 -4H1.3V-1.3H4V1.3H1.3V4H-1.3V1.3H-4V-1.3H-1.3Z",
  };
  return make("path", { d: shapes[MARKERS[look[1]]], transform: `translate(${x} ${y})`, style: `fill:${colorOf(look)}` });
}

function scaleOf(values, log, [from, to], range) {
  const usable = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  let [low, high] = range ?? [Math.min(...usable), Math.max(...usable)];
  if (!usable.length && !range) [low, high] = log ? [0.1, 1] : [0, 1];
  if (low === high) [low, high] = log ? [low / 2, high * 2] : [low - 0.5, high + 0.5];
  const f = log ? Math.log10 : (v) => v;
  const at = (value) => from + ((f(value) - f(low)) / (f(high) - f(low))) * (to - from);
  const back = (place) => { const v = f(low) + ((place - from) / (to - from)) * (f(high) - f(low)); return log ? 10 ** v : v; };
  return { at, back, low, high, log, ticks: log ? decades(low, high) : steps(low, high) };
}

function decades(low, high) {
  const [from, to] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  if (to <= from) return [low, high];
  const every = Math.max(1, Math.ceil((to - from + 1) / (WIDTH < 500 ? 5 : 8)));
  return Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((e) => e % every === 0).map((e) => 10 ** e);
}

function steps(low, high) {
  const rough = (high - low) / (WIDTH < 500 ? 4 : 6), power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

// lines: [{ name, look, x, y, low, high, stairs }]; axes: { x, y } with { label, log, range }.
function chart(lines, axes, { title, mark, hint } = {}) {
  const inside = (line) => line.x.map((x, i) => ({ x, y: line.y[i], low: line.low?.[i] ?? line.y[i], high: line.high?.[i] ?? line.y[i] }));
  const all = lines.flatMap((line) => line.x.map((x, i) => [x, line.y[i]]).filter(([x, y]) => Number.isFinite(y) && (!axes.x.log || x > 0)));
  const x = scaleOf(all.map((p) => p[0]), axes.x.log, [LEFT, WIDTH - RIGHT], axes.x.range);
  const y = scaleOf([...all.map((p) => p[1]), ...(mark ? [mark.at] : [])], axes.y.log, [HEIGHT - BOTTOM, TOP], axes.y.range);
  const drawable = (value, axis) => Number.isFinite(value) && (!axis.log || value > 0);
  const clip = `clip${Math.random().toString(36).slice(2)}`;
  const plot = make("g", { "clip-path": `url(#${clip})` });
  for (const line of lines) {
    const points = inside(line);
    const edge = points.filter((p) => drawable(p.x, x) && drawable(p.low, y) && drawable(p.high, y));
    if (line.low && edge.length > 1 && edge.some((p) => p.low < p.high)) {
      const path = [...edge.map((p) => [p.x, p.high]), ...edge.reverse().map((p) => [p.x, p.low])].map(([a, b]) => `${x.at(a).toFixed(1)} ${y.at(b).toFixed(1)}`);
      plot.append(make("path", { class: "band", d: `M${path.join("L")}Z`, style: `fill:${colorOf(line.look)}` }));
    }
  }
  if (mark && drawable(mark.at, y)) {
    plot.append(make("line", { class: "mark", x1: LEFT, x2: WIDTH - RIGHT, y1: y.at(mark.at), y2: y.at(mark.at) }),
      make("text", { x: WIDTH - RIGHT - 4, y: y.at(mark.at) - 4, "text-anchor": "end" }, mark.label));
  }
  for (const line of lines) {
    let pen = "M", path = "", before = null;
    const seen = [];
    for (const p of inside(line)) {
      if (!drawable(p.x, x) || !drawable(p.y, y)) { pen = "M"; before = null; continue; }
      const at = [x.at(p.x).toFixed(1), y.at(p.y).toFixed(1)];
      path += line.stairs && before ? `L${at[0]} ${before[1]}L${at.join(" ")}` : `${pen}${at.join(" ")}`;
      [pen, before] = ["L", at];
      seen.push(at);
    }
    plot.append(make("path", { class: "line", d: path, style: `stroke:${colorOf(line.look)}`, "stroke-dasharray": dashOf(line.look), "data-line": line.name }));
    const every = Math.max(1, Math.ceil(seen.length / 5));
    seen.filter((_, i) => (i + line.look[0]) % every === 0).forEach(([a, b]) => plot.append(marker(line.look, a, b)));
  }
  const frame = make("g", {}, x.ticks.map((t) => [make("line", { class: "grid", x1: x.at(t), x2: x.at(t), y1: TOP, y2: HEIGHT - BOTTOM }), make("text", { x: x.at(t), y: HEIGHT - BOTTOM + 16, "text-anchor": "middle" }, plain(t))]),
    y.ticks.map((t) => [make("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y.at(t), y2: y.at(t) }), make("text", { x: LEFT - 6, y: y.at(t) + 4, "text-anchor": "end" }, plain(t))]),
    make("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM }), make("line", { class: "axis", x1: LEFT, x2: LEFT, y1: TOP, y2: HEIGHT - BOTTOM }),
    make("text", { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 8, "text-anchor": "middle" }, axes.x.label));
  const cursor = make("line", { class: "cursor", y1: TOP, y2: HEIGHT - BOTTOM, visibility: "hidden" });
  const tip = make("div", { class: "tip", hidden: true, role: "status" });
  const svg = make("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, tabindex: "0", role: "img", "aria-label": `${title}: ${axes.y.label} over ${axes.x.label}; arrow keys read the values` },
    make("clipPath", { id: clip }, make("rect", { x: LEFT - 5, y: TOP - 5, width: WIDTH - LEFT - RIGHT + 10, height: HEIGHT - TOP - BOTTOM + 10 })), frame, plot, cursor);
  const box = make("div", { class: "chart" }, svg, tip);
  readable(svg, tip, cursor, lines, x, axes);
  const label = axes.y.label + (axes.y.better ? ` · ${axes.y.better === "lower" ? "↓" : "↑"} ${axes.y.better} is better` : "");
  return make("div", { class: "card" }, make("h2", {}, title), make("p", { class: "caption" }, label), box, hint ? make("p", { class: "caption" }, hint) : null);
}

// The value of a line at a place, as it is drawn: between points the nearest one to the left, or its own.
function valueAt(line, place) {
  let last = -1;
  for (let i = 0; i < line.x.length && line.x[i] <= place * (1 + 1e-12); i++) last = i;
  return last < 0 ? NaN : line.y[last];
}

function readable(svg, tip, cursor, lines, x, axes) {
  const places = [...new Set(lines.flatMap((line) => line.x))].filter((v) => v >= x.low && v <= x.high).sort((a, b) => a - b);
  let now = -1;
  const hide = () => { tip.hidden = true; cursor.setAttribute("visibility", "hidden"); };
  const read = (index) => {
    if (!places.length) return;
    now = Math.max(0, Math.min(places.length - 1, index));
    const place = places[now], at = x.at(place);
    cursor.setAttribute("x1", at), cursor.setAttribute("x2", at), cursor.setAttribute("visibility", "visible");
    const values = lines.map((line) => ({ line, value: valueAt(line, place) })).filter((v) => !Number.isNaN(v.value));
    values.sort((a, b) => (axes.y.better === "higher" ? b.value - a.value : a.value - b.value) || 0);
    tip.replaceChildren(make("div", {}, `${axes.x.label}: `, make("b", {}, plain(place))), ...values.slice(0, 12).map((v) => make("div", {}, swatch(v.line.look), v.line.name, make("b", {}, plain(v.value)))));
    tip.hidden = false;
    const right = at > (LEFT + WIDTH) / 2;
    tip.style.left = right ? "auto" : `calc(${(100 * at) / WIDTH}% + 10px)`;
    tip.style.right = right ? `calc(${100 - (100 * at) / WIDTH}% + 10px)` : "auto";
  };
  const nearest = (event) => {
    const box = svg.getBoundingClientRect();
    const wanted = ((event.clientX - box.left) / box.width) * WIDTH;
    let best = 0;
    places.forEach((place, i) => { if (Math.abs(x.at(place) - wanted) < Math.abs(x.at(places[best]) - wanted)) best = i; });
    read(best);
  };
  svg.addEventListener("pointermove", nearest);
  svg.addEventListener("pointerdown", nearest);
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("blur", hide);
  svg.addEventListener("keydown", (event) => {
    const to = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: places.length - 1 }[event.key];
    if (to !== undefined) { event.preventDefault(); read(to); }
    if (event.key === "Escape") hide();
  });
}

// Horizontal bars with whiskers: [{ name, value, low, high }].
function bars(list, { title, label, caption, max }) {
  const longest = Math.max(0, ...list.map((b) => b.name.length));
  const row = 26, left = Math.min(0.4 * WIDTH, 14 + 7 * longest), width = WIDTH, height = list.length * row + 34;
  const x = scaleOf([0, ...list.flatMap((b) => [b.value, b.low, b.high])], false, [left, width - 50], [Math.min(0, ...list.map((b) => b.low)), max ?? Math.max(...list.map((b) => b.high))]);
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title },
    x.ticks.map((t) => [make("line", { class: "grid", x1: x.at(t), x2: x.at(t), y1: 4, y2: height - 26 }), make("text", { x: x.at(t), y: height - 10, "text-anchor": "middle" }, plain(t))]),
    list.map((b, i) => {
      const y = 4 + i * row, middle = y + row / 2, [from, to] = [x.at(0), x.at(b.value)];
      return make("g", {}, make("text", { x: left - 8, y: middle + 4, "text-anchor": "end" }, b.name),
        make("rect", { class: "bar", x: Math.min(from, to), y: y + 5, width: Math.abs(to - from), height: row - 10 }),
        make("path", { class: "whisker", d: `M${x.at(b.low)} ${middle}H${x.at(b.high)}M${x.at(b.low)} ${middle - 4}v8M${x.at(b.high)} ${middle - 4}v8` }),
        make("text", { x: x.at(Math.max(b.high, b.value)) + 6, y: middle + 4 }, plain(b.value)));
    }));
  return make("div", { class: "card" }, make("h2", {}, title), make("p", { class: "caption" }, caption), make("div", { class: "chart" }, svg), make("p", { class: "caption" }, label));
}

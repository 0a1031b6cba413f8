// What is shown, kept in the address: the part behind # is all there is to a view, so a link to it shows the same.

const data = JSON.parse(document.getElementById("data").textContent);

const START = { view: "ranks", problem: data.problems.length ? data.problems[0].name : "", x: "evaluations", y: "gap", xs: "", ys: "log", off: "", sort: "", phase: "", find: "", group: "" };

const state = { ...START };

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const key of Object.keys(START)) state[key] = given.has(key) ? given.get(key) : START[key];
  if (!VIEWS.some((view) => view.key === state.view)) state.view = START.view;
  if (!data.problems.some((problem) => problem.name === state.problem)) state.problem = START.problem;
}

function address(changes) {
  const next = { ...state, ...changes };
  const kept = Object.keys(START).filter((key) => next[key] !== START[key]).map((key) => [key, next[key]]);
  return "#" + new URLSearchParams(kept).toString();
}

// Takes over changes, writes them into the address, and shows them. "Back" undoes them one by one, except letters of a search,
// the order of a table, and optimizers that are switched on and off.
function change(changes) {
  const step = Object.keys(changes).some((key) => !["find", "sort", "off"].includes(key));
  const to = address(changes);
  Object.assign(state, changes);
  history[step ? "pushState" : "replaceState"](null, "", to);
  show();
}

// Names may hold commas, so they stand in the list encoded; what is not so encoded names nothing.
function hidden() {
  try {
    return new Set(state.off ? state.off.split(",").map(decodeURIComponent) : []);
  } catch {
    return new Set();
  }
}
const isShown = (name) => !hidden().has(name);
const problemOf = (name) => data.problems.find((problem) => problem.name === name);

function toggle(name) {
  const off = hidden();
  if (!off.delete(name)) off.add(name);
  change({ off: [...off].map(encodeURIComponent).join(",") });
}

// Elements: text is always set as text, so whatever a name contains is shown and never run.
function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "line", "path", "text", "rect", "circle", "g", "clipPath"].includes(tag);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null));
  return element;
}

const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
const raised = (exponent) => [...String(exponent)].map((c) => SUPERSCRIPT[c]).join("");

// A number in at most four significant digits.
function plain(value) {
  if (value == null) return "–";
  if (value === "inf" || value === Infinity) return "∞";
  if (value === "-inf" || value === -Infinity) return "−∞";
  if (value === 0) return "0";
  const [lead, exponent] = value.toExponential(3).split("e");
  if (exponent < -4 || exponent > 5) {
    const short = lead.replace(/\.?0+$/, "").replace("-", "−");
    return (short === "1" ? "" : short + "×") + "10" + raised(Number(exponent));
  }
  const text = Number(value.toPrecision(4)).toString().replace("-", "−");
  return Math.abs(value) >= 10000 ? text.replace(/\B(?=(\d{3})+$)/g, ",") : text;
}
const asNumber = (value) => (value === "inf" ? Infinity : value === "-inf" ? -Infinity : value == null ? NaN : value);

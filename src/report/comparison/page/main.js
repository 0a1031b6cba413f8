// The views, and the controls that each has.

const VIEWS = [
  { key: "ranks", title: "Ranks", controls: ["find"], show: ranks },
  { key: "winners", title: "Who wins where", controls: ["group", "find"], show: winners },
  { key: "curves", title: "Curves", controls: ["problem", "x", "y", "xs", "ys"], show: curves },
  { key: "sensitivity", title: "Learning rates", controls: ["problem"], show: sensitivity },
  { key: "profiles", title: "Profiles", controls: ["x"], show: profiles },
  { key: "tuning", title: "Tuning", controls: ["group", "find"], show: tuning },
  { key: "runs", title: "All runs", controls: ["group", "phase", "find"], show: runs },
];

const AXES = { iterations: "iterations", evaluations: "gradient evaluations", seconds: "seconds" };
const shownOptimizers = () => data.optimizers.map((o, place) => ({ ...o, place })).filter((o) => isShown(o.name));

function ranks() {
  const list = filtered("ranks").map((row) => ({ name: row.optimizer, value: asNumber(row.mean_rank), low: asNumber(row.low), high: asNumber(row.high) }));
  const picture = list.length ? bars(list, { title: "Mean rank over all problems", caption: "↓ lower is better; whiskers: 95 % bootstrap interval over problems", label: "mean rank", max: data.optimizers.length }) : null;
  const pairs = rows("pairwise").length;
  return [picture, tableOf("ranks"), tableOf("ranks_by_area"), tooFew("problem", data.problems.length, [pairs, pairs], "pairs", ""), tableOf("pairwise")];
}

function winners() {
  return [tooFew("seed", data.seeds, comparisons(), "comparisons on a problem", "gradus compare --seeds "), tableOf("winners"), tableOf("verdicts")];
}

// The number of pairs from which a test that is corrected for so many comparisons can give a verdict: 2^(1−n) is the smallest
// probability of n pairs.
const enough = (comparisons) => 1 + Math.ceil(Math.log2(comparisons / data.level) - 1e-9);

// The least and the most comparisons with the best on a problem.
function comparisons() {
  const counts = data.problems.map((p) => rows("verdicts").filter((row) => row.problem === p.name).length - 1).filter((n) => n > 0);
  return [Math.min(...counts), Math.max(...counts)];
}

// Why a comparison that is too small tells nothing apart, as a card; null if it can tell something.
function tooFew(what, count, [least, most], named, command) {
  const smallest = 2 ** (1 - count), needed = enough(most);
  if (!(least >= 1 && most < Infinity) || count >= enough(least)) return null;
  const several = (n) => `${n} ${what}${n === 1 ? "" : "s"}`, level = plain(data.level);
  const chance = `The test asks how likely such differences are if chance alone decides which of two optimizers is ahead. With ${several(count)}, chance has ${plain(2 ** count)} ways to decide, so even an optimizer that is ahead with every ${what} gets a probability of 2/${plain(2 ** count)} = ${plain(smallest)}.`;
  const verdict = smallest > data.level ? `That is more than the level ${level}` : `After the correction for ${least} ${named}, that becomes ${plain(Math.min(1, least * smallest))}, more than the level ${level}`;
  const remedy = `Two optimizers alone need at least ${several(enough(1))}; with ${most} ${named}, it takes ${needed}`;
  return make("div", { class: "card note", id: `too-few-${what}s`, role: "note" }, make("h2", {}, `Why ${several(count)} tell nothing apart`),
    make("p", {}, `${chance} ${verdict}, so every verdict is “cannot tell apart”. That does not mean that the optimizers are equally good: this comparison is too small to show it.`),
    make("p", {}, remedy, command ? [": ", make("code", {}, command + needed)] : null, "."));
}

function curves() {
  const problem = problemOf(state.problem);
  if (!problem) return [];
  const found = data.curves[state.problem] ?? {};
  const accuracy = state.y === "accuracy";
  const lines = shownOptimizers().filter((o) => found[o.name]?.[state.x]).map((o) => {
    const at = found[o.name][state.x];
    const band = accuracy ? {} : { low: at[1].map(asNumber), high: at[3].map(asNumber) };
    return { name: o.name, look: o.look, x: at[0].map(asNumber), y: (accuracy ? at[4] : at[2]).map(asNumber), ...band };
  });
  const log = { x: state.xs ? state.xs === "log" : state.x === "seconds" || !problem.stochastic, y: !accuracy && state.ys === "log" };
  const unit = state.x === "evaluations" && problem.sum ? "passes over the data" : AXES[state.x];
  const axes = { x: { label: unit, log: log.x }, y: accuracy ? { label: "test accuracy", better: "higher" } : { label: "relative gap (f − f*) / (f(x₀) − f*)", log: log.y, better: "lower" } };
  const known = problem.f_star == null ? "f* is not known" : `f* = ${plain(problem.f_star)}`;
  const hint = `${data.seeds} seeds at the best setting: median and quartile band. ${known} (${problem.certificate}); target ${plain(problem.target)}; budget ${plain(problem.budget)}; ${problem.dim} parameters.${state.x === "seconds" ? " Seconds are the medians over the seeds, beside other runs; the table has their quartiles." : ""}${apart(found)}${leftOut(found)}`;
  const picture = chart(lines, axes, { title: problem.title, hint, mark: accuracy ? null : { at: problem.target_gap, label: "target" } });
  return [picture, tableOf(state.x === "seconds" ? "outcomes_seconds" : "outcomes", { only: (row) => row.problem === state.problem, without: ["problem"] })];
}

// Whose seconds are not drawn, since they come from another machine.
function apart(found) {
  const out = shownOptimizers().filter((o) => found[o.name] && !found[o.name][state.x]);
  if (data.archive) return out.length ? " Curves over seconds are those of the runs made here: the archive keeps none." : "";
  return out.length ? ` Seconds are compared on one machine alone; on another one ran: ${out.map((o) => o.name).join(", ")}.` : "";
}

// Who was not run on a problem, and what each would need.
function leftOut(found) {
  const isMissing = (o) => (data.missing ?? []).some(([problem, name]) => problem === state.problem && name === o.name);
  const out = shownOptimizers().filter((o) => !found[o.name] && o.needs && !isMissing(o));
  return out.length ? ` Not here: ${out.map((o) => `${o.name} (it needs ${o.needs})`).join("; ")}.` : "";
}

function sensitivity() {
  const problem = problemOf(state.problem);
  if (!problem) return [];
  const floor = problem.f_star ?? 0;
  const gap = (loss) => Math.max((asNumber(loss) - floor) / (problem.f_start - floor), 1e-16);
  const lines = shownOptimizers().map((o) => {
    const list = rows("sensitivity").filter((row) => row.problem === state.problem && row.optimizer === o.name);
    return { name: o.name, look: o.look, x: list.map((row) => row.lr), y: list.map((row) => gap(row.best_loss)) };
  }).filter((line) => line.x.length);
  const axes = { x: { label: "learning rate", log: true }, y: { label: "relative gap at the end of the best trial", log: true, better: "lower" } };
  const hint = "A wide valley is worth as much as a deep one. Where a line is missing, the trials diverged.";
  return [chart(lines, axes, { title: problem.title, hint, mark: { at: problem.target_gap, label: "target" } }), tableOf("sensitivity", { only: (row) => row.problem === state.problem, without: ["problem"] })];
}

function profiles() {
  const { instances, ratios } = data.profiles[state.x];
  const lines = shownOptimizers().map((o) => {
    const list = ratios[o.place].map(asNumber).filter((r) => r <= 100);
    const places = [...new Set([1, ...list, 100])].sort((a, b) => a - b);
    return { name: o.name, look: o.look, stairs: true, x: places, y: places.map((p) => list.filter((r) => r <= p).length / Math.max(1, instances)) };
  });
  const axes = { x: { label: `τ: ${AXES[state.x]} over the least of all`, log: true, range: [1, 100] }, y: { label: "share of problems and seeds solved", range: [0, 1.02], better: "higher" } };
  const several = state.x === "seconds" && data.machines ? " Only problems that ran on one machine count here, since seconds are compared only within one." : "";
  const hint = `Left end: how often it is the best. Right end: how much it solves at all.${several}`;
  return [chart(lines, axes, { title: `Performance profiles over ${AXES[state.x]}`, hint }), tableOf(state.x === "seconds" ? "profiles_seconds" : "profiles", { only: (row) => row.axis === state.x, without: ["axis"] })];
}

function tuning() {
  return [tableOf("tuning")];
}

function runs() {
  return [tableOf("runs")];
}

function choice(key, label, options) {
  const select = make("select", { id: `choose-${key}`, onchange: (event) => change({ [key]: event.target.value }) }, options.map(([value, text]) => make("option", { value, selected: value === state[key] }, text)));
  return make("label", {}, label, select);
}

const CONTROLS = {
  problem: () => choice("problem", "problem", data.problems.map((p) => [p.name, p.name])),
  group: () => choice("group", "problems", [["", "all kinds"], ...[...new Set(data.problems.map((p) => p.group))].map((g) => [g, g])]),
  phase: () => choice("phase", "phase", [["", "all"], ["tuning", "tuning"], ["defaults", "defaults"], ["best", "best"]]),
  x: () => choice("x", "over", Object.entries(AXES)),
  y: () => choice("y", "show", [["gap", "gap"], ["accuracy", "test accuracy"]]),
  xs: () => choice("xs", "across", [["", "as fits"], ["log", "log"], ["linear", "linear"]]),
  ys: () => choice("ys", "up", [["log", "log"], ["linear", "linear"]]),
  find: () => make("label", {}, "find", make("input", { type: "search", id: "find", value: state.find, size: 14, oninput: (event) => { change({ find: event.target.value }); } })),
};

const FEW = 6;

// The best few on the problem that is shown, else over all problems; momentum, Adam and the reader's own wherever they stand.
function best() {
  const one = ["curves", "sensitivity"].includes(state.view);
  const order = rows(one ? "outcomes" : "ranks").filter((row) => !one || row.problem === state.problem).map((row) => row.optimizer);
  return order.filter((name, place) => place < FEW || ["momentum", "adam"].includes(name) || isOwn(name));
}

function chips() {
  const chip = (o) => make("label", {}, make("input", { type: "checkbox", checked: isShown(o.name), "data-optimizer": o.name, onchange: () => toggle(o.name) }), swatch(o.look), o.name);
  const only = (names) => change({ off: data.optimizers.map((o) => o.name).filter((name) => !names.includes(name)).map(encodeURIComponent).join(",") });
  const button = (id, text, names) => make("button", { type: "button", class: "quiet", id, onclick: () => only(names) }, text);
  const buttons = [button("all", "all", data.optimizers.map((o) => o.name)), button("best", `the ${FEW} best`, best())];
  return make("fieldset", { class: "chips" }, make("legend", { class: "sr" }, "optimizers"), data.optimizers.map(chip), buttons);
}

// What has the focus keeps it while everything is drawn anew.
function keepingFocus(draw) {
  const active = document.activeElement;
  const selector = active?.id ? `#${CSS.escape(active.id)}` : active?.dataset?.optimizer !== undefined ? `[data-optimizer="${CSS.escape(active.dataset.optimizer)}"]` : null;
  const place = active?.selectionStart;
  draw();
  const again = selector && document.querySelector(selector);
  if (!again) return;
  again.focus();
  if (place != null && again.setSelectionRange) again.setSelectionRange(place, place);
}

function show() {
  const view = VIEWS.find((v) => v.key === state.view);
  fit(document.getElementById("shown").clientWidth);
  keepingFocus(() => {
    const tab = (v) => make("button", { type: "button", id: `view-${v.key}`, "aria-current": v.key === view.key ? "page" : null, onclick: () => change({ view: v.key, sort: "" }) }, v.title);
    document.getElementById("views").replaceChildren(...VIEWS.map(tab));
    document.getElementById("controls").replaceChildren(make("div", { class: "fields" }, view.controls.map((key) => CONTROLS[key]())), chips());
    document.getElementById("shown").replaceChildren(...view.show().filter(Boolean));
  });
}

function theme(given) {
  document.documentElement.dataset.theme = given;
}

document.getElementById("about").textContent = `${data.optimizers.length} optimizers on ${data.problems.length} problems: ${data.trials} trials of tuning for each, then ${data.seeds} seeds at the best setting. ${data.tables.runs.rows} runs.`;
if (tooFew("seed", data.seeds, comparisons(), "", "")) document.getElementById("about").append(" ", make("a", { href: address({ view: "winners", sort: "" }) }, `Why ${data.seeds} seed${data.seeds === 1 ? "" : "s"} tell nothing apart`), ".");
document.getElementById("theme").addEventListener("click", () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
theme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
addEventListener("hashchange", () => { readAddress(); show(); });
let width = innerWidth;
addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; show(); } });
readAddress();
show();
document.documentElement.dataset.ready = "";

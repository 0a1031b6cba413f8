// Tables: sorted by a click on a heading, filtered by the controls, at most so many rows at once.

const ROWS = 100;

// A table of the data as rows of plain values; columns of few different words are stored by number.
function rowsOf(name) {
  const table = data.tables[name];
  const value = (column, row) => (column.words ? column.words[column.values[row]] : column.values[row]);
  return Array.from({ length: table.rows }, (_, row) => Object.fromEntries(table.columns.map((column) => [column.name, value(column, row)])));
}

const cached = {};
const rows = (name) => (cached[name] ??= rowsOf(name));
const isText = (name, column) => data.tables[name].columns.find((c) => c.name === column)?.text;

// Rows of optimizers that are switched off, of other groups and phases, or without the words sought, are left out.
function filtered(name) {
  const off = hidden();
  const words = state.find.toLowerCase().split(/\s+/).filter(Boolean);
  const group = (row) => problemOf(row.problem)?.group;
  return rows(name).filter((row) =>
    !off.has(row.optimizer) && !off.has(row.other) &&
    (!state.group || !("problem" in row) || group(row) === state.group) &&
    (!state.phase || !("phase" in row) || row.phase === state.phase) &&
    words.every((word) => Object.values(row).some((value) => String(value).toLowerCase().includes(word))));
}

function sorted(name, list) {
  const [column, direction] = state.sort.split(":");
  if (!column || !data.tables[name].columns.some((c) => c.name === column)) return list;
  const sign = direction === "down" ? -1 : 1;
  const compare = (a, b) => {
    if (isText(name, column)) return sign * String(a[column]).localeCompare(String(b[column]), "en", { numeric: true });
    const [x, y] = [asNumber(a[column]), asNumber(b[column])];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y); // what does not apply comes last
    return x === y ? 0 : sign * (x < y ? -1 : 1);
  };
  return [...list].sort(compare);
}

const VERDICTS = { best: "good", better: "good", worse: "bad" };

function cell(name, column, row) {
  const value = row[column.name];
  if (!column.text) return make("td", { class: "number" }, plain(value));
  if (column.name === "verdict") return make("td", {}, make("span", { class: `badge ${VERDICTS[value] ?? ""}` }, value));
  if (column.name === "problem") return make("td", { class: "name" }, make("a", { href: address({ view: "curves", problem: value, sort: "", find: "" }) }, value));
  const named = ["optimizer", "other", "best"].includes(column.name);
  return make("td", { class: named ? "name" : String(value).length > 40 ? "long" : "" }, String(value));
}

const isOwn = (name) => data.optimizers.some((optimizer) => optimizer.name === name && optimizer.own);

function tableOf(name, { only = () => true, limit = ROWS, without = [] } = {}) {
  const table = data.tables[name];
  const columns = table.columns.filter((column) => !without.includes(column.name));
  const list = sorted(name, filtered(name).filter(only));
  const [by, direction] = state.sort.split(":");
  const heading = (column) => {
    const now = column.name === by ? (direction === "down" ? "descending" : "ascending") : "none";
    const next = now === "ascending" ? "down" : "up";
    return make("th", { scope: "col", "aria-sort": now, class: column.text ? "" : "number" },
      make("button", { type: "button", "data-sort": column.name, onclick: () => { change({ sort: `${column.name}:${next}` }); document.querySelector(`[data-table="${name}"] [data-sort="${column.name}"]`)?.focus(); } }, column.name.replaceAll("_", " ")));
  };
  const line = (row) => make("tr", { class: isOwn(row.optimizer) ? "own" : "" }, columns.map((column) => cell(name, column, row)));
  const body = make("tbody", {}, list.slice(0, limit).map(line));
  const card = make("div", { class: "card", "data-table": name },
    make("p", { class: "caption" }, table.caption),
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `table ${name}` }, make("table", {}, make("thead", {}, make("tr", {}, columns.map(heading))), body)));
  if (list.length === 0) card.append(make("p", { class: "empty" }, "Nothing is left: switch an optimizer on, or clear the filters."));
  if (list.length > limit) {
    const more = make("button", { type: "button", onclick: () => { body.append(...list.slice(body.rows.length, body.rows.length + 500).map(line)); left(); } });
    const left = () => { const rest = list.length - body.rows.length; more.textContent = `${rest} more rows`; more.hidden = rest <= 0; };
    left();
    card.append(more);
  }
  return card;
}

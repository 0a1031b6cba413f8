// The table of points with their scores and losses, linked with the plane.
import { byId, element, numberField } from "./controls.js";
import { cellText, shown, typed } from "./numbers.js";

/** The table. `on` is told of what is edited, as by the plane. */
export class PointsTable {
  constructor(on) {
    this.on = on;
    this.body = byId("points").tBodies[0];
    this.scroll = byId("table-scroll");
    this.rows = [];
    this.scroll.addEventListener("scroll", () => this.#fill());
  }

  /** As many rows as points, with coordinates and classes. */
  place(points) {
    while (this.rows.length > points.length) this.rows.pop().row.remove();
    while (this.rows.length < points.length) this.rows.push(this.#newRow(this.rows.length, points));
    points.forEach((p, i) => this.placeOne(p, i));
    this.points = points;
  }

  /** One point's coordinates and class. */
  placeOne(point, i) {
    const { row, fields, kind } = this.rows[i];
    for (const [axis, field] of Object.entries(fields)) if (document.activeElement !== field) field.value = typed(point[axis], 4);
    kind.value = point.c;
    row.dataset.class = point.c;
  }

  /** Scores and losses: four numbers a point, from `offset` on. Only the rows in sight are written. */
  judge(numbers, offset) {
    [this.numbers, this.offset] = [numbers, offset];
    this.#fill();
  }

  #fill() {
    if (!this.numbers || !this.rows.length) return;
    const height = this.rows[0].row.offsetHeight || 31;
    const first = Math.max(0, Math.floor(this.scroll.scrollTop / height) - 2);
    const last = Math.min(this.rows.length, first + Math.ceil(this.scroll.clientHeight / height) + 4);
    let long = false;
    for (let i = first; i < last; i++) {
      const { cells, row } = this.rows[i];
      const [s0, s1, s2, loss] = this.numbers.subarray(this.offset + 4 * i, this.offset + 4 * i + 4);
      const top = Math.max(s0, s1, s2);
      [s0, s1, s2].forEach((s, c) => {
        cells[c].textContent = cellText(s).replaceAll("-", "−");
        cells[c].className = s === top ? "top" : "";
      });
      cells[3].textContent = loss < 100 ? shown(loss, 3) : cellText(loss);
      row.dataset.index = i;
      long ||= cells.some(({ textContent }) => textContent.length > 5 || /\d{4}/.test(textContent));
    }
    // Long numbers are written smaller, so that no column leaves the card.
    this.body.parentElement.classList.toggle("long", long);
  }

  /** Shows which point is looked at (−1: none). */
  link(i, reveal) {
    this.rows.forEach(({ row }, at) => row.classList.toggle("linked", at === i));
    if (reveal && i >= 0) {
      const { row } = this.rows[i];
      const [top, bottom] = [row.offsetTop - 30, row.offsetTop + row.offsetHeight];
      if (top < this.scroll.scrollTop) this.scroll.scrollTop = top;
      else if (bottom > this.scroll.scrollTop + this.scroll.clientHeight) this.scroll.scrollTop = bottom - this.scroll.clientHeight;
    }
  }

  #newRow(i) {
    const field = (axis) => {
      const made = element("input", { inputmode: "decimal", autocomplete: "off", "aria-label": `${axis} of point ${i + 1}` });
      const read = () => typed(this.points[i][axis], 4);
      numberField(made, read, (value) => this.on.typedPoint(i, axis, value), this.on.said);
      return made;
    };
    const fields = { x: field("x"), y: field("y") };
    const kind = element("select", { "aria-label": `class of point ${i + 1}` });
    for (const c of [0, 1, 2]) kind.append(element("option", { value: c }, String(c)));
    kind.addEventListener("change", () => this.on.recoloured(i, Number(kind.value)));
    const remove = element("button", { "aria-label": `remove point ${i + 1}`, title: "Remove" }, "×");
    remove.addEventListener("click", () => this.on.removed(i));
    const cells = [0, 1, 2, 3].map(() => element("td"));
    const row = element("tr", {}, element("td", {}, fields.x), element("td", {}, fields.y), element("td", {}, kind), ...cells, element("td", {}, remove));
    row.addEventListener("pointerenter", () => this.on.linked(i, true));
    row.addEventListener("pointerleave", () => this.on.linked(-1, true));
    row.addEventListener("focusin", () => this.on.linked(i, true));
    row.addEventListener("focusout", () => this.on.linked(-1, true));
    this.body.append(row);
    return { row, fields, kind, cells };
  }
}

// Prepares the book for paper. Runs before it is printed; the page on the screen is as wide as the text on paper.

// Shrinks what is wider than the page, since paper does not scroll: tables, outputs, formulas.
for (const box of document.querySelectorAll(".scroll, pre, .formula")) {
  const wide = box.matches("pre") ? box : box.querySelector(":scope > :is(table, math)") ?? box.firstElementChild;
  if (!wide || box.querySelector(".panels, figure") || box.closest("figure")) continue;
  const room = box.clientWidth, needed = box.scrollWidth;
  if (needed > room + 1) wide.style.zoom = Math.max(room / needed - .005, .45);
}

// Marks cells that would leave much of a page empty if they had to stay in one piece.
const LONG = 0.45 * 255 / 25.4 * 96;
for (const cell of document.querySelectorAll(".cell")) if (cell.offsetHeight > LONG) cell.classList.add("long");

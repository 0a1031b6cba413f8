// Shrinks what is wider than the page, since paper does not scroll: tables, outputs, formulas. Runs before the book is printed; the
// page on the screen is as wide as the text on paper.
for (const box of document.querySelectorAll(".scroll, pre, .formula")) {
  const wide = box.matches("pre") ? box : box.firstElementChild;
  if (!wide || box.querySelector(".panels, figure") || box.closest("figure")) continue;
  const room = box.clientWidth, needed = box.scrollWidth;
  if (needed > room + 1) wide.style.zoom = Math.max(room / needed - .005, .45);
}

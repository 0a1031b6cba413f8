// Colours, shapes and dashes, as in the library's charts (src/figure/look.rs), in the same order.

/** The shapes, as paths around the origin with a radius of about 1. */
export const SHAPES = [
  "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z",
  "M-.88-.88H.88V.88H-.88Z",
  "M0-1.15L1.05.75H-1.05Z",
  "M0-1.2L1.2 0L0 1.2L-1.2 0Z",
  "M0 1.15L1.05-.75H-1.05Z",
  "M-.35-1.1H.35V-.35H1.1V.35H.35V1.1H-.35V.35H-1.1V-.35H-.35Z",
];
/** What people call the first three. */
export const SHAPE_NAMES = ["circle", "square", "triangle"];

/** How lines are broken. */
export const DASHES = ["none", "7 4", "2 4", "8 4 2 4", "15 4", "8 4 2 4 2 4"];

/** The colour at a place, for a style. */
export const color = (place) => `var(--c${place})`;

/** The same as red, green and blue, for a canvas. */
export function rgb(name) {
  const text = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  return [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));
}

/** Whether the page is dark now. */
export const isDark = () => document.documentElement.dataset.theme === "dark";

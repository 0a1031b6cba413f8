// Colours and shapes, as in the library's charts: Okabe–Ito without black and yellow, and a shape for each as well.

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

/** The colour at a place in the cycle, for a style. */
export const color = (place) => `var(--c${place % 7})`;

/** The same as red, green and blue, for a canvas. */
export function rgb(name) {
  const text = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  return [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));
}

/** Whether the page is dark now. */
export const isDark = () => document.documentElement.dataset.theme === "dark";

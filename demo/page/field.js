// The surface under the race: shades and level lines, drawn once for each surface.
import { isDark, rgb } from "./look.js";

const BANDS = 14;

/** Values on a grid become heights from 0 to 1, so that bands are about evenly filled: by rank, softened. */
function heights(values) {
  const sorted = Float64Array.from(values).sort();
  const quantiles = Array.from({ length: 65 }, (_, i) => sorted[Math.round((i / 64) * (sorted.length - 1))]);
  const [low, high] = [quantiles[0], quantiles[64]];
  const span = high - low || 1;
  // Half by rank, half by the root of the height: ranks alone would flatten a plateau's edge, heights alone hide a valley.
  const height = (v) => {
    let [a, b] = [0, 64];
    while (b - a > 1) {
      const middle = (a + b) >> 1;
      if (quantiles[middle] <= v) a = middle;
      else b = middle;
    }
    const within = (v - quantiles[a]) / (quantiles[b] - quantiles[a] || 1);
    return 0.55 * ((a + Math.min(1, Math.max(0, within))) / 64) + 0.45 * Math.sqrt((v - low) / span);
  };
  return Float64Array.from(values, height);
}

/** Paints the surface on a canvas: `values` are `columns` × `rows`, from the lower left corner. */
export function paintField(canvas, values, columns, rows) {
  const size = Math.max(1, Math.round(canvas.clientWidth * Math.min(2, devicePixelRatio)));
  [canvas.width, canvas.height] = [size, size];
  const context = canvas.getContext("2d");
  const image = context.createImageData(size, size);
  const height = heights(values);
  const at = (px, py) => {
    const [gx, gy] = [(px / (size - 1 || 1)) * (columns - 1), (1 - py / (size - 1 || 1)) * (rows - 1)];
    const [i, j] = [Math.min(columns - 2, Math.floor(gx)), Math.min(rows - 2, Math.floor(gy))];
    const [fx, fy] = [gx - i, gy - j];
    const row = j * columns + i;
    return (1 - fy) * ((1 - fx) * height[row] + fx * height[row + 1]) + fy * ((1 - fx) * height[row + columns] + fx * height[row + columns + 1]);
  };
  const [card, accent] = [rgb("--card"), rgb("--c0")];
  // Low is deep, high is pale; in the dark the other way round would glare.
  const deep = card.map((v, i) => v + (accent[i] - v) * (isDark() ? 0.5 : 0.46));
  const line = isDark() ? [255, 255, 255, 0.16] : [20, 40, 70, 0.2];
  let above = new Float64Array(size);
  for (let py = 0; py < size; py++) {
    const here = new Float64Array(size);
    for (let px = 0; px < size; px++) here[px] = at(px, py) * BANDS;
    for (let px = 0; px < size; px++) {
      const [v, left, up] = [here[px], here[Math.max(0, px - 1)], py ? above[px] : here[px]];
      const slope = Math.hypot(v - left, v - up) || 1e-9;
      const distance = Math.abs(v - Math.round(v)) / slope;
      const share = Math.min(1, Math.floor(v) / BANDS + 0.15 * (v / BANDS));
      const ink = Math.max(0, Math.min(1, 1.1 - distance)) * line[3];
      for (let k = 0; k < 3; k++) {
        const shade = deep[k] + (card[k] - deep[k]) * share;
        image.data[4 * (py * size + px) + k] = shade + (line[k] - shade) * ink;
      }
      image.data[4 * (py * size + px) + 3] = 255;
    }
    above = here;
  }
  context.putImageData(image, 0, 0);
}

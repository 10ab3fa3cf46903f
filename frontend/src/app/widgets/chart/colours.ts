/** Colours in the order in which lines take them, each for the light and for the dark theme. */
export const PALETTE: readonly (readonly [string, string])[] = [
  ['#24786e', '#56cebf'],
  ['#854505', '#fa960b'],
  ['#5f76fc', '#4076f5'],
  ['#cb4ab3', '#f14e7b'],
  ['#a88831', '#f1e344'],
  ['#6c20a9', '#b397f9'],
  ['#58081a', '#a834a8'],
  ['#044262', '#407a1a'],
];

/** What tells one line of a chart from all others of it. */
export interface LineStyle {
  /** A CSS colour for both themes. */
  readonly colour: string;
  /** Lengths of strokes and gaps in pixels, none for a line without gaps. */
  readonly dash: readonly number[];
}

const DASHES: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
const GOLDEN_ANGLE = 137.508;
const FIRST_HUE = 20;

/**
 * The style of the line at `place` of a chart. The palette's eight share no hue, are 3:1 against the card and differ for
 * colour-blind people, too; who needs more gets colours that no other line has, and a dash for each round, since so many hues cannot be told apart.
 */
export function lineStyle(place: number): LineStyle {
  const round = Math.floor(place / PALETTE.length);
  const dash = DASHES[round % DASHES.length] ?? [];
  const own = PALETTE[place];
  if (own) return {colour: `light-dark(${own.join(', ')})`, dash};
  const hue = (FIRST_HUE + GOLDEN_ANGLE * (place - PALETTE.length)) % 360;
  const [light, dark] = place % 2 ? [0.42, 0.86] : [0.56, 0.7];
  return {
    colour: `light-dark(oklch(${String(light)} 0.13 ${hue.toFixed(1)}), oklch(${String(dark)} 0.13 ${hue.toFixed(1)}))`,
    dash,
  };
}

/** A series to draw: samples in step order as columns; `min` and `max` differ from `mean` where a sample is a bucket. */
export interface Columns {
  readonly step: ArrayLike<number>;
  readonly min: ArrayLike<number>;
  readonly max: ArrayLike<number>;
  readonly mean: ArrayLike<number>;
  readonly length: number;
}

export interface DrawnPoint {
  readonly x: number;
  readonly y: number;
}

/** What is drawn of a series: the mean per pixel, and the least and greatest value per pixel where they differ. */
export interface Thinned {
  readonly trend: readonly DrawnPoint[];
  /** Empty when every sample is drawn as it is. */
  readonly extremes: readonly DrawnPoint[];
}

interface Column {
  first: number;
  sum: number;
  n: number;
  min: number;
  minAt: number;
  max: number;
  maxAt: number;
}

/**
 * Thin the part of a series from `from` to `to` to at most three points a pixel (`pixels` columns), so that the least
 * and the greatest value of every pixel survive: no spike is lost. One sample beyond either end is kept, for the line
 * to reach the border.
 */
export function thin(columns: Columns, from: number, to: number, pixels: number): Thinned {
  const begin = Math.max(0, rowAt(columns, from) - 1);
  const end = Math.min(columns.length, rowAfter(columns, to) + 1);
  if (end - begin <= pixels) return everySample(columns, begin, end);
  const width = (to - from) / Math.max(1, pixels) || 1;
  const trend: DrawnPoint[] = [];
  const extremes: DrawnPoint[] = [];
  let open: Column | null = null;
  let place = NaN;
  for (let row = begin; row < end; row++) {
    const step = at(columns.step, row);
    const here = Math.floor((step - from) / width);
    if (open === null || here !== place) {
      close(open, trend, extremes);
      open = {first: step, sum: 0, n: 0, min: Infinity, minAt: step, max: -Infinity, maxAt: step};
      place = here;
    }
    take(open, step, at(columns.min, row), at(columns.max, row), at(columns.mean, row));
  }
  close(open, trend, extremes);
  return {trend, extremes};
}

function everySample(columns: Columns, begin: number, end: number): Thinned {
  const trend: DrawnPoint[] = [];
  const extremes: DrawnPoint[] = [];
  for (let row = begin; row < end; row++) {
    const x = at(columns.step, row);
    trend.push({x, y: at(columns.mean, row)});
    const [low, high] = [at(columns.min, row), at(columns.max, row)];
    extremes.push({x, y: low});
    if (low !== high) extremes.push({x, y: high});
  }
  return {trend, extremes: extremes.length > trend.length ? extremes : []};
}

function take(open: Column, step: number, min: number, max: number, mean: number): void {
  if (Number.isNaN(mean)) return;
  open.sum += mean;
  open.n++;
  if (min < open.min) [open.min, open.minAt] = [min, step];
  if (max > open.max) [open.max, open.maxAt] = [max, step];
}

function close(open: Column | null, trend: DrawnPoint[], extremes: DrawnPoint[]): void {
  if (open === null) return;
  if (open.n === 0) {
    trend.push({x: open.first, y: NaN});
    return;
  }
  trend.push({x: (open.minAt + open.maxAt) / 2, y: open.sum / open.n});
  const low = {x: open.minAt, y: open.min};
  const high = {x: open.maxAt, y: open.max};
  extremes.push(...(low.x <= high.x ? [low, high] : [high, low]));
}

/** First row at or after `step`. */
function rowAt(columns: Columns, step: number): number {
  let low = 0;
  let high = columns.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(columns.step, middle) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First row after `step`. */
function rowAfter(columns: Columns, step: number): number {
  let row = rowAt(columns, step);
  while (row < columns.length && at(columns.step, row) <= step) row++;
  return row;
}

function at(column: ArrayLike<number>, row: number): number {
  return column[row] ?? NaN;
}

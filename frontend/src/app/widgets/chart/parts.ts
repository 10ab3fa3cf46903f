import type {DrawnPoint, Thinned} from './thinning';

const LONE_POINT_RADIUS = 3;

/** What is drawn, with a gap before every step of `breaks` (in order), so that no line joins what does not belong together. */
export function parted({trend, extremes}: Thinned, breaks: readonly number[]): Thinned {
  return breaks.length === 0 ? {trend, extremes} : {trend: cut(trend, breaks), extremes: cut(extremes, breaks)};
}

/** The radius of each point: one that stands alone makes no line, so it is a dot. */
export function loneRadii(points: readonly DrawnPoint[]): number[] {
  const drawn = (at: number): boolean => Number.isFinite(points[at]?.y ?? NaN);
  return points.map((_, at) => (drawn(at) && !drawn(at - 1) && !drawn(at + 1) ? LONE_POINT_RADIUS : 0));
}

function cut(points: readonly DrawnPoint[], breaks: readonly number[]): DrawnPoint[] {
  const found: DrawnPoint[] = [];
  let next = 0;
  for (const point of points) {
    let gap: number | undefined;
    while (next < breaks.length && (breaks[next] ?? 0) <= point.x) gap = breaks[next++];
    if (gap !== undefined && found.length > 0) found.push({x: gap, y: NaN});
    found.push(point);
  }
  return found;
}

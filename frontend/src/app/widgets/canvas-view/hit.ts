import type {Shape} from '../../run-data/wire';

type Point = readonly [number, number];

/** Whether a shape lies over the point (x, y) of its world, be it painted or not. */
export function covers(shape: Shape, x: number, y: number): boolean {
  const point = inOwn(shape, x, y);
  const {points = [], w = 0, h = 0, r = 0, width = 0} = shape;
  switch (shape.kind) {
    case 'circle':
      return Math.hypot(...point) <= r;
    case 'rect':
    case 'sprite':
    case 'image':
      return Math.abs(point[0]) <= w / 2 && Math.abs(point[1]) <= h / 2;
    case 'polyline':
      return points.some((to, i) => i > 0 && distance(point, points[i - 1] ?? to, to) <= width / 2);
    case 'polygon':
      return inside(point, points);
    case 'text':
      return false;
  }
}

/** The point as seen from the shape's own place and angle. */
function inOwn({x: left = 0, y: bottom = 0, angle = 0}: Shape, x: number, y: number): Point {
  const [dx, dy] = [x - left, y - bottom];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [dx * cos + dy * sin, dy * cos - dx * sin];
}

/** From a point to the line between two others. */
function distance([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const share = length > 0 ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length)) : 0;
  return Math.hypot(x - ax - share * dx, y - ay - share * dy);
}

/** Whether a ray from the point crosses the outline an odd number of times. */
function inside([x, y]: Point, corners: readonly Point[]): boolean {
  let odd = false;
  corners.forEach(([ax, ay], i) => {
    const [bx, by] = corners[i - 1] ?? corners[corners.length - 1] ?? [ax, ay];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
  });
  return odd;
}

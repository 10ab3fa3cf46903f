import type {Shape, ViewFrame} from '../../run-data/wire';
import {covers} from './hit';

/** How a world lies in a canvas: pixels per world unit, and the pixel of its bottom left corner. */
export interface Fit {
  readonly scale: number;
  readonly left: number;
  readonly bottom: number;
}

/**
 * A place in a world that was pointed at, with the ids of the shapes there, nearest first, and what the shapes right
 * there are about, topmost first.
 */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly ids: readonly string[];
  readonly about: readonly string[];
}

/** As large as it goes, in the middle. */
export function fitted(world: {width: number; height: number}, width: number, height: number): Fit {
  const scale = Math.min(width / world.width, height / world.height);
  return {scale, left: (width - world.width * scale) / 2, bottom: (height + world.height * scale) / 2};
}

/**
 * What lies `reach` or less (world units, beyond a shape's own edge) from a point of a width x height canvas, given in
 * its pixels with y downwards.
 */
export function spotAt(
  frame: ViewFrame,
  size: {width: number; height: number},
  point: {x: number; y: number},
  reach: number,
): Spot {
  const {scale, left, bottom} = fitted(frame, size.width, size.height);
  const x = clamp((point.x - left) / scale, frame.width);
  const y = clamp((bottom - point.y) / scale, frame.height);
  const near = frame.layers
    .flatMap(({shapes}) => shapes)
    .filter((shape): shape is Shape & {id: string} => !!shape.id)
    .map((shape) => ({id: shape.id, away: Math.hypot((shape.x ?? 0) - x, (shape.y ?? 0) - y) - extent(shape)}))
    .filter(({away}) => away <= reach)
    .sort((a, b) => a.away - b.away);
  return {x, y, ids: [...new Set(near.map(({id}) => id))], about: aboutAt(frame, x, y)};
}

function aboutAt(frame: ViewFrame, x: number, y: number): readonly string[] {
  const there = frame.layers
    .flatMap(({shapes}) => shapes)
    .filter((shape): shape is Shape & {about: string} => !!shape.about && covers(shape, x, y))
    .map(({about}) => about);
  return [...new Set(there.reverse())];
}

/** How far a shape reaches from its own place. */
function extent(shape: Shape): number {
  const corners = shape.points?.map(([x, y]) => Math.hypot(x, y)) ?? [];
  return Math.max(shape.r ?? 0, (shape.w ?? 0) / 2, (shape.h ?? 0) / 2, ...corners);
}

function clamp(value: number, end: number): number {
  return Math.min(end, Math.max(0, value));
}

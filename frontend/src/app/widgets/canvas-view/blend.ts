import type {Shape, ViewFrame} from '../../run-data/wire';

/**
 * The picture between two frames: shapes with an id that both have are moved, turned the shorter way round, scaled and
 * faded by `share` (0: earlier, 1: later). Everything else is as in the later frame; nothing moves across episodes.
 */
export function blend(earlier: ViewFrame | null, later: ViewFrame, share: number): ViewFrame {
  if (earlier?.episode !== later.episode || share >= 1) return later;
  const before = byId(earlier);
  const layers = later.layers.map((layer) =>
    layer.still ? layer : {...layer, shapes: layer.shapes.map((shape) => between(before, shape, share))},
  );
  return {...later, layers};
}

function byId(frame: ViewFrame): ReadonlyMap<string, Shape> {
  const found = new Map<string, Shape>();
  for (const layer of frame.layers) {
    if (layer.still) continue;
    for (const shape of layer.shapes) if (shape.id) found.set(shape.id, shape);
  }
  return found;
}

function between(before: ReadonlyMap<string, Shape>, shape: Shape, share: number): Shape {
  const old = shape.id ? before.get(shape.id) : undefined;
  if (old?.kind !== shape.kind) return shape;
  return {
    ...shape,
    x: mix(old.x, shape.x, share),
    y: mix(old.y, shape.y, share),
    r: mix(old.r, shape.r, share),
    w: mix(old.w, shape.w, share),
    h: mix(old.h, shape.h, share),
    alpha: mix(old.alpha ?? 1, shape.alpha ?? 1, share),
    angle: mixAngle(old.angle ?? 0, shape.angle ?? 0, share),
  };
}

function mix(a = 0, b = 0, share: number): number {
  return a + (b - a) * share;
}

function mixAngle(a: number, b: number, share: number): number {
  const turn = (b - a) % (2 * Math.PI);
  const shorter = turn > Math.PI ? turn - 2 * Math.PI : turn < -Math.PI ? turn + 2 * Math.PI : turn;
  return a + shorter * share;
}

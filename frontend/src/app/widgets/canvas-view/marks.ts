import type {Layer, Shape, ViewFrame} from '../../run-data/wire';

/** What is written on a shape, such as the worth of a cell that can be gone to. */
export interface Tag {
  readonly kind: 'tag';
  /** What the shape is about. */
  readonly about: string;
  readonly text: string;
  readonly chosen: boolean;
}

/** Something that a person put into the picture: a ring or a cross at a place, or at a shape that it follows. */
export interface Pin {
  readonly kind: 'ring' | 'cross';
  readonly x: number;
  readonly y: number;
  /** Id of the shape to stay with; the mark goes when that goes. */
  readonly follows?: string;
}

export type Mark = Pin | Tag;

const RADIUS = 26;
const STYLE = {stroke: 'accent-2', width: 2.5} as const;

/** The frame with marks on top, and with texts that have another name in `names` called that. */
export function marked(
  frame: ViewFrame,
  marks: readonly Mark[],
  names: Readonly<Record<string, string>> = {},
): ViewFrame {
  const renamed = Object.keys(names).length > 0 ? frame.layers.map((layer) => rename(layer, names)) : frame.layers;
  if (marks.length === 0) return {...frame, layers: renamed};
  const shapes = marks.flatMap((mark) => draw(mark, frame));
  return {...frame, layers: [...renamed, {name: 'marks', still: false, shapes}]};
}

function rename(layer: Layer, names: Readonly<Record<string, string>>): Layer {
  if (layer.still || !layer.shapes.some(({text}) => text !== undefined && text in names)) return layer;
  const shapes = layer.shapes.map((shape): Shape => {
    const name = shape.kind === 'text' && shape.text !== undefined ? names[shape.text] : undefined;
    return name === undefined ? shape : {...shape, text: name, fill: 'accent-2', size: (shape.size ?? 0) * 1.25};
  });
  return {...layer, shapes};
}

function draw(mark: Mark, frame: ViewFrame): Shape[] {
  if (mark.kind === 'tag') return tagged(mark, frame);
  const target = mark.follows === undefined ? mark : find(frame, mark.follows);
  if (!target) return [];
  const [x, y] = [target.x ?? 0, target.y ?? 0];
  const ring: Shape = {kind: 'circle', x, y, r: RADIUS, ...STYLE};
  if (mark.kind === 'ring') return [ring, {kind: 'circle', x, y, r: 3, fill: STYLE.stroke}];
  const ticks = [0, 1, 2, 3].map((quarter): Shape => {
    const line: readonly [number, number][] = [
      [RADIUS * 0.7, 0],
      [RADIUS * 1.4, 0],
    ];
    return {kind: 'polyline', x, y, angle: (quarter * Math.PI) / 2, points: line, ...STYLE};
  });
  return [ring, ...ticks];
}

/** Plain enough to see what lies below; the one that is chosen has a frame as well. */
function tagged({about, text, chosen}: Tag, frame: ViewFrame): Shape[] {
  const shape = frame.layers.flatMap(({shapes}) => shapes).find((each) => each.about === about);
  if (!shape) return [];
  const {x = 0, y = 0, w = 0, h = 0} = shape;
  const side = Math.min(w, h);
  const box: Shape = {kind: 'sprite', x, y, w: w * 0.92, h: h * 0.92, fill: 'ground', alpha: 0.82};
  const frameOf: Shape = {...box, fill: '', stroke: 'accent', width: side * 0.07, alpha: 1};
  const size = side * Math.min(0.34, 1.5 / Math.max(1, text.length));
  return [box, ...(chosen ? [frameOf] : []), {kind: 'text', x, y, text, size, fill: chosen ? 'accent' : 'text'}];
}

function find(frame: ViewFrame, id: string): Shape | undefined {
  for (const {shapes} of frame.layers) {
    const found = shapes.find((shape) => shape.id === id);
    if (found) return found;
  }
  return undefined;
}

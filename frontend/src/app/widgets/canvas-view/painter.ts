import type {Shape, ViewFrame} from '../../run-data/wire';
import {fitted} from './fit';
import {linesOf} from './lines';
import type {Pictures} from './pictures';

export const VIEW_COLOURS = [
  'ground',
  'ground-alt',
  'zone-a',
  'zone-b',
  'zone-c',
  'line',
  'muted',
  'text',
  'accent',
  'accent-2',
  'accent-3',
  'good',
  'warn',
  'bad',
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((number) => `player-${String(number)}`),
];

export type ViewPalette = Readonly<Record<string, string>>;

const SPRITE_CORNER = 0.2;
const FONT_PX = 100;
const LINE_HEIGHT = 1.25;
/** Pixels of an image that are shown at least so large keep their edges; smaller ones are smoothed. */
const PLAIN_PIXEL = 2.5;

/** Draws ViewFrames into a canvas: fitted, y upwards, with the layers that stand still painted once, until they are others. */
export class Painter {
  private readonly still = document.createElement('canvas');
  private stillKey = '';
  private stillShapes: readonly (readonly Shape[])[] = [];

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly pictures: Pictures,
  ) {}

  /** Forget what was painted ahead, after a change of the palette or when an image of it is there at last. */
  forget(): void {
    this.stillKey = '';
  }

  paint(frame: ViewFrame, palette: ViewPalette): void {
    const context = this.canvas.getContext('2d');
    if (!context) return;
    const {width, height} = this.canvas;
    const leading = frame.layers.findIndex((layer) => !layer.still);
    const stillLayers = leading === -1 ? frame.layers : frame.layers.slice(0, leading);
    const key = [width, height, frame.width, frame.height].join();
    const shapes = stillLayers.map((layer) => layer.shapes);
    const same = shapes.length === this.stillShapes.length && shapes.every((each, i) => each === this.stillShapes[i]);
    if (key !== this.stillKey || !same) {
      this.stillKey = key;
      this.stillShapes = shapes;
      this.still.width = width;
      this.still.height = height;
      const ahead = this.still.getContext('2d');
      if (ahead) this.paintLayers(ahead, frame, stillLayers, palette);
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.drawImage(this.still, 0, 0);
    this.paintLayers(context, frame, frame.layers.slice(stillLayers.length), palette);
  }

  private paintLayers(
    context: CanvasRenderingContext2D,
    frame: ViewFrame,
    layers: ViewFrame['layers'],
    palette: ViewPalette,
  ): void {
    const {scale, left, bottom} = fitted(frame, this.canvas.width, this.canvas.height);
    for (const layer of layers) {
      for (const shape of layer.shapes) {
        context.setTransform(scale, 0, 0, -scale, left, bottom);
        context.translate(shape.x ?? 0, shape.y ?? 0);
        context.rotate(shape.angle ?? 0);
        context.globalAlpha = shape.alpha ?? 1;
        if (shape.kind === 'image') this.paintImage(context, shape, scale);
        else paintShape(context, shape, palette, scale, frame.width);
      }
    }
    context.globalAlpha = 1;
  }

  private paintImage(context: CanvasRenderingContext2D, {image = '', w = 0, h = 0}: Shape, scale: number): void {
    const picture = this.pictures.of(image);
    if (!picture) return;
    context.imageSmoothingEnabled = (w * scale) / picture.width < PLAIN_PIXEL;
    context.scale(1, -1);
    context.drawImage(picture, -w / 2, -h / 2, w, h);
  }
}

function paintShape(
  context: CanvasRenderingContext2D,
  shape: Shape,
  palette: ViewPalette,
  scale: number,
  room: number,
): void {
  const {kind, w = 0, h = 0} = shape;
  if (kind === 'text') {
    const ink = colour(shape.fill, palette) ?? palette['text'] ?? '';
    paintText(context, shape.text ?? '', shape.size ?? 0, ink, room);
    return;
  }
  context.beginPath();
  if (kind === 'circle') context.arc(0, 0, shape.r ?? 0, 0, 2 * Math.PI);
  else if (kind === 'rect') context.rect(-w / 2, -h / 2, w, h);
  else if (kind === 'sprite') context.roundRect(-w / 2, -h / 2, w, h, Math.min(w, h) * SPRITE_CORNER);
  else {
    shape.points?.forEach(([x, y], i) => {
      if (i === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
    if (kind === 'polygon') context.closePath();
  }
  const fill = colour(shape.fill, palette);
  if (fill && kind !== 'polyline') {
    context.fillStyle = fill;
    context.fill();
  }
  const stroke = colour(shape.stroke, palette);
  if (stroke) {
    context.strokeStyle = stroke;
    context.lineWidth = Math.max(shape.width ?? 0, 1 / scale);
    context.lineJoin = context.lineCap = 'round';
    context.stroke();
  }
  if (kind === 'sprite' && shape.text) paintText(context, shape.text.slice(0, 2), h * 0.6, palette['text'] ?? '', room);
}

/**
 * Text in world units, in several lines where it is wider than the world; drawn large and scaled down, because fonts
 * below a pixel are not drawn.
 */
function paintText(context: CanvasRenderingContext2D, text: string, size: number, fill: string, room: number): void {
  context.scale(size / FONT_PX, -size / FONT_PX);
  context.font = `550 ${String(FONT_PX)}px "Inter Variable", sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = fill;
  const lines = linesOf(text, (room * FONT_PX) / size, (words) => context.measureText(words).width);
  lines.forEach((line, place) => {
    context.fillText(line, 0, (place - (lines.length - 1) / 2) * FONT_PX * LINE_HEIGHT);
  });
}

function colour(name: string | undefined, palette: ViewPalette): string | undefined {
  return name ? palette[name] : undefined;
}

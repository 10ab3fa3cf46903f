import type {NetworkNode} from '../../run-data/wire';
import {NetworkLayout, PlacedLink, PlacedNode} from './layout';

export const NETWORK_COLOURS = ['net-plus', 'net-minus', 'net-off', 'net-node', 'net-edge', 'net-text'] as const;
export type NetworkPalette = Readonly<Record<(typeof NETWORK_COLOURS)[number], string>>;

export interface NetworkStyle {
  readonly width: number;
  readonly height: number;
  /** Without names and without links that are switched off: for a small picture. */
  readonly small: boolean;
}

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly radius: number;
}

const FULL_TURN = 2 * Math.PI;
const THINNEST = 0.6;
const RESTING_ALPHA = 0.75;
const QUIET_ALPHA = 0.14;
const NAME_GAP = 6;
const FONT = '500 11px "Inter Variable", sans-serif';
const LARGEST_SIDE = 0.42;

/**
 * Draws a network: links as wide as their weight is great, in one colour for positive and another for negative weights.
 * With `values` (one for each node, NaN where unknown) nodes fill with what they put out and links glow with what they
 * carry.
 */
export function paintNetwork(
  context: CanvasRenderingContext2D,
  layout: NetworkLayout,
  palette: NetworkPalette,
  style: NetworkStyle,
  values: readonly number[] | null,
): void {
  context.clearRect(0, 0, style.width, style.height);
  const frame = frameOf(context, layout, style);
  for (const link of layout.links) {
    if (link.enabled || !style.small) paintLink(context, frame, link, palette, style, values);
  }
  for (const node of layout.nodes) paintNode(context, frame, node, palette, style, values);
}

function frameOf(context: CanvasRenderingContext2D, {nodes}: NetworkLayout, style: NetworkStyle): Frame {
  const {width, height, small} = style;
  const rows = new Map<number, number>();
  for (const {x} of nodes) rows.set(x, (rows.get(x) ?? 0) + 1);
  const most = Math.max(1, ...rows.values());
  const radius = Math.min(small ? 4 : 8, Math.max(2, (height / most) * 0.36));
  const side = (kind: NetworkNode['kind']): number => {
    if (small) return radius + 2;
    const names = nodes.filter(({node}) => node.kind === kind).map(({node}) => context.measureText(nameOf(node)).width);
    return Math.min(width * LARGEST_SIDE, Math.max(0, ...names) + radius + NAME_GAP + 2);
  };
  context.font = FONT;
  const [left, right] = [side('input'), side('output')];
  return {left, right, top: 2, width: width - left - right, height: height - 4, radius};
}

function at(frame: Frame, {x, y}: PlacedNode): [number, number] {
  return [frame.left + x * frame.width, frame.top + y * frame.height];
}

function paintLink(
  context: CanvasRenderingContext2D,
  frame: Frame,
  link: PlacedLink,
  palette: NetworkPalette,
  {small}: NetworkStyle,
  values: readonly number[] | null,
): void {
  const [x1, y1] = at(frame, link.from);
  const [x2, y2] = at(frame, link.to);
  context.beginPath();
  context.moveTo(x1, y1);
  if (link.back) {
    const lift = frame.radius * 4 + Math.abs(x1 - x2) * 0.25;
    context.bezierCurveTo(x1 + lift, y1 - lift, x2 - lift, y2 - lift, x2, y2);
  } else {
    const bend = (x2 - x1) * 0.45;
    context.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
  }
  context.lineWidth = link.enabled ? THINNEST + link.strength * (small ? 1.6 : 3.4) : THINNEST;
  context.setLineDash(link.enabled ? [] : [2, 4]);
  context.strokeStyle = link.enabled ? palette[link.weight < 0 ? 'net-minus' : 'net-plus'] : palette['net-off'];
  context.globalAlpha = link.enabled && values ? carried(values[link.from.index]) : RESTING_ALPHA;
  context.stroke();
  context.globalAlpha = 1;
  context.setLineDash([]);
}

function carried(value = 0): number {
  return QUIET_ALPHA + (1 - QUIET_ALPHA) * loudness(value);
}

function loudness(value: number): number {
  return Number.isFinite(value) ? Math.min(1, Math.abs(value)) : 0;
}

function paintNode(
  context: CanvasRenderingContext2D,
  frame: Frame,
  placed: PlacedNode,
  palette: NetworkPalette,
  {small}: NetworkStyle,
  values: readonly number[] | null,
): void {
  const [x, y] = at(frame, placed);
  const value = values?.[placed.index] ?? 0;
  context.beginPath();
  context.arc(x, y, frame.radius, 0, FULL_TURN);
  context.fillStyle = palette['net-node'];
  context.fill();
  if (values) {
    context.globalAlpha = loudness(value);
    context.fillStyle = palette[value < 0 ? 'net-minus' : 'net-plus'];
    context.fill();
    context.globalAlpha = 1;
  }
  context.lineWidth = small ? 1 : 1.5;
  context.strokeStyle = palette['net-edge'];
  context.stroke();
  if (!small && placed.node.kind !== 'hidden') paintName(context, frame, placed, x, y, palette);
}

function paintName(
  context: CanvasRenderingContext2D,
  frame: Frame,
  {node}: PlacedNode,
  x: number,
  y: number,
  palette: NetworkPalette,
): void {
  const input = node.kind === 'input';
  context.font = FONT;
  context.textBaseline = 'middle';
  context.textAlign = input ? 'right' : 'left';
  context.fillStyle = palette['net-text'];
  const gap = frame.radius + NAME_GAP;
  context.fillText(nameOf(node), x + (input ? -gap : gap), y, (input ? frame.left : frame.right) - gap);
}

/** What a node is called: as the world says, else by its number. */
export function nameOf(node: {readonly id: number; readonly kind: string; readonly name?: string}): string {
  if (node.name) return node.name;
  if (node.kind === 'input') return `input ${String(-node.id)}`;
  if (node.kind === 'output') return `output ${String(node.id + 1)}`;
  return `node ${String(node.id)}`;
}

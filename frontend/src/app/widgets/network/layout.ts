import type {Network, NetworkNode} from '../../run-data/wire';

export interface PlacedNode {
  readonly node: NetworkNode;
  /** Its place in Network.nodes, which is that of its value among the activations. */
  readonly index: number;
  /** From 0 (left, top) to 1 (right, bottom). */
  readonly x: number;
  readonly y: number;
}

export interface PlacedLink {
  readonly from: PlacedNode;
  readonly to: PlacedNode;
  readonly weight: number;
  readonly enabled: boolean;
  /** Share of the greatest weight of all, from 0 to 1. */
  readonly strength: number;
  /** Whether it leads back, to its own layer or an earlier one: what it carries is from the tick before. */
  readonly back: boolean;
}

export interface NetworkLayout {
  readonly nodes: readonly PlacedNode[];
  readonly links: readonly PlacedLink[];
}

/** Layers from left to right, the nodes of each evenly from top to bottom; weak links first, so that strong lie on top. */
export function layOut(network: Network): NetworkLayout {
  const columns = [...new Set(network.nodes.map((node) => node.layer))].sort((a, b) => a - b);
  const rows = new Map<number, number>();
  const sizes = new Map<number, number>();
  for (const {layer} of network.nodes) sizes.set(layer, (sizes.get(layer) ?? 0) + 1);
  const nodes = network.nodes.map((node, index): PlacedNode => {
    const row = rows.get(node.layer) ?? 0;
    rows.set(node.layer, row + 1);
    return {
      node,
      index,
      x: columns.length > 1 ? columns.indexOf(node.layer) / (columns.length - 1) : 0.5,
      y: (row + 0.5) / (sizes.get(node.layer) ?? 1),
    };
  });
  return {nodes, links: placeLinks(network, new Map(nodes.map((placed) => [placed.node.id, placed])))};
}

function placeLinks(network: Network, places: ReadonlyMap<number, PlacedNode>): readonly PlacedLink[] {
  const greatest = Math.max(1e-9, ...network.links.map(({weight}) => Math.abs(weight)));
  return network.links
    .flatMap(({from, to, weight, enabled}): PlacedLink[] => {
      const [a, b] = [places.get(from), places.get(to)];
      if (!a || !b) return [];
      const back = b.node.layer <= a.node.layer;
      return [{from: a, to: b, weight, enabled, strength: Math.abs(weight) / greatest, back}];
    })
    .sort((a, b) => Number(a.enabled) - Number(b.enabled) || a.strength - b.strength);
}

/** What the network is, in one sentence, for those who do not see the picture. */
export function describe(network: Network): string {
  const count = (kind: NetworkNode['kind']): number => network.nodes.filter((node) => node.kind === kind).length;
  const enabled = network.links.filter((link) => link.enabled).length;
  const off = network.links.length - enabled;
  return (
    `A network of ${plural(count('input'), 'input')}, ${plural(count('hidden'), 'hidden node')} and ` +
    `${plural(count('output'), 'output')} with ${plural(enabled, 'connection')}` +
    (off > 0 ? ` and ${String(off)} switched off.` : '.')
  );
}

function plural(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? '' : 's'}`;
}

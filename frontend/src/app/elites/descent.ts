import {Ancestor} from '../run-data/wire';

export interface DescentPoint {
  readonly ancestor: Ancestor;
  readonly x: number;
  readonly y: number;
}

export interface DescentLine {
  readonly from: DescentPoint;
  readonly to: DescentPoint;
}

/** A line of descent as a picture: generations to the right, fitness upwards, in the unit square with y downwards. */
export interface Descent {
  readonly points: readonly DescentPoint[];
  readonly lines: readonly DescentLine[];
  readonly firstGeneration: number;
  readonly lastGeneration: number;
  readonly leastFitness: number;
  readonly mostFitness: number;
}

export function descentOf(ancestors: readonly Ancestor[]): Descent {
  const generations = ancestors.map(({generation}) => generation);
  const fitnesses = ancestors.flatMap(({fitness}) => (fitness === null ? [] : [fitness]));
  const [first, last] = [Math.min(...generations), Math.max(...generations)];
  const [least, most] = fitnesses.length > 0 ? [Math.min(...fitnesses), Math.max(...fitnesses)] : [0, 0];
  const share = (value: number, low: number, high: number): number => (high > low ? (value - low) / (high - low) : 0.5);
  const points = [...ancestors]
    .sort((a, b) => a.generation - b.generation)
    .map((ancestor): DescentPoint => {
      const up = share(ancestor.fitness ?? least, least, most);
      return {ancestor, x: share(ancestor.generation, first, last), y: 1 - up};
    });
  const places = new Map(points.map((point) => [point.ancestor.genome_id, point]));
  const lines = points.flatMap((to) =>
    to.ancestor.parents.flatMap((id): DescentLine[] => {
      const from = places.get(id);
      return from ? [{from, to}] : [];
    }),
  );
  return {points, lines, firstGeneration: first, lastGeneration: last, leastFitness: least, mostFitness: most};
}

import {Figures} from '../run-data/session-player';
import {KILL_FEED} from './feed';

/** A figure that is a share of something: shown as a bar. */
export interface Gauge {
  readonly name: string;
  readonly text: string;
  /** From 0 to 1. */
  readonly share: number;
}

/** A game's figures as its page shows them. */
export interface Board {
  /** What one looks at first, such as score and wave. */
  readonly heads: readonly (readonly [string, string | number])[];
  readonly gauges: readonly Gauge[];
  readonly rest: readonly (readonly [string, string | number])[];
}

const HEADS = ['Score', 'Wave', 'Kills', 'Time left (s)', 'Turn', 'Food', 'Result'];
const GAUGES = ['Hull', 'Shield'];

/** Sorts figures out. A gauge is full at the greatest value it has had: worlds do not say what full is. */
export class Scoreboard {
  private readonly fullest = new Map<string, number>();

  read(figures: Figures): Board {
    const entries = Object.entries(figures);
    return {
      heads: HEADS.flatMap((name) => entries.filter(([each]) => each === name)),
      gauges: GAUGES.flatMap((name) => {
        const value = figures[name];
        return typeof value === 'number' ? [this.gauge(name, value)] : [];
      }),
      rest: entries.filter(
        ([name, value]) =>
          name !== KILL_FEED && !HEADS.includes(name) && !(GAUGES.includes(name) && typeof value === 'number'),
      ),
    };
  }

  private gauge(name: string, value: number): Gauge {
    const full = Math.max(this.fullest.get(name) ?? 0, value, 1);
    this.fullest.set(name, full);
    return {
      name,
      text: `${String(Math.round(Math.max(0, value)))} of ${String(Math.round(full))}`,
      share: Math.max(0, value) / full,
    };
  }
}

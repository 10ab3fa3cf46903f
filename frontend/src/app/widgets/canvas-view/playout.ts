import type {ViewFrame} from '../../run-data/wire';

const LONGEST_STEP_MS = 250;
const SMOOTHING = 0.1;
const SLEW = 0.1;
const SPARE_JITTERS = 2;
/** However uneven the arrivals: a person who flies wants to see at once what a key does. */
const LONGEST_SPARE_MS = 20;
const KEPT = 12;

interface Due {
  readonly frame: ViewFrame;
  /** When the picture begins to move towards this frame, and when it has arrived there (milliseconds). */
  readonly start: number;
  readonly due: number;
}

/** What to draw: `later`, or the picture `share` of the way from `earlier` to it. */
export interface Moment {
  readonly earlier: ViewFrame | null;
  readonly later: ViewFrame;
  readonly share: number;
}

/**
 * Decides when each frame that arrives is on the screen. Frames come unevenly, often two at once; shown as they come,
 * they judder. So each is due a steady interval after the one before it, as late as the arrivals are uneven and no
 * later, and the clock is bent gently towards the arrivals. A frame from further back was asked for: it waits for
 * nothing, or words beside the picture would tell of another turn, and a finger would point into the wrong one. Times
 * are those of performance.now().
 */
export class Playout {
  private queue: Due[] = [];
  private arrived: number | null = null;
  private interval: number | null = null;
  private jitter = 0;

  push(frame: ViewFrame, now: number): void {
    const last = this.queue.at(-1);
    const step = this.measure(now);
    if (last && (frame.tick ?? 0) < (last.frame.tick ?? 0)) {
      this.cut(frame, now);
      return;
    }
    const wanted = now + step + Math.min(LONGEST_SPARE_MS, SPARE_JITTERS * this.jitter);
    let due = last ? last.due + step : now;
    if (last) due = Math.abs(wanted - due) > LONGEST_STEP_MS ? wanted : due + SLEW * (wanted - due);
    const start = last ? Math.max(last.due, due - LONGEST_STEP_MS) : now;
    this.queue.push({frame, start, due: Math.max(due, start)});
    if (this.queue.length > KEPT) this.queue.shift();
  }

  /** Show this frame from `now` on, and nothing of what has not been seen yet. */
  cut(frame: ViewFrame, now: number): void {
    this.queue = [{frame, start: now, due: now}];
  }

  /** What is to be seen at `now`, null before the first frame. */
  at(now: number): Moment | null {
    const next = this.queue.findIndex(({due}) => due > now);
    const index = next === -1 ? this.queue.length - 1 : next;
    const current = this.queue[index];
    if (!current) return null;
    if (index > 1) this.queue.splice(0, index - 1);
    const earlier = this.queue[this.queue.indexOf(current) - 1]?.frame ?? null;
    const length = current.due - current.start;
    const share = length > 0 ? Math.min(1, Math.max(0, (now - current.start) / length)) : 1;
    return {earlier, later: current.frame, share};
  }

  /** Whether anything is still to move after `now`. */
  movesAfter(now: number): boolean {
    return (this.queue.at(-1)?.due ?? 0) > now;
  }

  /** The usual time between two frames, with this arrival taken into account. */
  private measure(now: number): number {
    const gap = this.arrived === null ? null : Math.min(LONGEST_STEP_MS, now - this.arrived);
    this.arrived = now;
    if (gap === null) return 0;
    if (this.interval === null) return (this.interval = gap);
    this.jitter += SMOOTHING * (Math.abs(gap - this.interval) - this.jitter);
    return (this.interval += SMOOTHING * (gap - this.interval));
  }
}

import {Figures} from '../run-data/session-player';
import {GameSpec} from '../run-data/wire';
import {formatValue} from '../widgets/format';

export interface FeedLine {
  readonly id: number;
  /** World time, and that in words. */
  readonly t: number;
  readonly at: string;
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'plain';
}

/**
 * The figure in which a world tells the losses of the last seconds, newest first: "pilot 1 › drone, pilot 2 rammed". A
 * world that tells them for good adds when they were: "a › b @41".
 */
export const KILL_FEED = 'Kill feed';
const KEPT = 40;

/** Tells what has happened in a game: by the world's kill feed, and by how other figures have changed. */
export class Feed {
  private before: Figures | null = null;
  private losses: readonly string[] = [];
  private episode = 0;
  private time = 0;
  private count = 0;
  private kept: readonly FeedLine[] = [];

  constructor(private readonly clock: GameSpec['clock'] = 'seconds') {}

  /** Newest first. */
  get lines(): readonly FeedLine[] {
    return this.kept;
  }

  /**
   * Look at the figures of a frame at world time `t`. Where a new bout has begun, or this one is over, returns how it
   * ended. Who goes back in time is told again what happens then.
   */
  take(episode: number, t: number, figures: Figures): string {
    const back = episode === this.episode && t < this.time;
    this.time = t;
    if (back) {
      this.kept = this.kept.filter((line) => line.t <= t);
      this.before = figures;
      this.losses = lossesIn(figures);
      return '';
    }
    const ended = episode !== this.episode && this.before ? outcome(this.before) : '';
    if (ended) {
      this.add(t, ended, 'plain');
      this.before = null;
      this.losses = [];
    }
    const {before} = this;
    this.episode = episode;
    this.before = figures;
    this.takeLosses(t, figures);
    if (!before) return ended;
    const was = (name: string): number => numberOf(before[name]);
    const is = (name: string): number => numberOf(figures[name]);
    if (is('Wave') > was('Wave')) this.add(t, `Wave ${String(is('Wave'))}`, 'plain');
    if (was('Shield') > 0 && is('Shield') <= 0) this.add(t, 'Shield down', 'bad');
    if (was('Hull') > 0 && is('Hull') <= 0) this.add(t, 'Ship lost', 'bad');
    const result = figures['Result'];
    if (result === undefined || before['Result'] !== undefined) return ended;
    const told = `Game over · ${String(result)}`;
    this.add(t, told, 'plain');
    return told;
  }

  /** What was told before leaves at the end of the list; what is new stands at its beginning. */
  private takeLosses(t: number, figures: Figures): void {
    const losses = lossesIn(figures);
    let fresh = 0;
    while (!losses.slice(fresh).every((loss, i) => loss === this.losses[i])) fresh++;
    this.losses = losses;
    for (const told of losses.slice(0, fresh).reverse()) {
      const [loss = '', when] = told.split(' @');
      const [killer, loser] = loss.split(' › ');
      const tone = loser === undefined ? 'plain' : killer?.startsWith('pilot') ? 'good' : 'bad';
      this.add(when === undefined ? t : Number(when), loss.replace('›', '→'), this.clock === 'turns' ? 'plain' : tone);
    }
  }

  private add(t: number, text: string, tone: FeedLine['tone']): void {
    const at = this.clock === 'turns' ? `turn ${String(t)}` : `${t.toFixed(1)} s`;
    const line: FeedLine = {id: this.count++, t, at, text, tone};
    this.kept = [line, ...this.kept].slice(0, KEPT);
  }
}

function lossesIn(figures: Figures): readonly string[] {
  const told = String(figures[KILL_FEED] ?? '');
  return told === '' ? [] : told.split(', ');
}

function outcome(last: Figures): string {
  if (last['Result'] !== undefined) return ''; // it was told when it was so
  const score = numberOf(last['Score']);
  const kills = numberOf(last['Kills']);
  return [
    'Bout over',
    ...(Number.isNaN(score) ? [] : [`score ${formatValue(score)}`]),
    ...(Number.isNaN(kills) ? [] : [`${formatValue(kills)} ${kills === 1 ? 'kill' : 'kills'}`]),
  ].join(' · ');
}

function numberOf(value: string | number | undefined): number {
  return typeof value === 'number' ? value : NaN;
}

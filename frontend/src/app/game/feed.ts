import {Figures} from '../run-data/session-player';
import {formatValue} from '../widgets/format';

export interface FeedLine {
  readonly id: number;
  readonly at: string;
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'plain';
}

/** The figure in which a world tells the losses of the last seconds, newest first: "pilot 1 › drone, pilot 2 rammed". */
export const KILL_FEED = 'Kill feed';
const KEPT = 40;

/** Tells what has happened in a game: by the world's kill feed, and by how other figures have changed. */
export class Feed {
  private before: Figures | null = null;
  private losses: readonly string[] = [];
  private episode = 0;
  private count = 0;
  private kept: readonly FeedLine[] = [];

  /** Newest first. */
  get lines(): readonly FeedLine[] {
    return this.kept;
  }

  /** Look at the figures of a frame at world time `t` (s). Where a new bout has begun, returns how the last one ended. */
  take(episode: number, t: number, figures: Figures): string {
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
    return ended;
  }

  /** What was told before leaves at the end of the list; what is new stands at its beginning. */
  private takeLosses(t: number, figures: Figures): void {
    const told = String(figures[KILL_FEED] ?? '');
    const losses = told === '' ? [] : told.split(', ');
    let fresh = 0;
    while (!losses.slice(fresh).every((loss, i) => loss === this.losses[i])) fresh++;
    this.losses = losses;
    for (const loss of losses.slice(0, fresh).reverse()) {
      const [killer, loser] = loss.split(' › ');
      this.add(t, loss.replace('›', '→'), loser === undefined ? 'plain' : killer?.startsWith('pilot') ? 'good' : 'bad');
    }
  }

  private add(t: number, text: string, tone: FeedLine['tone']): void {
    const line: FeedLine = {id: this.count++, at: `${t.toFixed(1)} s`, text, tone};
    this.kept = [line, ...this.kept].slice(0, KEPT);
  }
}

function outcome(last: Figures): string {
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

import {Figures} from '../run-data/session-player';

export interface FeedLine {
  readonly id: number;
  readonly at: string;
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'plain';
}

const KEPT = 30;

/** Tells what has happened in a game by how its figures have changed. */
export class Feed {
  private before: Figures | null = null;
  private episode = 0;
  private count = 0;
  private kept: readonly FeedLine[] = [];

  /** Newest first. */
  get lines(): readonly FeedLine[] {
    return this.kept;
  }

  /** Look at the figures of a frame at world time `t` (seconds). */
  take(episode: number, t: number, figures: Figures): void {
    const before = episode === this.episode ? this.before : null;
    if (episode !== this.episode) this.kept = [];
    this.episode = episode;
    this.before = figures;
    if (!before) return;
    const was = (name: string): number => numberOf(before[name]);
    const is = (name: string): number => numberOf(figures[name]);
    const kills = is('Kills') - was('Kills');
    if (is('Wave') > was('Wave')) this.add(t, `Wave ${String(is('Wave'))}`, 'plain');
    if (kills > 0) this.add(t, kills > 1 ? `${String(kills)} enemies destroyed` : 'Enemy destroyed', 'good');
    if (was('Shield') > 0 && is('Shield') <= 0) this.add(t, 'Shield down', 'bad');
    if (was('Hull') > 0 && is('Hull') <= 0) this.add(t, 'Ship lost', 'bad');
  }

  private add(t: number, text: string, tone: FeedLine['tone']): void {
    const line: FeedLine = {id: this.count++, at: `${t.toFixed(1)} s`, text, tone};
    this.kept = [line, ...this.kept].slice(0, KEPT);
  }
}

function numberOf(value: string | number | undefined): number {
  return typeof value === 'number' ? value : NaN;
}

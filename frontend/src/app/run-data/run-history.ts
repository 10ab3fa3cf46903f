import {Bucket, Series} from './series';
import {JournalEvent, MetricsAnswer, Values} from './wire';

interface JournalPoint {
  readonly step: number;
  readonly t: number;
  readonly values: Readonly<Record<string, number | null | Bucket>>;
}

/** Where a run took a turn that its charts should show: it went on from an earlier step after a crash or a resume. */
export interface Turn {
  readonly step: number;
  readonly t: number;
  /** Whether its process had died; otherwise people had stopped it. */
  readonly crashed: boolean;
}

const FACTS_KEPT = 5000;

/** All that is known of one run's past: a series for each metric, and the events that are not points. */
export class RunHistory {
  readonly series = new Map<string, Series>();
  readonly last = new Map<string, number | null>();
  private facts: JournalEvent[] = [];

  /** Events other than points, oldest first. A new array whenever it changes. */
  get events(): readonly JournalEvent[] {
    return this.facts;
  }

  /** Start anew from the history that REST gave. */
  load(answer: MetricsAnswer): void {
    this.series.clear();
    this.last.clear();
    for (const [name, history] of Object.entries(answer.series)) {
      const series = Series.from(history);
      this.series.set(name, series);
      this.last.set(name, series.last);
    }
  }

  /** Add events other than points; those already known (by seq) are left out. */
  remember(events: readonly JournalEvent[]): void {
    const known = new Set(this.facts.map((fact) => fact.seq));
    const fresh = events.filter((event) => event.type !== 'points' && !known.has(event.seq));
    if (fresh.length === 0) return;
    this.facts = [...this.facts, ...fresh].sort((a, b) => a.seq - b.seq).slice(-FACTS_KEPT);
  }

  addPoint(step: number, t: number, values: Values | JournalPoint['values']): void {
    for (const [name, value] of Object.entries(values)) {
      let series = this.series.get(name);
      if (!series) this.series.set(name, (series = new Series()));
      series.add(step, t, value);
      this.last.set(name, typeof value === 'object' && value ? value.mean : value);
    }
  }

  /** Take in one event of the journal, as REST shows it. */
  apply(event: JournalEvent): void {
    if (event.type === 'points') {
      for (const point of event['points'] as readonly JournalPoint[]) this.addPoint(point.step, point.t, point.values);
      return;
    }
    this.remember([event]);
    if (event.type === 'rewound') this.rewind(event['to_step'] as number);
  }

  /** Points after `step` are superseded: the run goes on from there. */
  rewind(step: number): void {
    for (const [name, series] of this.series) {
      series.truncateAfter(step);
      this.last.set(name, series.last);
    }
  }

  /** Steps from which the run went on again, and why it had to. */
  turns(): Turn[] {
    const turns: Turn[] = [];
    let crashed = false;
    for (const fact of this.facts) {
      if (fact.type === 'status' && fact['status'] === 'restarting') crashed = true;
      if (fact.type === 'status' && fact['status'] === 'running') crashed = false;
      if (fact.type === 'rewound') turns.push({step: fact['to_step'] as number, t: fact.t, crashed});
    }
    return turns;
  }
}

import {computed, DestroyRef, effect, inject, Injectable, signal, untracked} from '@angular/core';
import {Api} from './api';
import {ApiError} from './api-error';
import {JournalCursor, Place} from './journal-cursor';
import {LiveLink} from './live-link';
import {RunHistory} from './run-history';
import {Series} from './series';
import {CommandAck, JournalEvent, JsonObject, Run, RunStatus, ServerMessages, Values} from './wire';

const HISTORY_POINTS = 2000;
const EVENTS_PER_CALL = 1000;
const EVENT_PAGES = 20;
const REJOIN_MS = 2000;
const FACTS = ['status', 'checkpoint', 'health', 'set', 'result', 'rewound', 'ack', 'log'] as const;
const JOURNALLED = ['metrics_update', 'training_status', 'config_updated', 'checkpoint', 'health', 'rewound'] as const;
type Journalled = (typeof JOURNALLED)[number];

interface Arrived {
  readonly name: Journalled;
  readonly message: ServerMessages[Journalled] & Place;
}

export type FeedState = 'loading' | 'ready' | 'missing' | 'error';

/**
 * One run, kept up to date: its history by REST, then every event as it is pushed. A gap in the sequence numbers is
 * closed from the journal before anything later is shown; after a lost connection it goes on from where it stopped.
 * Provided by the page that shows the run, and ends with it.
 */
@Injectable()
export class RunFeed {
  private readonly api = inject(Api);
  private readonly link = inject(LiveLink);

  private readonly shown = signal<Run | null>(null);
  private readonly progress = signal<FeedState>('loading');
  private readonly failure = signal<ApiError | null>(null);
  private readonly ticks = signal(0);
  private readonly ackListeners = new Set<(ack: CommandAck) => void>();

  private id = '';
  private visit = 0;
  private history = new RunHistory();
  private cursor = new JournalCursor();
  private waiting: Arrived[] = [];
  private busy = true;

  readonly run = this.shown.asReadonly();
  readonly state = this.progress.asReadonly();
  readonly error = this.failure.asReadonly();
  /** Rises whenever series or events have changed; the series themselves change in place. */
  readonly version = this.ticks.asReadonly();
  readonly events = computed<readonly JournalEvent[]>(() => {
    this.ticks();
    return this.history.events;
  });
  readonly turns = computed(() => {
    this.events();
    return this.history.turns();
  });
  readonly last = computed<Values>(() => {
    this.ticks();
    return {...this.shown()?.last, ...Object.fromEntries(this.history.last)};
  });

  constructor() {
    const off = [
      ...JOURNALLED.map((name) =>
        this.link.on(name, (message) => {
          this.receive({name, message});
        }),
      ),
      this.link.on('command_ack', (ack) => {
        if (ack.run === this.id) for (const listener of this.ackListeners) listener(ack);
      }),
      this.link.on('reset', ({run}) => {
        if (run === this.id) void this.reload();
      }),
      this.link.on('run_changed', ({run}) => {
        const shown = this.shown();
        if (run.id === this.id && shown) this.show({...shown, ...run});
      }),
      this.link.on('run_deleted', ({run}) => {
        if (run === this.id) this.progress.set('missing');
      }),
    ];
    effect(() => {
      if (this.link.connections() > 0 && this.id && untracked(this.progress) === 'ready') void this.join(this.visit);
    });
    inject(DestroyRef).onDestroy(() => {
      for (const stop of off) stop();
      this.close();
    });
  }

  /** Show another run from now on. */
  open(id: string): void {
    if (id === this.id) return;
    this.close();
    this.id = id;
    this.shown.set(null);
    void this.reload();
  }

  /** Read everything anew. */
  async reload(): Promise<void> {
    const visit = ++this.visit;
    this.busy = true;
    this.waiting = [];
    if (!this.shown()) this.progress.set('loading');
    try {
      const run = await this.api.run(this.id);
      const metrics = await this.api.metrics(this.id, {points: HISTORY_POINTS});
      const history = new RunHistory();
      history.load(metrics);
      if (visit !== this.visit) return;
      this.history = history;
      this.cursor = new JournalCursor(metrics.last_seq);
      this.shown.set(run);
      this.progress.set('ready');
      this.failure.set(null);
      this.ticks.update((tick) => tick + 1);
      await Promise.all([this.readFacts(history, visit), this.link.connected() ? this.join(visit) : null]);
    } catch (thrown) {
      if (visit !== this.visit) return;
      const error = ApiError.from(thrown);
      this.failure.set(error);
      if (!this.shown()) this.progress.set(error.status === 404 ? 'missing' : 'error');
    } finally {
      if (visit === this.visit) this.settle();
    }
  }

  series(name: string): Series | undefined {
    return this.history.series.get(name);
  }

  /** A finer history of some metrics between two steps. */
  async detail(names: readonly string[], from: number, to: number, points: number): Promise<Map<string, Series>> {
    const answer = await this.api.metrics(this.id, {names, from: Math.floor(from), to: Math.ceil(to), points});
    return new Map(Object.entries(answer.series).map(([name, history]) => [name, Series.from(history)]));
  }

  /** Show `run` as REST has just answered it. */
  show(run: Run): void {
    if (run.id === this.id && run.last_seq >= (this.shown()?.last_seq ?? 0)) this.shown.set(run);
  }

  /** Call `listener` with every answer to a command given to this run. */
  onAck(listener: (ack: CommandAck) => void): void {
    this.ackListeners.add(listener);
  }

  private close(): void {
    if (this.id) this.link.leave(this.id);
    this.visit++;
    this.id = '';
    this.history = new RunHistory();
    this.cursor = new JournalCursor();
  }

  private async join(visit: number): Promise<void> {
    const answer = await this.link.join(this.id, this.cursor.since).catch(() => null);
    if (visit !== this.visit) return;
    if (answer?.reset) void this.reload();
    else if (!answer?.ok && answer?.error?.code !== 'not_found') {
      // Too many have joined just now, or the answer took too long; a new connection joins by itself.
      const connection = this.link.connections();
      setTimeout(() => {
        if (visit === this.visit && connection === this.link.connections() && this.link.connected())
          void this.join(visit);
      }, REJOIN_MS);
    }
  }

  /** The events beside the points, page by page, since they are what the events tab shows from the beginning. */
  private async readFacts(history: RunHistory, visit: number): Promise<void> {
    let since = 0;
    for (let page = 0; page < EVENT_PAGES; page++) {
      const {events} = await this.api.events(this.id, {since, limit: EVENTS_PER_CALL, types: FACTS});
      if (visit !== this.visit) return;
      history.remember(events);
      since = events.at(-1)?.seq ?? since;
      if (events.length < EVENTS_PER_CALL) break;
    }
    this.ticks.update((tick) => tick + 1);
  }

  private receive(arrived: Arrived): void {
    if (arrived.message.run !== this.id) return;
    this.waiting.push(arrived);
    if (!this.busy) this.settle();
  }

  /** Take what waits in order; at a gap ask the journal first, and let later messages wait. */
  private settle(): void {
    this.busy = false;
    const arrived = this.waiting;
    this.waiting = [];
    for (const [i, each] of arrived.entries()) {
      const verdict = this.cursor.judge(each.message);
      if (verdict === 'old') continue;
      if (verdict === 'gap') {
        this.waiting = arrived.slice(i);
        void this.repair(each.message);
        break;
      }
      this.take(each);
    }
    if (arrived.length > 0) this.ticks.update((tick) => tick + 1);
  }

  /** Read in the journal what comes before a message, and if points of its own event are missing, that event. */
  private async repair({seq, index}: Place): Promise<void> {
    const visit = this.visit;
    const until = index === undefined ? seq - 1 : seq;
    this.busy = true;
    try {
      while (this.cursor.last < until) {
        const {events} = await this.api.events(this.id, {since: this.cursor.last, limit: EVENTS_PER_CALL});
        if (visit !== this.visit) return;
        for (const event of events) this.applyEvent(event);
        if (events.length < EVENTS_PER_CALL) break;
      }
    } catch {
      // The link will be lost too, and joining again brings what is missing.
    }
    if (visit !== this.visit) return;
    this.cursor.advanceTo(until);
    this.settle();
  }

  private applyEvent(event: JournalEvent): void {
    if (event.seq <= this.cursor.last) return;
    const known = event.seq === this.cursor.last + 1 ? this.cursor.pointsOfNext : 0;
    this.cursor.advanceTo(event.seq);
    this.history.apply(
      event.type === 'points' ? {...event, points: (event['points'] as unknown[]).slice(known)} : event,
    );
    if (event.type === 'ack') for (const listener of this.ackListeners) listener(event as unknown as CommandAck);
    if (event.type === 'status') this.setStatus(event['status'] as RunStatus);
    if (event.type === 'set') this.setConfig(event['changes'] as JsonObject);
  }

  private take({name, message}: Arrived): void {
    this.cursor.advance(message);
    if (name === 'metrics_update') {
      const point = message as ServerMessages['metrics_update'];
      this.history.addPoint(point.step, point.t, point.values);
      this.shown.update((run) => run && {...run, step: point.step});
      return;
    }
    this.history.apply(eventOf(name, message));
    if (name === 'training_status') this.setStatus((message as ServerMessages['training_status']).status);
    if (name === 'config_updated') this.setConfig((message as ServerMessages['config_updated']).changes);
  }

  private setConfig(changes: JsonObject): void {
    this.shown.update((run) => run && {...run, config: {...run.config, ...changes}});
  }

  private setStatus(status: RunStatus): void {
    this.shown.update((run) => run && {...run, status});
  }
}

const EVENT_TYPES: Readonly<Record<Exclude<Journalled, 'metrics_update'>, JournalEvent['type']>> = {
  training_status: 'status',
  config_updated: 'set',
  checkpoint: 'checkpoint',
  health: 'health',
  rewound: 'rewound',
};

function eventOf(
  name: Exclude<Journalled, 'metrics_update'>,
  message: object & {seq: number; t?: number},
): JournalEvent {
  return {...message, seq: message.seq, t: message.t ?? Date.now() / 1000, type: EVENT_TYPES[name]};
}

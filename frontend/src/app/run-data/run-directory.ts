import {computed, effect, inject, Injectable, signal, untracked} from '@angular/core';
import {Api, RunFilter} from './api';
import {ApiError} from './api-error';
import {LiveLink} from './live-link';
import {ACTIVE, RunSummary} from './wire';

const PAGE = 200;

/** Every run that this browser has heard of, kept up to date by what the server tells everybody. */
@Injectable({providedIn: 'root'})
export class RunDirectory {
  private readonly api = inject(Api);
  private readonly known = signal<ReadonlyMap<string, RunSummary>>(new Map());
  private readonly progress = signal<'loading' | 'ready' | 'error'>('loading');
  private readonly failure = signal<ApiError | null>(null);
  private readonly matching = signal(0);

  readonly state = this.progress.asReadonly();
  readonly error = this.failure.asReadonly();
  /** How many runs the server has for the last question, loaded or not. */
  readonly total = this.matching.asReadonly();
  /** Newest first. */
  readonly runs = computed(() => [...this.known().values()].sort((a, b) => b.created - a.created));
  readonly active = computed(() => this.runs().filter((run) => ACTIVE.has(run.status)));

  private latest: RunFilter = {};

  constructor() {
    const link = inject(LiveLink);
    link.on('run_changed', ({run}) => {
      this.put([run]);
    });
    link.on('run_deleted', ({run}) => {
      this.forget(run);
    });
    link.on('reset', ({run}) => {
      if (run === null) void this.load(this.latest, true);
    });
    effect(() => {
      if (link.connections() > 1) untracked(() => void this.load(this.latest, true));
    });
  }

  /** Ask for the runs that match. `fresh` forgets those that are no longer there. */
  async load(filter: RunFilter = {}, fresh = false): Promise<void> {
    this.latest = filter;
    try {
      const {runs, total} = await this.read(filter);
      if (fresh) this.known.set(new Map());
      this.put(runs);
      this.matching.set(total);
      this.progress.set('ready');
      this.failure.set(null);
    } catch (thrown) {
      this.failure.set(ApiError.from(thrown));
      this.progress.update((state) => (state === 'ready' ? state : 'error'));
    }
  }

  /** A page of runs, those that are going on first; as many pages as it takes for all of these to be known. */
  private async read(filter: RunFilter): Promise<{runs: RunSummary[]; total: number}> {
    const found: RunSummary[] = [];
    for (;;) {
      const page = await this.api.runs({limit: PAGE, order: 'status', ...filter, offset: found.length});
      found.push(...page.runs);
      const last = page.runs.at(-1);
      if (page.runs.length < PAGE || !last || !(ACTIVE.has(last.status) || last.pinned)) {
        return {runs: found, total: page.total};
      }
    }
  }

  put(runs: readonly RunSummary[]): void {
    this.known.update((known) => new Map([...known, ...runs.map((run) => [run.id, run] as const)]));
  }

  forget(id: string): void {
    this.known.update((known) => new Map([...known].filter(([key]) => key !== id)));
  }
}

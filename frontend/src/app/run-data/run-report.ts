import {computed, effect, inject, Injectable, signal, untracked} from '@angular/core';
import {Api} from './api';
import {ApiError} from './api-error';
import {LiveLink} from './live-link';
import {RunFeed} from './run-feed';
import {Report} from './wire';

/** What the shown run has found out, kept up to date. Provided by the page that shows the run. */
@Injectable()
export class RunReport {
  private readonly api = inject(Api);
  private readonly feed = inject(RunFeed);
  private readonly found = signal<Report | null>(null);
  private readonly failure = signal('');
  private readonly id = computed(() => this.feed.run()?.id ?? null);

  /** Null for a run that reports nothing, and while nobody knows. */
  readonly report = this.found.asReadonly();
  readonly error = this.failure.asReadonly();

  constructor() {
    const link = inject(LiveLink);
    effect((onCleanup) => {
      const id = this.id();
      link.connections();
      untracked(() => {
        this.found.set(null);
        if (id !== null) void this.load();
      });
      // A report is renewed right after a checkpoint has been written.
      onCleanup(
        link.on('checkpoint', ({run}) => {
          if (run === id) void this.load();
        }),
      );
    });
  }

  async load(): Promise<void> {
    const id = this.id();
    if (id === null) return;
    try {
      const {report} = await this.api.report(id);
      if (id === this.id()) this.found.set(report);
      this.failure.set('');
    } catch (thrown) {
      this.failure.set(ApiError.from(thrown).text);
    }
  }
}

import {computed, effect, inject, signal, untracked} from '@angular/core';
import {ApiError} from './api-error';
import {LiveLink} from './live-link';
import {RunFeed} from './run-feed';

/**
 * Something that the shown run renews with every checkpoint, such as its report, asked for whenever it is another. Made
 * where things are injected, by a service that the run's page provides.
 */
export class CheckpointData<T> {
  private readonly feed = inject(RunFeed);
  private readonly found = signal<T | null>(null);
  private readonly failure = signal('');
  private readonly id = computed(() => this.feed.run()?.id ?? null);

  /** Null while nobody knows. */
  readonly value = this.found.asReadonly();
  readonly error = this.failure.asReadonly();

  constructor(private readonly ask: (run: string) => Promise<T>) {
    const link = inject(LiveLink);
    effect((onCleanup) => {
      const id = this.id();
      link.connections();
      untracked(() => {
        this.found.set(null);
        if (id !== null) void this.load();
      });
      // It is there right after the checkpoint has been written.
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
      const found = await this.ask(id);
      if (id !== this.id()) return;
      this.found.set(found);
      this.failure.set('');
    } catch (thrown) {
      if (id === this.id()) this.failure.set(ApiError.from(thrown).text);
    }
  }
}

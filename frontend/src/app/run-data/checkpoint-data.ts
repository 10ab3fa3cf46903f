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
  private asked = 0;

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
      // It is written right after the checkpoint, and may come later than the news of that. The last one of a run is
      // there when the run says that it has ended.
      const renewed = ({run}: {run: string}): void => {
        if (run === id) void this.load();
      };
      const ends = [link.on('checkpoint', renewed), link.on('training_status', renewed)];
      onCleanup(() => {
        for (const end of ends) end();
      });
    });
  }

  async load(): Promise<void> {
    const id = this.id();
    if (id === null) return;
    const number = ++this.asked;
    const isLast = (): boolean => number === this.asked && id === this.id();
    try {
      const found = await this.ask(id);
      if (!isLast()) return;
      this.found.set(found);
      this.failure.set('');
    } catch (thrown) {
      if (isLast()) this.failure.set(ApiError.from(thrown).text);
    }
  }
}

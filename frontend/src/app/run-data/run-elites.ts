import {computed, effect, inject, Injectable, signal, untracked} from '@angular/core';
import {Api} from './api';
import {ApiError} from './api-error';
import {LiveLink} from './live-link';
import {named} from './networks';
import {RunFeed} from './run-feed';
import {Elite, Network, World} from './wire';

/** The elites that the shown run has left, kept up to date. Provided by the page that shows the run. */
@Injectable()
export class RunElites {
  private readonly api = inject(Api);
  private readonly feed = inject(RunFeed);
  private readonly found = signal<readonly Elite[] | null>(null);
  private readonly failure = signal('');
  private readonly networks = new Map<string, Promise<Network>>();
  private worlds: Promise<readonly World[]> | null = null;

  private readonly id = computed(() => this.feed.run()?.id ?? null);

  /** Newest first; null while nobody knows. */
  readonly elites = this.found.asReadonly();
  readonly error = this.failure.asReadonly();
  readonly best = computed(() => {
    const elites = this.found() ?? [];
    return elites.reduce<Elite | null>(
      (best, each) => ((each.fitness ?? -Infinity) > (best?.fitness ?? -Infinity) ? each : best),
      null,
    );
  });

  constructor() {
    const link = inject(LiveLink);
    effect((onCleanup) => {
      const id = this.id();
      link.connections();
      untracked(() => {
        this.found.set(null);
        if (id !== null) void this.load();
      });
      // Elites appear right after a checkpoint has been written.
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
      const {elites} = await this.api.elites(id);
      if (id === this.id()) this.found.set(elites);
      this.failure.set('');
    } catch (thrown) {
      this.failure.set(ApiError.from(thrown).text);
    }
  }

  /** The network of an elite, with the names that the run's world gives its inputs and outputs. */
  network({run, generation, sha256}: Elite): Promise<Network> {
    const key = `${run} ${String(generation)} ${sha256}`;
    const known = this.networks.get(key);
    if (known) return known;
    const asked = this.ask(run, generation);
    this.networks.set(key, asked);
    asked.catch(() => this.networks.delete(key));
    return asked;
  }

  private async ask(run: string, generation: number): Promise<Network> {
    this.worlds ??= this.api.worlds().then(
      ({worlds}) => worlds,
      () => [],
    );
    const [network, worlds] = await Promise.all([this.api.eliteNetwork(run, generation), this.worlds]);
    const world = this.feed.run()?.world;
    return named(
      network,
      worlds.find(({name}) => name === world),
    );
  }
}

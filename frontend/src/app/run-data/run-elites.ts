import {computed, inject, Injectable} from '@angular/core';
import {Api} from './api';
import {CheckpointData} from './checkpoint-data';
import {named} from './networks';
import {RunFeed} from './run-feed';
import {Elite, Network, World} from './wire';

/** The elites that the shown run has left, kept up to date. Provided by the page that shows the run. */
@Injectable()
export class RunElites {
  private readonly api = inject(Api);
  private readonly feed = inject(RunFeed);
  private readonly data = new CheckpointData(async (run) => (await this.api.elites(run)).elites);
  private readonly networks = new Map<string, Promise<Network>>();
  private worlds: Promise<readonly World[]> | null = null;

  /** Newest first; null while nobody knows. */
  readonly elites = this.data.value;
  readonly error = this.data.error;
  readonly best = computed(() => {
    const elites = this.elites() ?? [];
    return elites.reduce<Elite | null>(
      (best, each) => ((each.fitness ?? -Infinity) > (best?.fitness ?? -Infinity) ? each : best),
      null,
    );
  });

  load(): Promise<void> {
    return this.data.load();
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

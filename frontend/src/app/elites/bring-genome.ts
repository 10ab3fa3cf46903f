import {ChangeDetectionStrategy, Component, inject, signal} from '@angular/core';
import {MatButton} from '@angular/material/button';
import {Router, RouterLink} from '@angular/router';
import {Api} from '../run-data/api';
import {ApiError} from '../run-data/api-error';
import {BroughtGenome, Games} from '../run-data/games';
import {readJsonFile} from '../run-data/json-file';
import {named} from '../run-data/networks';
import {JsonObject, Network} from '../run-data/wire';
import {Icon} from '../widgets/icon/icon';
import {describe} from '../widgets/network/layout';
import {NetworkTable} from '../widgets/network/network-table';
import {NetworkView} from '../widgets/network/network-view';

/** Where somebody brings a genome of their own: it is looked at, then it flies, or a run is begun from it. */
@Component({
  selector: 'app-bring-genome',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Icon, MatButton, NetworkTable, NetworkView, RouterLink],
  template: `
    <div class="page">
      <div class="page-head"><h1>Bring a genome</h1></div>
      <label
        class="card drop"
        [class.over]="over()"
        (dragover)="$event.preventDefault(); over.set(true)"
        (dragleave)="over.set(false)"
        (drop)="drop($event)"
      >
        <input
          type="file"
          accept=".json,application/json"
          class="visually-hidden"
          data-testid="genome-file"
          (change)="choose($event)"
        />
        <app-icon name="upload" />
        <strong>Choose a JSON file, or drop it here</strong>
        <span class="muted">
          A genome downloaded from an elite, or what neat-python’s <code>neat.export</code> writes of a network.
        </span>
      </label>
      @if (fault()) {
        <p class="fault" role="alert" data-testid="genome-fault">{{ fault() }}</p>
      }
      @if (network(); as network) {
        <section class="card found" data-testid="genome-found">
          <h2>{{ name() }}</h2>
          <p class="muted">{{ words(network) }}</p>
          <app-network-view [network]="network" />
          <details>
            <summary>As a table</summary>
            <app-network-table [network]="network" />
          </details>
          <div class="actions">
            <button matButton="filled" type="button" data-testid="fly-genome" [disabled]="busy()" (click)="fly()">
              <app-icon name="rocket_launch" /> Fly it
            </button>
            <a matButton="outlined" routerLink="/runs/new" [queryParams]="{genome: name()}">
              <app-icon name="fork_right" /> New run from it
            </a>
            <a matButton routerLink="/game">Put it into a game</a>
          </div>
        </section>
      }
    </div>
  `,
  styles: `
    .drop {
      display: grid;
      justify-items: center;
      gap: 5px;
      padding: 38px 20px;
      border-style: dashed;
      border-color: var(--mat-sys-outline);
      text-align: center;
      cursor: pointer;
    }
    .drop:has(:focus-visible) {
      outline: 2px solid var(--accent);
      outline-offset: 2px;
    }
    .over {
      border-color: var(--accent);
      background: color-mix(in srgb, var(--accent) 7%, var(--card));
    }
    .drop app-icon {
      width: 32px;
      height: 32px;
      color: var(--muted);
    }
    .fault {
      color: var(--bad);
    }
    .found {
      display: grid;
      gap: 10px;
      padding: 16px 18px;
    }
    app-network-view {
      height: 380px;
    }
    summary {
      color: var(--accent);
      cursor: pointer;
    }
    .actions {
      display: flex;
      flex-wrap: wrap;
      gap: 10px;
    }
  `,
})
export class BringGenome {
  private readonly api = inject(Api);
  private readonly games = inject(Games);
  private readonly router = inject(Router);
  private brought: BroughtGenome | null = null;

  protected readonly over = signal(false);
  protected readonly busy = signal(false);
  protected readonly fault = signal('');
  protected readonly name = signal('');
  protected readonly network = signal<Network | null>(null);
  protected readonly words = describe;

  protected choose(event: Event): void {
    const field = event.target as HTMLInputElement;
    void this.read(field.files?.[0]).finally(() => (field.value = ''));
  }

  protected drop(event: DragEvent): void {
    event.preventDefault();
    this.over.set(false);
    void this.read(event.dataTransfer?.files[0]);
  }

  protected async fly(): Promise<void> {
    const brought = this.brought;
    if (!brought) return;
    this.busy.set(true);
    try {
      const session = await this.games.start({seats: [{pilot: {kind: 'genome', ...brought}, team: 0}]});
      await this.router.navigate(['/game', session.id]);
    } catch (thrown) {
      this.fault.set(ApiError.from(thrown).text);
    } finally {
      this.busy.set(false);
    }
  }

  /** Its network, with the names of the world that it fits. */
  private async look(genome: JsonObject): Promise<Network> {
    const [network, {worlds}] = await Promise.all([this.api.checkGenome(genome), this.api.worlds()]);
    const world = worlds.find(
      ({inputs, outputs}) => inputs.length === network.inputs && outputs.length === network.outputs,
    );
    return named(network, world);
  }

  private async read(file: File | undefined): Promise<void> {
    if (!file) return;
    this.fault.set('');
    this.network.set(null);
    try {
      const genome = await readJsonFile(file);
      this.network.set(await this.look(genome));
      this.brought = {name: file.name, genome};
      this.name.set(file.name);
      this.games.bring(this.brought);
    } catch (thrown) {
      this.fault.set(ApiError.from(thrown).text);
    }
  }
}

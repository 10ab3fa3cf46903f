import {ChangeDetectionStrategy, Component, computed, effect, inject, signal, untracked} from '@angular/core';
import {Api} from '../run-data/api';
import {ApiError} from '../run-data/api-error';
import {named} from '../run-data/networks';
import {SessionPlayer} from '../run-data/session-player';
import {Network, World} from '../run-data/wire';
import {NetworkTable} from '../widgets/network/network-table';
import {NetworkView} from '../widgets/network/network-view';

/** What goes on in a pilot's network while it flies. */
@Component({
  selector: 'app-pilot-network',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [NetworkTable, NetworkView],
  template: `
    <div class="head">
      <h2>Network</h2>
      @if (pilots().length > 1) {
        <select class="input" aria-label="Whose network" (change)="choose($event)">
          @for (seat of pilots(); track seat.seat) {
            <option [value]="seat.seat" [selected]="seat.seat === focus()">
              {{ seat.seat + 1 }} · {{ seat.name }}
            </option>
          }
        </select>
      }
    </div>
    @if (network(); as network) {
      <app-network-view class="picture" [network]="network" [values]="values()" />
      <p class="legend muted">
        <span class="plus"></span> positive <span class="minus"></span> negative; the wider, the stronger
      </p>
      <details>
        <summary>As a table</summary>
        <app-network-table [network]="network" />
      </details>
    } @else {
      <p class="muted">{{ words() }}</p>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 8px;
    }
    .head {
      display: flex;
      align-items: center;
      justify-content: space-between;
      gap: 10px;
    }
    .input {
      max-width: 190px;
    }
    .picture {
      height: 320px;
    }
    .legend {
      display: flex;
      align-items: center;
      gap: 6px;
      font-size: 12px;
    }
    .plus,
    .minus {
      width: 16px;
      height: 3px;
      border-radius: 2px;
      background: var(--plus);
    }
    .minus {
      margin-left: 6px;
      background: var(--minus);
    }
    summary {
      color: var(--accent);
      cursor: pointer;
    }
  `,
})
export class PilotNetwork {
  private readonly api = inject(Api);
  private readonly play = inject(SessionPlayer);
  private readonly worlds = signal<readonly World[]>([]);
  private readonly bare = signal<Network | null>(null);
  private readonly fault = signal('');

  protected readonly pilots = computed(
    () => this.play.session()?.seats.filter(({kind}) => kind === 'genome' || kind === 'policy') ?? [],
  );
  /** The seat whose network is shown. */
  protected readonly focus = signal<number | null>(null);
  protected readonly network = computed(() => {
    const [bare, name] = [this.bare(), this.play.session()?.world];
    return (
      bare &&
      named(
        bare,
        this.worlds().find((world) => world.name === name),
      )
    );
  });
  protected readonly values = computed(() => this.play.activations()[String(this.focus() ?? '')] ?? null);
  protected readonly words = computed(() => {
    if (this.pilots().length === 0) return 'Nobody here flies with a network.';
    return this.fault() || 'Fetching it…';
  });

  constructor() {
    this.api.worlds().then(
      ({worlds}) => {
        this.worlds.set(worlds);
      },
      () => undefined, // without it, inputs have numbers for names
    );
    effect(() => {
      const first = this.pilots()[0]?.seat ?? null;
      untracked(() => void this.look(first));
    });
  }

  protected choose(event: Event): void {
    void this.look(Number((event.target as HTMLSelectElement).value));
  }

  private async look(seat: number | null): Promise<void> {
    this.focus.set(seat);
    this.bare.set(null);
    this.fault.set('');
    const session = this.play.session();
    if (seat === null || !session) return;
    try {
      await this.api.sessionCommand(session.id, 'focus', {seat});
      const network = await this.api.sessionCommand<Network>(session.id, 'network', {seat});
      if (seat === this.focus()) this.bare.set(network);
    } catch (thrown) {
      if (seat === this.focus()) this.fault.set(ApiError.from(thrown).text);
    }
  }
}

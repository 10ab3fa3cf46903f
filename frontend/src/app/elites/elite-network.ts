import {ChangeDetectionStrategy, Component, effect, inject, input, signal} from '@angular/core';
import {ApiError} from '../run-data/api-error';
import {RunElites} from '../run-data/run-elites';
import {Elite, Network} from '../run-data/wire';
import {NetworkTable} from '../widgets/network/network-table';
import {NetworkView} from '../widgets/network/network-view';

/** The network of an elite, fetched when it is to be seen. */
@Component({
  selector: 'app-elite-network',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [NetworkTable, NetworkView],
  template: `
    @if (network(); as network) {
      <app-network-view [network]="network" [small]="small()" />
      @if (!small()) {
        <details>
          <summary>As a table</summary>
          <app-network-table [network]="network" />
        </details>
      }
    } @else if (fault()) {
      <p class="muted">{{ fault() }}</p>
    }
  `,
  styles: `
    :host {
      display: block;
    }
    app-network-view {
      height: var(--network-height, 100%);
    }
    p {
      padding: 8px;
      font-size: 12px;
    }
    summary {
      padding: 6px 0;
      color: var(--accent);
      cursor: pointer;
    }
  `,
})
export class EliteNetwork {
  readonly elite = input.required<Elite>();
  readonly small = input(false);

  protected readonly network = signal<Network | null>(null);
  protected readonly fault = signal('');

  constructor() {
    const elites = inject(RunElites);
    effect((onCleanup) => {
      let wanted = true;
      onCleanup(() => (wanted = false));
      elites.network(this.elite()).then(
        (network) => {
          if (wanted) this.network.set(network);
        },
        (thrown: unknown) => {
          if (wanted) this.fault.set(ApiError.from(thrown).text);
        },
      );
    });
  }
}

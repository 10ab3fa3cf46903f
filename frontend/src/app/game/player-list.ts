import {ChangeDetectionStrategy, Component, computed, input, output} from '@angular/core';
import {Details} from '../run-data/session-player';
import {Detail, Seat} from '../run-data/wire';
import {seated} from './pointing';

/** Who plays and how they stand. Each is a button that shows, by mouse or by keyboard, why they do what they do. */
@Component({
  selector: 'app-player-list',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h2>Players</h2>
    <ul data-testid="player-list">
      @for (each of players(); track each[0]) {
        <li [class.gone]="isGone(each[1])">
          <button
            type="button"
            [attr.aria-pressed]="pinned() === each[0]"
            [class.looked]="looked() === each[0]"
            (click)="chosen.emit(each[0])"
            (pointerenter)="hovered.emit(each[0])"
            (pointerleave)="hovered.emit(null)"
          >
            <span class="swatch" [style.background]="'var(--view-' + each[1].colour + ')'">{{ each[1].seat + 1 }}</span>
            <span class="name"
              >{{ each[1].title }} <span class="muted">{{ kindOf(each[1].seat) }}</span></span
            >
            <span class="facts number">
              @for (fact of factsOf(each[1]); track fact[0]) {
                <span
                  ><span class="muted">{{ fact[0] }}</span> {{ fact[1] }}</span
                >
              }
            </span>
            @if (each[1].state) {
              <span class="state">{{ each[1].state }}</span>
            } @else {
              @for (gauge of each[1].gauges; track gauge.name) {
                <span class="gauge" [class.low]="gauge.value / gauge.full < 0.31">
                  <span class="track"><span [style.scale]="gauge.value / gauge.full + ' 1'"></span></span>
                  <span class="number"
                    ><span class="visually-hidden">{{ gauge.name }}</span> {{ gauge.value }}</span
                  >
                </span>
              }
            }
          </button>
        </li>
      }
    </ul>
  `,
  styles: `
    :host {
      display: grid;
      gap: 8px;
    }
    ul {
      display: grid;
      gap: 4px;
      margin: 0 -8px;
      padding: 0;
      list-style: none;
    }
    button {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr) auto;
      align-items: center;
      gap: 2px 10px;
      width: 100%;
      min-height: 44px;
      padding: 5px 8px;
      border: 1px solid transparent;
      border-radius: 10px;
      background: none;
      color: inherit;
      text-align: left;
      cursor: pointer;
    }
    button:hover,
    .looked {
      background: var(--mat-sys-surface-container);
    }
    button[aria-pressed='true'] {
      border-color: var(--accent);
    }
    .swatch {
      display: grid;
      grid-row: span 2;
      place-items: center;
      width: 28px;
      height: 28px;
      border-radius: 8px;
      color: var(--view-ground);
      font-size: 13px;
      font-weight: 650;
    }
    .name {
      min-width: 0;
      overflow-wrap: anywhere;
      font-weight: 550;
    }
    .name .muted {
      font-size: 12px;
      font-weight: 450;
    }
    .facts {
      display: flex;
      gap: 10px;
      font-size: 12.5px;
    }
    .state {
      grid-column: 2 / 4;
      color: var(--muted);
      font-size: 12.5px;
    }
    .gauge {
      display: grid;
      grid-column: 2 / 4;
      grid-template-columns: minmax(0, 1fr) 26px;
      align-items: center;
      gap: 8px;
      font-size: 12px;
      text-align: right;
    }
    .track {
      display: block;
      overflow: hidden;
      height: 7px;
      border-radius: 4px;
      background: var(--mat-sys-surface-container-highest);
    }
    .track span {
      display: block;
      height: 100%;
      background: var(--good);
      transform-origin: left;
    }
    .low .track span {
      background: var(--bad);
    }
    .gone .swatch {
      opacity: 0.45;
    }
    .gone .title {
      color: var(--muted);
      text-decoration: line-through;
    }
  `,
})
export class PlayerList {
  readonly details = input.required<Details>();
  readonly seats = input<readonly Seat[]>([]);
  /** Key of the one that was pressed, and of the one that is looked at. */
  readonly pinned = input<string | null>(null);
  readonly looked = input<string | null>(null);
  readonly chosen = output<string>();
  readonly hovered = output<string | null>();

  protected readonly players = computed(() => seated(this.details()));

  protected isGone({gauges, state}: Detail): boolean {
    return state !== '' && gauges.some(({value}) => value <= 0);
  }

  protected kindOf(seat: number): string {
    const kind = this.seats().find((each) => each.seat === seat)?.kind;
    return kind === undefined || kind === 'person' ? '' : kind;
  }

  protected factsOf(detail: Detail): readonly (readonly [string, string | number])[] {
    return Object.entries(detail.facts);
  }
}

import {ChangeDetectionStrategy, Component, computed, input} from '@angular/core';
import {GameSpec} from '../run-data/wire';

interface Help {
  readonly keys: readonly string[];
  readonly does: string;
}

const FLYING: readonly Help[] = [
  {keys: ['↑', 'W'], does: 'thrust'},
  {keys: ['↓', 'S'], does: 'thrust backwards'},
  {keys: ['←', 'A'], does: 'turn left'},
  {keys: ['→', 'D'], does: 'turn right'},
  {keys: ['Space'], does: 'fire'},
];

const GOING: readonly Help[] = [
  {keys: ['↑', 'W'], does: 'up'},
  {keys: ['↓', 'S'], does: 'down'},
  {keys: ['←', 'A'], does: 'left'},
  {keys: ['→', 'D'], does: 'right'},
];
const LOOKING: readonly Help[] = [
  {keys: ['P'], does: 'pause'},
  {keys: [',', '.'], does: 'one step back, one step on'},
];

/** Which keys do what, for the game that is being played. */
@Component({
  selector: 'app-key-help',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h2>Keys</h2>
    <dl>
      @for (each of all(); track each.does) {
        <div>
          <dt>
            @for (key of each.keys; track key) {
              <kbd>{{ key }}</kbd>
            }
          </dt>
          <dd>{{ each.does }}</dd>
        </div>
      }
    </dl>
  `,
  styles: `
    :host {
      display: grid;
      gap: 8px;
    }
    dl {
      display: grid;
      gap: 6px;
      margin: 0;
      font-size: 13px;
    }
    div {
      display: grid;
      grid-template-columns: 92px minmax(0, 1fr);
      align-items: baseline;
      gap: 10px;
    }
    dt {
      display: flex;
      flex-wrap: wrap;
      gap: 4px;
    }
    dd {
      margin: 0;
      color: var(--muted);
    }
    kbd {
      padding: 1px 7px;
      border: 1px solid var(--line);
      border-bottom-width: 2px;
      border-radius: 6px;
      background: var(--mat-sys-surface-container-low);
      font: 500 12px/18px var(--mono);
    }
  `,
})
export class KeyHelp {
  /** Whether a person flies, and whether there are pilots who can be nudged. */
  readonly flies = input.required<boolean>();
  readonly leads = input.required<boolean>();
  readonly hand = input<GameSpec['hand']>('ship');

  protected readonly all = computed<readonly Help[]>(() => [
    ...(this.flies() ? (this.hand() === 'direction' ? GOING : FLYING) : []),
    ...(this.leads() ? this.nudges() : []),
    ...LOOKING,
  ]);

  private nudges(): readonly Help[] {
    return [
      {keys: ['Click'], does: 'an enemy: priority target'},
      {keys: ['Click'], does: 'a spot: rally point'},
      {keys: this.flies() ? ['H'] : ['Space', 'H'], does: 'hold'},
      {keys: ['F'], does: 'formation'},
      {keys: ['R'], does: 'release: forget the nudge'},
    ];
  }
}

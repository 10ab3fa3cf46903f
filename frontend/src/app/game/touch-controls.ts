import {ChangeDetectionStrategy, Component, computed, input, output} from '@angular/core';
import {GameSpec} from '../run-data/wire';
import {Icon} from '../widgets/icon/icon';
import {IconName} from '../widgets/icon/icons';
import {Control} from './stick';

export interface Touch {
  readonly source: string;
  readonly control: Control;
  readonly down: boolean;
}

interface Button {
  readonly control: Control;
  readonly label: string;
  readonly icon: IconName;
}

const SHIP: readonly (readonly Button[])[] = [
  [
    {control: 'left', label: 'Turn left', icon: 'rotate_left'},
    {control: 'right', label: 'Turn right', icon: 'rotate_right'},
  ],
  [
    {control: 'forward', label: 'Thrust', icon: 'keyboard_arrow_up'},
    {control: 'fire', label: 'Fire', icon: 'target'},
  ],
];
const DIRECTIONS: readonly (readonly Button[])[] = [
  [
    {control: 'left', label: 'Left', icon: 'arrow_back'},
    {control: 'right', label: 'Right', icon: 'arrow_forward'},
  ],
  [
    {control: 'forward', label: 'Up', icon: 'keyboard_arrow_up'},
    {control: 'back', label: 'Down', icon: 'keyboard_arrow_down'},
  ],
];

/** Buttons under one's thumbs, for a game played on a phone. Each finger counts by itself. */
@Component({
  selector: 'app-touch-controls',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Icon],
  template: `
    @for (side of sides(); track $index) {
      <div class="side">
        @for (each of side; track each.control) {
          <button
            type="button"
            [class.fire]="each.control === 'fire'"
            [attr.aria-label]="each.label"
            [attr.data-testid]="'touch-' + each.control"
            (pointerdown)="hold($event, each.control)"
            (pointerup)="letGo($event, each.control)"
            (pointercancel)="letGo($event, each.control)"
            (lostpointercapture)="letGo($event, each.control)"
            (contextmenu)="$event.preventDefault()"
          >
            <app-icon [name]="each.icon" />
          </button>
        }
      </div>
    }
  `,
  styles: `
    :host {
      display: flex;
      justify-content: space-between;
      gap: 12px;
      padding: 10px 2px 2px;
    }
    .side {
      display: flex;
      gap: 10px;
    }
    button {
      display: grid;
      place-items: center;
      width: 62px;
      height: 62px;
      border: 1px solid var(--line);
      border-radius: 50%;
      background: var(--mat-sys-surface-container-high);
      color: var(--mat-sys-on-surface);
      touch-action: none;
      user-select: none;
      -webkit-user-select: none;
    }
    button:active {
      background: var(--mat-sys-secondary-container);
    }
    .fire {
      border-color: transparent;
      background: var(--accent);
      color: var(--mat-sys-on-primary);
    }
    .fire:active {
      background: color-mix(in srgb, var(--accent) 75%, var(--mat-sys-on-surface));
    }
    app-icon {
      width: 28px;
      height: 28px;
    }
  `,
})
export class TouchControls {
  readonly hand = input<GameSpec['hand']>('ship');
  readonly touched = output<Touch>();

  protected readonly sides = computed(() => (this.hand() === 'direction' ? DIRECTIONS : SHIP));

  protected hold(event: PointerEvent, control: Control): void {
    event.preventDefault();
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.tell(event, control, true);
  }

  protected letGo(event: PointerEvent, control: Control): void {
    this.tell(event, control, false);
  }

  private tell(event: PointerEvent, control: Control, down: boolean): void {
    this.touched.emit({source: `touch-${control}-${String(event.pointerId)}`, control, down});
  }
}

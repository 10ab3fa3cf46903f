import {ChangeDetectionStrategy, Component, computed, input, output} from '@angular/core';

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20] as const;

/** How fast a world's time goes, from a tenth to twenty times the clock's. */
@Component({
  selector: 'app-speed-control',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <label>
      Speed
      <input
        type="range"
        min="0"
        step="1"
        data-testid="game-speed"
        [max]="last"
        [value]="index()"
        [attr.aria-valuetext]="words()"
        (input)="move($event)"
        (pointerup)="letGo($event)"
      />
      <output class="number">{{ words() }}</output>
    </label>
  `,
  styles: `
    label {
      display: inline-flex;
      align-items: center;
      gap: 8px;
      color: var(--muted);
      font-size: 13px;
    }
    input {
      width: 112px;
      accent-color: var(--accent);
    }
    output {
      min-width: 34px;
      color: var(--mat-sys-on-surface);
      font-weight: 550;
    }
  `,
})
export class SpeedControl {
  readonly speed = input.required<number>();
  readonly chosen = output<number>();

  protected readonly last = SPEEDS.length - 1;
  protected readonly words = computed(() => `${String(this.speed())}×`);
  protected readonly index = computed(() => {
    const away = SPEEDS.map((each) => Math.abs(Math.log(each / this.speed())));
    return away.indexOf(Math.min(...away));
  });

  /** A slider that was moved by pointer does not keep the arrow keys: a ship may be flown with them. */
  protected letGo(event: Event): void {
    (event.target as HTMLInputElement).blur();
  }

  protected move(event: Event): void {
    const speed = SPEEDS[Number((event.target as HTMLInputElement).value)];
    if (speed !== undefined) this.chosen.emit(speed);
  }
}

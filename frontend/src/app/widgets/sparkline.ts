import {ChangeDetectionStrategy, Component, computed, input} from '@angular/core';

const WIDTH = 120;
const HEIGHT = 30;
const INSET = 2;

/** The shape of a series without axes. Decorative: its newest value stands beside it. */
@Component({
  selector: 'app-sparkline',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (path(); as path) {
      <svg viewBox="0 0 120 30" preserveAspectRatio="none" aria-hidden="true">
        <path [attr.d]="path" vector-effect="non-scaling-stroke" />
      </svg>
    }
  `,
  styles: `
    :host {
      display: block;
      width: 120px;
      height: 30px;
    }
    svg {
      width: 100%;
      height: 100%;
      overflow: visible;
    }
    path {
      fill: none;
      stroke: var(--accent);
      stroke-width: 1.5;
      stroke-linejoin: round;
    }
  `,
})
export class Sparkline {
  readonly values = input.required<readonly (number | null)[]>();

  protected readonly path = computed(() => {
    const values = this.values().filter((value): value is number => value !== null && Number.isFinite(value));
    if (values.length < 2) return '';
    const low = Math.min(...values);
    const span = Math.max(...values) - low || 1;
    const points = values.map((value, i) => {
      const x = INSET + (i / (values.length - 1)) * (WIDTH - 2 * INSET);
      const y = HEIGHT - INSET - ((value - low) / span) * (HEIGHT - 2 * INSET);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    });
    return `M${points.join('L')}`;
  });
}

import {ChangeDetectionStrategy, Component, input} from '@angular/core';
import {formatCount, formatValue} from '../widgets/format';
import {Board} from './figures';

/** Score, wave and how the ship stands, over the picture of a game. */
@Component({
  selector: 'app-hud',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <dl class="heads" data-testid="game-score">
      @for (head of board().heads; track head[0]) {
        <div>
          <dt>{{ head[0] }}</dt>
          <dd class="number">{{ show(head[1]) }}</dd>
        </div>
      }
    </dl>
    <div class="gauges">
      @for (gauge of board().gauges; track gauge.name) {
        <div
          class="gauge"
          role="meter"
          aria-valuemin="0"
          aria-valuemax="1"
          [class.low]="gauge.share < 0.3"
          [attr.data-testid]="'gauge-' + gauge.name.toLowerCase()"
          [attr.aria-label]="gauge.name"
          [attr.aria-valuenow]="gauge.share"
          [attr.aria-valuetext]="gauge.text"
        >
          <span class="words"
            >{{ gauge.name }} <span class="number muted">{{ gauge.text }}</span></span
          >
          <span class="track"
            ><span [class]="'fill ' + gauge.name.toLowerCase()" [style.scale]="gauge.share + ' 1'"></span
          ></span>
        </div>
      }
    </div>
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      justify-content: space-between;
      gap: 8px 24px;
      min-height: 46px;
      padding: 0 4px 10px;
    }
    .heads {
      display: flex;
      gap: 22px;
      margin: 0;
    }
    dt {
      color: var(--muted);
      font-size: 11.5px;
      line-height: 15px;
    }
    dd {
      margin: 0;
      font-size: 19px;
      font-weight: 640;
      letter-spacing: -0.02em;
      line-height: 24px;
    }
    .gauges {
      display: flex;
      flex: 1;
      gap: 18px;
      justify-content: flex-end;
      min-width: min(100%, 240px);
    }
    .gauge {
      display: grid;
      flex: 1;
      gap: 4px;
      max-width: 190px;
      font-size: 12px;
      font-weight: 550;
    }
    .words {
      display: flex;
      justify-content: space-between;
      white-space: nowrap;
    }
    .muted {
      font-weight: 450;
    }
    .track {
      display: block;
      overflow: hidden;
      height: 8px;
      border-radius: 4px;
      background: var(--mat-sys-surface-container-highest);
    }
    .fill {
      display: block;
      height: 100%;
      background: var(--good);
      transform-origin: left;
      transition: scale 0.12s linear;
    }
    .fill.shield {
      background: var(--beside);
    }
    .low .fill {
      background: var(--bad);
    }
    @media (max-width: 720px) {
      .heads {
        gap: 18px;
      }
    }
  `,
})
export class Hud {
  readonly board = input.required<Board>();

  protected show(value: string | number): string {
    if (typeof value !== 'number') return value;
    return Number.isInteger(value) ? formatCount(value) : formatValue(value);
  }
}

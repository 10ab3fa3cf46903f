import {ChangeDetectionStrategy, Component, computed, input} from '@angular/core';
import {formatValue} from './format';

/** One figure: what it is, its newest value, and its unit. */
@Component({
  selector: 'app-tile',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="title" [title]="doc()">{{ title() }}</div>
    <div class="value number">
      {{ shown() }}
      @if (unit() && known()) {
        <span class="unit">{{ unit() }}</span>
      }
    </div>
  `,
  host: {'[attr.data-testid]': "'tile-' + name()", '[class.primary]': 'primary()'},
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      justify-content: space-between;
      min-width: 0;
      padding: 11px 13px 12px;
      background: var(--card);
      border: 1px solid var(--line);
      border-radius: 12px;
    }
    :host(.primary) {
      border-color: color-mix(in srgb, var(--accent) 55%, var(--line));
      background: color-mix(in srgb, var(--accent) 7%, var(--card));
    }
    .title {
      color: var(--muted);
      font-size: 12px;
      line-height: 16px;
    }
    .value {
      display: flex;
      align-items: baseline;
      margin-top: 2px;
      font-size: 20px;
      font-weight: 600;
      letter-spacing: -0.02em;
      line-height: 26px;
      white-space: nowrap;
    }
    .unit {
      margin-left: 4px;
      color: var(--muted);
      font-size: 12px;
      font-weight: 450;
      line-height: 1;
      letter-spacing: 0;
    }
  `,
})
export class Tile {
  readonly name = input.required<string>();
  readonly title = input.required<string>();
  readonly value = input.required<number | null | undefined>();
  readonly unit = input('');
  readonly doc = input('');
  readonly primary = input(false);
  protected readonly known = computed(() => typeof this.value() === 'number');
  protected readonly shown = computed(() => formatValue(this.value()));
}

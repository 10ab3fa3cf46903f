import {ChangeDetectionStrategy, Component, computed, input} from '@angular/core';
import {ReportBars} from '../../run-data/wire';

/** Bars of parts on a common scale, each with its name and what is said of it. */
@Component({
  selector: 'app-bars-block',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <ul [attr.aria-label]="block().title">
      @for (bar of bars(); track bar.label) {
        <li>
          <span class="label" [title]="bar.label">{{ bar.label }}</span>
          <span class="bar" aria-hidden="true">
            @for (part of bar.parts; track $index) {
              <span [class]="part.tone" [style.width.%]="part.percent"></span>
            }
          </span>
          <span class="note">{{ bar.note }}</span>
        </li>
      } @empty {
        <li class="none">Nothing yet.</li>
      }
    </ul>
  `,
  styles: `
    ul {
      display: grid;
      grid-template-columns: minmax(90px, max-content) minmax(60px, 1fr) max-content;
      gap: 5px 12px;
      margin: 0;
      padding: 0;
      font-size: 13px;
      list-style: none;
    }
    li {
      display: grid;
      grid-column: 1 / -1;
      grid-template-columns: subgrid;
      align-items: center;
    }
    .label {
      overflow: hidden;
      max-width: 32ch;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .bar {
      display: flex;
      height: 12px;
      border-radius: 6px;
      overflow: hidden;
      background: var(--line);
    }
    .bar > span {
      background: var(--ink);
    }
    .note {
      color: var(--muted);
      font-variant-numeric: tabular-nums;
    }
    .none {
      color: var(--muted);
    }
    .now {
      --ink: var(--mat-sys-primary);
    }
    .good {
      --ink: var(--good);
    }
    .bad {
      --ink: var(--bad);
    }
    .past {
      --ink: color-mix(in srgb, var(--muted) 55%, transparent);
    }
    .faint {
      --ink: color-mix(in srgb, var(--muted) 30%, transparent);
    }
    @media (max-width: 600px) {
      ul {
        grid-template-columns: minmax(0, 1fr) max-content;
      }
      .bar {
        grid-row: 2;
        grid-column: 1 / -1;
      }
    }
  `,
})
export class BarsBlock {
  readonly block = input.required<ReportBars>();

  protected readonly bars = computed(() => {
    const {bars} = this.block();
    const longest = Math.max(
      ...bars.map(({parts}) => parts.reduce((sum, {value}) => sum + value, 0)),
      Number.MIN_VALUE,
    );
    return bars.map(({label, note, parts}) => ({
      label,
      note,
      parts: parts.map(({value, tone}) => ({tone, percent: (value / longest) * 100})),
    }));
  });
}

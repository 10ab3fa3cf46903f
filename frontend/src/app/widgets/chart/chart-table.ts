import {ChangeDetectionStrategy, Component, computed, input} from '@angular/core';
import {MatButton} from '@angular/material/button';
import type {StepUnit} from '../../run-data/wire';
import {capitalised, formatCount, formatValue, slug} from '../format';
import {Columns} from './thinning';

interface TableLine {
  readonly name: string;
  readonly label: string;
  readonly columns: Columns | undefined;
}

interface Row {
  readonly step: number;
  readonly values: readonly (number | null)[];
}

const ROWS_SHOWN = 200;

/** What a chart shows, as numbers: the newest rows on the page, all of them as a CSV file. */
@Component({
  selector: 'app-chart-table',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MatButton],
  template: `
    <div class="scroll" tabindex="0" role="region" [attr.aria-label]="heading() + ' as a table'">
      <table>
        <caption class="visually-hidden">
          {{
            heading()
          }}, newest first
        </caption>
        <thead>
          <tr>
            <th scope="col">{{ capitalised(unit().one) }}</th>
            @for (line of lines(); track line.name) {
              <th scope="col">{{ line.label }}</th>
            }
          </tr>
        </thead>
        <tbody class="number">
          @for (row of newest(); track row.step) {
            <tr>
              <th scope="row">{{ count(row.step) }}</th>
              @for (value of row.values; track $index) {
                <td>{{ show(value) }}</td>
              }
            </tr>
          }
        </tbody>
      </table>
    </div>
    <p class="muted">
      {{ newest().length }} of {{ count(rows().length) }} rows
      <button matButton type="button" (click)="saveCsv()">Save all as CSV</button>
    </p>
  `,
  styles: `
    .scroll {
      height: 190px;
      overflow: auto;
      border: 1px solid var(--line);
      border-radius: 8px;
    }
    table {
      width: 100%;
      border-collapse: collapse;
      font-size: 12.5px;
    }
    th,
    td {
      padding: 3px 10px;
      text-align: right;
      font-weight: 400;
      white-space: nowrap;
    }
    thead th {
      position: sticky;
      top: 0;
      background: var(--mat-sys-surface-container);
      font-weight: 600;
    }
    tbody tr:nth-child(even) {
      background: var(--mat-sys-surface-container-low);
    }
    p {
      display: flex;
      align-items: center;
      justify-content: space-between;
      font-size: 12.5px;
    }
  `,
})
export class ChartTable {
  readonly heading = input.required<string>();
  readonly lines = input.required<readonly TableLine[]>();
  readonly unit = input.required<StepUnit>();
  readonly version = input(0);
  readonly window = input<{readonly from: number; readonly to: number} | null>(null);

  protected readonly capitalised = capitalised;
  protected readonly count = formatCount;
  protected readonly show = formatValue;

  protected readonly rows = computed<Row[]>(() => {
    this.version();
    const window = this.window();
    const lines = this.lines();
    const bySteps = new Map<number, (number | null)[]>();
    lines.forEach(({columns}, i) => {
      for (let row = 0; row < (columns?.length ?? 0); row++) {
        const step = columns?.step[row] ?? 0;
        if (window && (step < window.from || step > window.to)) continue;
        let values = bySteps.get(step);
        if (!values) bySteps.set(step, (values = Array<number | null>(lines.length).fill(null)));
        values[i] = columns?.mean[row] ?? null;
      }
    });
    return [...bySteps].map(([step, values]) => ({step, values})).sort((a, b) => b.step - a.step);
  });
  protected readonly newest = computed(() => this.rows().slice(0, ROWS_SHOWN));

  protected saveCsv(): void {
    const head = [slug(this.unit().one), ...this.lines().map((line) => line.name)].join(',');
    const body = this.rows()
      .toReversed()
      .map(({step, values}) => [step, ...values.map((value) => (Number.isFinite(value) ? value : ''))].join(','));
    const file = new Blob([[head, ...body].join('\n'), '\n'], {type: 'text/csv'});
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = `${slug(this.heading())}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  }
}

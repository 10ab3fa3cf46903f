import {ChangeDetectionStrategy, Component, computed, input, linkedSignal} from '@angular/core';
import {ReportComparison} from '../../run-data/wire';
import {formatValue} from '../../widgets/format';
import {differences} from './difference';

/** Any two settings beside each other: what differs, and how far within its range. */
@Component({
  selector: 'app-comparison-block',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="choices">
      <label>
        From
        <select class="input" data-testid="compare-from" (change)="before.set(chosen($event))">
          @for (name of names(); track name) {
            <option [selected]="name === before()">{{ name }}</option>
          }
        </select>
      </label>
      <label>
        To
        <select class="input" data-testid="compare-to" (change)="after.set(chosen($event))">
          @for (name of names(); track name) {
            <option [selected]="name === after()">{{ name }}</option>
          }
        </select>
      </label>
    </div>
    @if (rows().length > 0) {
      <div class="scroll" tabindex="0" role="region" aria-label="Differences">
        <table>
          <thead>
            <tr>
              <th>Parameter</th>
              <th class="number">From</th>
              <th class="number">To</th>
              <th>In its range</th>
              <th>Meaning</th>
            </tr>
          </thead>
          <tbody>
            @for (row of rows(); track row.name) {
              <tr>
                <td>{{ row.name }}</td>
                <td class="number">{{ value(row.before) }}</td>
                <td class="number">{{ value(row.after) }} {{ row.unit }}</td>
                <td>
                  <span
                    class="range"
                    role="img"
                    [attr.aria-label]="(row.to > row.from ? 'up ' : 'down ') + percent(row.to - row.from)"
                  >
                    <span
                      class="moved"
                      [class.up]="row.to > row.from"
                      [style.left.%]="(row.from < row.to ? row.from : row.to) * 100"
                      [style.width.%]="size(row.to - row.from)"
                    ></span>
                    <span class="end" [style.left.%]="row.to * 100"></span>
                  </span>
                </td>
                <td>{{ row.doc }}</td>
              </tr>
            }
          </tbody>
        </table>
      </div>
    } @else {
      <p class="none">Nothing differs between them.</p>
    }
  `,
  styleUrls: ['./tables.scss', './comparison.scss'],
})
export class ComparisonBlock {
  readonly block = input.required<ReportComparison>();

  /** A choice stays when the report is renewed, as long as there is such a setting. */
  protected readonly before = linkedSignal<ReportComparison, string>({
    source: this.block,
    computation: (block, last) => (last && last.value in block.settings ? last.value : block.before),
  });
  protected readonly after = linkedSignal<ReportComparison, string>({
    source: this.block,
    computation: (block, last) =>
      last && last.value !== last.source.after && last.value in block.settings ? last.value : block.after,
  });
  protected readonly names = computed(() => Object.keys(this.block().settings));
  protected readonly rows = computed(() => differences(this.block(), this.before(), this.after()));
  protected readonly value = formatValue;

  protected chosen(event: Event): string {
    return (event.target as HTMLSelectElement).value;
  }

  protected size(change: number): number {
    return Math.abs(change) * 100;
  }

  protected percent(change: number): string {
    return `${formatValue(Number(this.size(change).toPrecision(2)))}% of the range`;
  }
}

import {ChangeDetectionStrategy, Component, input} from '@angular/core';
import {ReportTable} from '../../run-data/wire';

/** A table of words and numbers; wide ones scroll within themselves. */
@Component({
  selector: 'app-table-block',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (block().rows.length > 0) {
      <div class="scroll" tabindex="0" role="region" aria-label="Table">
        <table>
          <thead>
            <tr>
              @for (column of block().columns; track $index) {
                <th [class.number]="column.number">{{ column.title }}</th>
              }
            </tr>
          </thead>
          <tbody>
            @for (row of block().rows; track $index) {
              <tr>
                @for (cell of row; track $index) {
                  <td [class.number]="block().columns[$index]?.number">{{ cell }}</td>
                }
              </tr>
            }
          </tbody>
        </table>
      </div>
    } @else {
      <p class="none">{{ block().empty }}</p>
    }
  `,
  styleUrl: './tables.scss',
})
export class TableBlock {
  readonly block = input.required<ReportTable>();
}

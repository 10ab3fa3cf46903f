import {ChangeDetectionStrategy, Component, computed, input, output} from '@angular/core';
import {MatIconButton} from '@angular/material/button';
import {Elite, MetricSpec} from '../run-data/wire';
import {formatValue} from '../widgets/format';
import {Icon} from '../widgets/icon/icon';
import {EliteNetwork} from './elite-network';
import {statsOf} from './stats';

interface Row {
  readonly title: string;
  readonly cells: readonly {readonly text: string; readonly best: boolean}[];
}

/** Elites side by side: their figures, the best of each row marked, and their networks. */
@Component({
  selector: 'app-comparison',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [EliteNetwork, Icon, MatIconButton],
  template: `
    <header>
      <h2>Comparison</h2>
      <button matIconButton type="button" aria-label="Close the comparison" (click)="closed.emit()">
        <app-icon name="close" />
      </button>
    </header>
    <div class="scroll" tabindex="0" role="region" aria-label="Comparison">
      <table>
        <thead>
          <tr>
            <th></th>
            @for (elite of elites(); track elite.generation) {
              <th scope="col">Generation {{ elite.generation }}</th>
            }
          </tr>
        </thead>
        <tbody>
          @for (row of rows(); track row.title) {
            <tr>
              <th scope="row">{{ row.title }}</th>
              @for (cell of row.cells; track $index) {
                <td class="number" [class.best]="cell.best">
                  {{ cell.text }}
                  @if (cell.best) {
                    <span class="visually-hidden">(best)</span>
                  }
                </td>
              }
            </tr>
          }
          <tr class="networks">
            <th scope="row">Network</th>
            @for (elite of elites(); track elite.generation) {
              <td><app-elite-network [elite]="elite" /></td>
            }
          </tr>
        </tbody>
      </table>
    </div>
  `,
  styles: `
    :host {
      display: block;
      padding: 12px 16px 14px;
    }
    header {
      display: flex;
      align-items: center;
      justify-content: space-between;
    }
    .scroll {
      overflow-x: auto;
    }
    table {
      width: 100%;
      min-width: 540px;
      border-collapse: collapse;
      table-layout: fixed;
    }
    th:first-child {
      width: 150px;
    }
    th,
    td {
      padding: 6px 10px;
      border-bottom: 1px solid var(--line);
      text-align: left;
      vertical-align: top;
    }
    tr:last-child > * {
      border-bottom: 0;
    }
    tbody th {
      color: var(--muted);
      font-weight: 450;
      white-space: nowrap;
    }
    .best {
      color: var(--good);
      font-weight: 620;
    }
    app-elite-network {
      --network-height: 300px;
    }
  `,
})
export class Comparison {
  readonly elites = input.required<readonly Elite[]>();
  readonly metrics = input.required<readonly MetricSpec[]>();
  readonly closed = output();

  protected readonly rows = computed<readonly Row[]>(() => {
    const elites = this.elites();
    const stats = elites.map((elite) => new Map(statsOf(elite, this.metrics()).map((stat) => [stat.name, stat])));
    const names = [...new Set(stats.flatMap((each) => [...each.keys()]))];
    return [
      row(
        'Fitness',
        elites.map(({fitness}) => ({value: fitness, text: formatValue(fitness)})),
        'higher',
      ),
      ...names.map((name) =>
        row(
          stats.map((each) => each.get(name)?.title).find(Boolean) ?? name,
          stats.map((each) => each.get(name) ?? {value: null, text: '–'}),
          this.metrics().find((metric) => metric.name === name)?.better ?? 'neither',
        ),
      ),
    ];
  });
}

function row(
  title: string,
  cells: readonly {readonly value: number | null; readonly text: string}[],
  better: MetricSpec['better'],
): Row {
  const values = cells.flatMap(({value}) => (value === null ? [] : [value]));
  const best = better === 'higher' ? Math.max(...values) : better === 'lower' ? Math.min(...values) : null;
  const differ = new Set(values).size > 1;
  return {title, cells: cells.map(({value, text}) => ({text, best: differ && value !== null && value === best}))};
}

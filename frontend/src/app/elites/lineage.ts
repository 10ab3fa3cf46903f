import {ChangeDetectionStrategy, Component, computed, effect, inject, input, output, signal} from '@angular/core';
import {MatIconButton} from '@angular/material/button';
import {Api} from '../run-data/api';
import {ApiError} from '../run-data/api-error';
import {Ancestor, Elite} from '../run-data/wire';
import {formatValue} from '../widgets/format';
import {Icon} from '../widgets/icon/icon';
import {descentOf} from './descent';

const WIDTH = 1000;
const HEIGHT = 260;

/** How an elite came to be: its forebears over the generations, each as high as its fitness was. */
@Component({
  selector: 'app-lineage',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Icon, MatIconButton],
  template: `
    <header>
      <div>
        <h2>Line of descent of generation {{ elite().generation }}</h2>
        <p class="muted">{{ words() }}</p>
      </div>
      <button matIconButton type="button" aria-label="Close the line of descent" (click)="closed.emit()">
        <app-icon name="close" />
      </button>
    </header>
    @if (descent(); as descent) {
      <svg
        role="img"
        data-testid="lineage"
        [attr.viewBox]="'-14 -14 ' + (width + 28) + ' ' + (height + 28)"
        [attr.aria-label]="words()"
      >
        @for (line of descent.lines; track $index) {
          <line
            [attr.x1]="line.from.x * width"
            [attr.y1]="line.from.y * height"
            [attr.x2]="line.to.x * width"
            [attr.y2]="line.to.y * height"
          />
        }
        @for (point of descent.points; track point.ancestor.genome_id) {
          <circle
            [attr.cx]="point.x * width"
            [attr.cy]="point.y * height"
            [attr.r]="kept().has(point.ancestor.genome_id) ? 8 : 5"
            [class.kept]="kept().has(point.ancestor.genome_id)"
            [class.self]="point.ancestor.genome_id === elite().genome_id"
          >
            <title>{{ told(point.ancestor) }}</title>
          </circle>
        }
      </svg>
      <p class="axis muted">
        <span>generation {{ descent.firstGeneration }}, fitness {{ value(descent.leastFitness) }}</span>
        <span>generation {{ descent.lastGeneration }}, fitness {{ value(descent.mostFitness) }}</span>
      </p>
      <details>
        <summary>As a table</summary>
        <div class="scroll" tabindex="0" role="region" aria-label="The line of descent as a table">
          <table>
            <thead>
              <tr>
                <th scope="col">Generation</th>
                <th scope="col">Genome</th>
                <th scope="col">Fitness</th>
                <th scope="col">Parents</th>
              </tr>
            </thead>
            <tbody>
              @for (each of ancestors(); track each.genome_id) {
                <tr>
                  <td class="number">{{ each.generation }}</td>
                  <td class="number">{{ each.genome_id }}</td>
                  <td class="number">{{ value(each.fitness) }}</td>
                  <td class="number">{{ each.parents.join(', ') || 'none' }}</td>
                </tr>
              }
            </tbody>
          </table>
        </div>
      </details>
    } @else if (fault()) {
      <p class="muted">{{ fault() }}</p>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 8px;
      padding: 12px 16px 14px;
    }
    header {
      display: flex;
      justify-content: space-between;
      gap: 12px;
    }
    svg {
      width: 100%;
      height: auto;
      max-height: 300px;
    }
    line {
      stroke: var(--muted);
      stroke-width: 1.5;
      opacity: 0.6;
    }
    circle {
      fill: var(--card);
      stroke: var(--muted);
      stroke-width: 2;
    }
    .kept {
      fill: var(--mat-sys-secondary-container);
      stroke: var(--accent);
    }
    .self {
      fill: var(--accent);
      stroke: var(--accent);
    }
    .axis {
      display: flex;
      justify-content: space-between;
      gap: 12px;
      font-size: 12px;
    }
    summary {
      color: var(--accent);
      cursor: pointer;
    }
    .scroll {
      overflow: auto;
      max-height: 300px;
    }
    table {
      width: 100%;
      border-collapse: collapse;
      font-size: 12.5px;
    }
    th,
    td {
      padding: 4px 10px;
      border-bottom: 1px solid var(--line);
      text-align: left;
    }
  `,
})
export class Lineage {
  readonly elite = input.required<Elite>();
  /** All elites that the run has kept: marked where they lie on the line. */
  readonly elites = input.required<readonly Elite[]>();
  readonly closed = output();

  protected readonly width = WIDTH;
  protected readonly height = HEIGHT;
  protected readonly value = formatValue;
  protected readonly ancestors = signal<readonly Ancestor[]>([]);
  protected readonly fault = signal('');
  protected readonly kept = computed(() => new Set(this.elites().map(({genome_id}) => genome_id)));
  protected readonly descent = computed(() => (this.ancestors().length > 0 ? descentOf(this.ancestors()) : null));
  protected readonly words = computed(() => {
    const descent = this.descent();
    if (!descent) return '';
    const forebears = descent.points.length - 1;
    if (forebears === 0) return 'Nothing is known of its forebears.';
    return `${String(forebears)} known forebears, back to generation ${String(descent.firstGeneration)}.`;
  });

  constructor() {
    const api = inject(Api);
    effect((onCleanup) => {
      const {run, generation} = this.elite();
      let wanted = true;
      onCleanup(() => (wanted = false));
      api.eliteLineage(run, generation).then(
        ({ancestors}) => {
          if (wanted) this.ancestors.set(ancestors);
        },
        (thrown: unknown) => {
          if (wanted) this.fault.set(ApiError.from(thrown).text);
        },
      );
    });
  }

  protected told({generation, genome_id, fitness}: Ancestor): string {
    return `Generation ${String(generation)}: genome ${genome_id}, fitness ${formatValue(fitness)}`;
  }
}

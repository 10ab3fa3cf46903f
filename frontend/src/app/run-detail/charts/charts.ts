import {ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked} from '@angular/core';
import {Router} from '@angular/router';
import {RunFeed} from '../../run-data/run-feed';
import {Marker} from '../../widgets/chart/chart-setup';
import {StepWindow} from '../../widgets/chart/line-chart';
import {capitalised} from '../../widgets/format';
import {Icon} from '../../widgets/icon/icon';
import {Notice} from '../../widgets/notice';
import {Tile} from '../../widgets/tile';
import {MetricPanel} from './metric-panel';
import {headlines, panelsOf, titlesOf} from './panels';

/** The figures and charts of a run, all drawn from what its system declares. The zoom is shared and in the address. */
@Component({
  selector: 'app-charts',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Icon, MetricPanel, Notice, Tile],
  template: `
    <section class="tiles" aria-label="Newest figures">
      @if (run(); as run) {
        <app-tile
          name="step"
          [title]="capitalised(run.unit.many)"
          [doc]="capitalised(run.unit.many) + ' of training so far'"
          [value]="run.step"
        />
      }
      @for (metric of tiles(); track metric.name) {
        <app-tile
          [name]="metric.name"
          [title]="titles().get(metric.name) ?? metric.title"
          [unit]="metric.unit"
          [doc]="metric.doc"
          [primary]="metric.primary"
          [value]="last()[metric.name]"
        />
      }
    </section>
    @if (hasMore()) {
      <button type="button" class="more" [attr.aria-expanded]="all()" (click)="toggleAll()">
        <app-icon name="keyboard_arrow_down" [class.up]="all()" />{{ all() ? 'Fewer figures' : 'All figures' }}
      </button>
    }
    <section class="panels" aria-label="Charts">
      @for (panel of panels(); track panel.title) {
        <app-metric-panel [panel]="panel" [markers]="markers()" [(window)]="window" />
      } @empty {
        <app-notice icon="show_chart" heading="No charts" text="This system declares no metrics with a panel." />
      }
    </section>
  `,
  styleUrl: './charts.scss',
})
export class Charts {
  readonly from = input<string>();
  readonly to = input<string>();

  private readonly router = inject(Router);
  private readonly feed = inject(RunFeed);
  protected readonly run = this.feed.run;
  protected readonly last = this.feed.last;
  protected readonly capitalised = capitalised;
  protected readonly all = signal(false);
  protected readonly window = signal<StepWindow | null>(null);

  private readonly metrics = computed(() => this.run()?.metrics ?? [], {equal: sameNames});
  private readonly figures = computed(() => headlines(this.metrics()));
  protected readonly tiles = computed(() => (this.all() ? this.metrics() : this.figures().first));
  protected readonly titles = computed(() => titlesOf(this.metrics()));
  protected readonly hasMore = computed(() => this.figures().rest.length > 0);
  protected readonly panels = computed(() => panelsOf(this.metrics()));
  protected readonly markers = computed<Marker[]>(() =>
    this.feed.turns().map(({step, crashed}) => ({step, label: crashed ? 'crashed, went on' : 'went on'})),
  );

  constructor() {
    effect(() => {
      const [from, to] = [Number(this.from() ?? NaN), Number(this.to() ?? NaN)];
      const window = Number.isFinite(from) && Number.isFinite(to) && from < to ? {from, to} : null;
      const shown = untracked(this.window);
      if (window?.from !== whole(shown)?.from || window?.to !== whole(shown)?.to) this.window.set(window);
    });
    effect(() => {
      const window = whole(this.window());
      untracked(() => {
        this.remember(window);
      });
    });
  }

  protected toggleAll(): void {
    this.all.update((all) => !all);
  }

  private remember(window: StepWindow | null): void {
    const queryParams = {from: window?.from ?? null, to: window?.to ?? null};
    if (String(queryParams.from ?? '') === (this.from() ?? '') && String(queryParams.to ?? '') === (this.to() ?? ''))
      return;
    void this.router.navigate([], {queryParams, queryParamsHandling: 'merge', replaceUrl: true});
  }
}

function whole(window: StepWindow | null): StepWindow | null {
  return window && {from: Math.round(window.from), to: Math.round(window.to)};
}

function sameNames(a: readonly {name: string}[], b: readonly {name: string}[]): boolean {
  return a.length === b.length && a.every((each, i) => each.name === b[i]?.name);
}

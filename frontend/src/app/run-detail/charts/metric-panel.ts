import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  ElementRef,
  inject,
  input,
  model,
  signal,
  untracked,
} from '@angular/core';
import {RunFeed} from '../../run-data/run-feed';
import {Series} from '../../run-data/series';
import {Marker} from '../../widgets/chart/chart-setup';
import {ChartLine, LineChart, StepWindow} from '../../widgets/chart/line-chart';
import {Panel} from './panels';

const SETTLE_MS = 250;
const POINTS_PER_PIXEL = 2;

/** One chart of a run. Zoomed into a part whose points were merged, it fetches that part anew in full detail. */
@Component({
  selector: 'app-metric-panel',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [LineChart],
  template: `
    <app-line-chart
      [heading]="panel().title"
      [lines]="lines()"
      [version]="feed.version()"
      [markers]="markers()"
      [unit]="unit()"
      [subject]="subject()"
      [(window)]="window"
    />
  `,
  styles: `
    :host {
      display: grid;
      min-width: 0;
    }
  `,
})
export class MetricPanel {
  readonly panel = input.required<Panel>();
  readonly window = model<StepWindow | null>(null);
  readonly markers = input<readonly Marker[]>([]);

  protected readonly feed = inject(RunFeed);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly detail = signal<ReadonlyMap<string, Series> | null>(null);

  protected readonly unit = computed(() => this.feed.run()?.unit ?? {one: 'step', many: 'steps'});
  protected readonly subject = computed(() => this.feed.run()?.name || (this.feed.run()?.id ?? ''));

  protected readonly lines = computed<ChartLine[]>(() => {
    const detail = this.detail();
    this.feed.version();
    return this.panel().metrics.map((metric) => ({
      name: metric.name,
      label: metric.title,
      unit: metric.unit,
      doc: metric.doc,
      breaks: this.breaks(metric.begins_anew_with),
      columns: followed(detail?.get(metric.name), this.feed.series(metric.name)),
    }));
  });

  constructor() {
    effect((onCleanup) => {
      const window = this.window();
      this.feed.turns();
      this.detail.set(null);
      if (!window || !untracked(() => this.isCoarse(window))) return;
      let current = true;
      const timer = setTimeout(() => {
        void this.fetch(window, (found) => {
          if (current) this.detail.set(found);
        });
      }, SETTLE_MS);
      onCleanup(() => {
        current = false;
        clearTimeout(timer);
      });
    });
  }

  /** Steps at which one of these metrics changes, in order. */
  private breaks(names: readonly string[]): number[] {
    const steps = names.flatMap((name) => this.feed.series(name)?.changes() ?? []);
    return [...new Set(steps)].sort((a, b) => a - b);
  }

  private isCoarse(window: StepWindow): boolean {
    return this.panel().metrics.some((metric) => this.feed.series(metric.name)?.isCoarse(window) ?? false);
  }

  private async fetch(window: StepWindow, take: (found: Map<string, Series>) => void): Promise<void> {
    const names = this.panel().metrics.map((metric) => metric.name);
    const points = Math.max(500, Math.round(this.host.clientWidth * POINTS_PER_PIXEL));
    try {
      take(await this.feed.detail(names, window.from, window.to, points));
    } catch {
      // The coarse history stays on show; it holds every extreme.
    }
  }
}

/** The finer history, continued with what has come since it was fetched; the usual one where there is none. */
function followed(detail: Series | undefined, live: Series | undefined): Series | undefined {
  if (!detail?.length || !live) return live;
  const newest = detail.step[detail.length - 1] ?? 0;
  for (let row = live.indexOf(newest + 1); row < live.length; row++) {
    detail.add(live.step[row] ?? 0, live.t[row] ?? 0, {
      min: live.min[row] ?? null,
      max: live.max[row] ?? null,
      mean: live.mean[row] ?? null,
    });
  }
  return detail;
}

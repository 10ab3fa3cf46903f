import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  ElementRef,
  inject,
  input,
  model,
  signal,
  viewChild,
} from '@angular/core';
import {MatTooltip} from '@angular/material/tooltip';
import {Chart} from 'chart.js';
import type {StepUnit} from '../../run-data/wire';
import {formatValue, slug} from '../format';
import {Icon} from '../icon/icon';
import {resolveColour, resolveColours, Theme} from '../theme/theme';
import {ChartTable} from './chart-table';
import {configuration, datasetPair, Ink, LineChartJs, Marker, stepTitle} from './chart-setup';
import {LineStyle, lineStyle} from './colours';
import {Drawable, FrameScheduler} from './frame-scheduler';
import {savePicture} from './picture';
import {loneRadii, parted} from './parts';
import {Columns, thin, Thinned} from './thinning';

/** One line of a chart. `columns` may be changed in place; `version` of the chart then rises. */
export interface ChartLine {
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly doc: string;
  readonly columns: Columns | undefined;
  /** Steps with which another line begins, in order: what came before was of something else. */
  readonly breaks?: readonly number[];
}

/** The steps that a chart shows; null for all. */
export interface StepWindow {
  readonly from: number;
  readonly to: number;
}

const INK = ['line', 'muted', 'card', 'mat-sys-on-surface', 'bad'] as const;
const PAN_SHARE = 0.25;

/**
 * Lines over steps, for data that keeps coming: drawn at most once a frame, only while visible, thinned so that every
 * extreme stays. Drag to zoom, double-click to see all again; a zoom stays while data flows.
 */
@Component({
  selector: 'app-line-chart',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [ChartTable, Icon, MatTooltip],
  templateUrl: './line-chart.html',
  styleUrl: './line-chart.scss',
  host: {'[attr.data-testid]': 'testId()', '[attr.data-points]': 'points()'},
})
export class LineChart implements Drawable {
  readonly heading = input.required<string>();
  readonly lines = input.required<readonly ChartLine[]>();
  readonly version = input(0);
  /** What its steps count. */
  readonly unit = input.required<StepUnit>();
  /** Whose lines these are, for what is saved of them. */
  readonly subject = input('');
  readonly markers = input<readonly Marker[]>([]);
  readonly window = model<StepWindow | null>(null);
  readonly logarithmic = model(false);

  private readonly scheduler = inject(FrameScheduler);
  private readonly theme = inject(Theme);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('canvas');
  private readonly destroyed = inject(DestroyRef);
  private readonly hidden = signal<ReadonlySet<string>>(new Set());
  private chart: LineChartJs | null = null;
  private visible = false;
  private styles: readonly LineStyle[] | null = null;
  private ink: Ink = {line: '', muted: '', card: '', text: '', bad: ''};
  private drawnKey = '';

  protected readonly asTable = signal(false);
  protected readonly testId = computed(() => `chart-${slug(this.heading())}`);
  /** How many samples the longest line has. */
  protected readonly points = computed(() => {
    this.version();
    return Math.max(0, ...this.lines().map((line) => line.columns?.length ?? 0));
  });
  protected readonly legend = computed(() => {
    this.version();
    const hidden = this.hidden();
    return this.lines().map((line, i) => ({
      ...line,
      ...lineStyle(i),
      shown: !hidden.has(line.name),
      known: lastOf(line.columns) !== undefined,
      value: formatValue(lastOf(line.columns)),
    }));
  });
  protected readonly description = computed(() => {
    const lines = this.legend().map((line) => `${line.label}, now ${line.value}${line.unit ? ` ${line.unit}` : ''}`);
    return `${this.heading()}: line chart over ${this.unit().many}. ${lines.join('; ')}. Keys: plus and minus zoom, arrows move, 0 shows all.`;
  });

  constructor() {
    afterNextRender(() => {
      this.create();
    });
    effect(() => {
      this.theme.dark();
      this.styles = null;
      this.scheduler.request(this);
    });
    effect(() => {
      this.version();
      this.lines();
      this.unit();
      this.window();
      this.markers();
      this.logarithmic();
      this.hidden();
      if (this.visible) this.scheduler.request(this);
    });
    this.destroyed.onDestroy(() => {
      this.scheduler.cancel(this);
      this.chart?.destroy();
    });
  }

  /** Called by the scheduler, at most once a frame. */
  draw(): void {
    const {chart} = this;
    if (!chart || !this.visible) return;
    this.colour();
    const lines = this.lines().filter((line) => !this.hidden().has(line.name));
    this.matchDatasets(chart, lines);
    const range = this.window() ?? extent(lines);
    const pixels = Math.max(50, Math.floor(chart.chartArea.width));
    lines.forEach((line, i) => {
      const thinned = parted(
        line.columns ? thin(line.columns, range.from, range.to, pixels) : {trend: [], extremes: []},
        line.breaks ?? [],
      );
      this.fill(chart, i, thinned);
    });
    const {x, y} = chart.options.scales ?? {};
    const title = stepTitle(this.unit(), this.ink);
    if (x && y) {
      Object.assign(x, {min: range.from, max: range.to > range.from ? range.to : range.from + 1, title});
      Object.assign(y, {type: this.logarithmic() ? 'logarithmic' : 'linear'});
    }
    chart.update('none');
  }

  /** Show all steps again. */
  protected showAll(): void {
    this.window.set(null);
  }

  protected toggleLine(name: string): void {
    this.hidden.update((hidden) => {
      const next = new Set(hidden);
      if (!next.delete(name)) next.add(name);
      return next;
    });
  }

  protected toggleScale(): void {
    this.logarithmic.update((logarithmic) => !logarithmic);
  }

  protected toggleTable(): void {
    this.asTable.update((asTable) => !asTable);
  }

  protected async savePicture(): Promise<void> {
    this.colour();
    const lines = this.lines();
    await savePicture({
      file: slug(`${this.subject()} ${this.heading()}`),
      title: this.heading(),
      subject: this.subject(),
      unit: this.unit(),
      ink: this.ink,
      logarithmic: this.logarithmic(),
      range: this.window() ?? extent(lines),
      markers: this.markers(),
      lines: lines.flatMap((line, i) => {
        const style = this.styles?.[i];
        return style && !this.hidden().has(line.name) ? [{...line, style}] : [];
      }),
    });
  }

  protected zoomByKey(event: KeyboardEvent): void {
    const all = extent(this.lines());
    const {from, to} = this.window() ?? all;
    const span = to - from;
    const middle = (from + to) / 2;
    const moves: Readonly<Record<string, () => StepWindow | null>> = {
      '+': () => ({from: middle - span / 4, to: middle + span / 4}),
      '-': () => (span * 2 >= all.to - all.from ? null : {from: middle - span, to: middle + span}),
      ArrowLeft: () => ({from: from - span * PAN_SHARE, to: to - span * PAN_SHARE}),
      ArrowRight: () => ({from: from + span * PAN_SHARE, to: to + span * PAN_SHARE}),
      '0': () => null,
    };
    const move = moves[event.key === '=' ? '+' : event.key];
    if (!move) return;
    event.preventDefault();
    this.window.set(move());
  }

  private create(): void {
    const config = configuration(
      () => this.ink,
      () => this.unit(),
      () => this.markers(),
      (from, to) => {
        this.window.set({from, to});
      },
    );
    this.colour();
    this.chart = new Chart(this.canvas().nativeElement, config);
    const sight = new IntersectionObserver(([entry]) => {
      this.visible = entry?.isIntersecting ?? false;
      if (this.visible) this.scheduler.request(this);
    });
    sight.observe(this.host);
    this.chart.options.onResize = () => {
      this.scheduler.request(this);
    };
    this.destroyed.onDestroy(() => {
      sight.disconnect();
    });
  }

  private colour(): void {
    if (this.styles?.length === this.lines().length) return;
    this.styles = this.lines().map((_, place) => {
      const {colour, dash} = lineStyle(place);
      return {colour: resolveColour(this.host, colour), dash};
    });
    const ink = resolveColours(this.host, INK);
    this.ink = {line: ink.line, muted: ink.muted, card: ink.card, text: ink['mat-sys-on-surface'], bad: ink.bad};
    this.drawnKey = '';
  }

  /** Make datasets for exactly these lines, in the colours that the legend shows. */
  private matchDatasets(chart: LineChartJs, lines: readonly ChartLine[]): void {
    const key = lines.map((line) => line.name).join();
    if (key === this.drawnKey) return;
    this.drawnKey = key;
    const all = this.lines();
    chart.data.datasets = lines.flatMap((line) => {
      const place = all.indexOf(line);
      return datasetPair(line.label, this.styles?.[place] ?? {colour: 'gray', dash: []}, place);
    });
  }

  private fill(chart: LineChartJs, i: number, {trend, extremes}: Thinned): void {
    const [mean, ends] = chart.data.datasets.slice(2 * i, 2 * i + 2);
    if (!mean || !ends) return;
    const keep = this.logarithmic() ? (y: number) => (y > 0 ? y : NaN) : (y: number) => y;
    mean.data = trend.map(({x, y}) => ({x, y: keep(y)}));
    mean.pointRadius = loneRadii(mean.data);

    ends.data = extremes.map(({x, y}) => ({x, y: keep(y)}));
  }
}

function extent(lines: readonly ChartLine[]): StepWindow {
  let from = Infinity;
  let to = -Infinity;
  for (const {columns} of lines) {
    if (!columns?.length) continue;
    from = Math.min(from, columns.step[0] ?? from);
    to = Math.max(to, columns.step[columns.length - 1] ?? to);
  }
  return from <= to ? {from, to} : {from: 0, to: 1};
}

function lastOf(columns: Columns | undefined): number | undefined {
  return columns?.mean[columns.length - 1];
}

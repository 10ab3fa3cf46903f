import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  ElementRef,
  inject,
  input,
  signal,
} from '@angular/core';
import {ReportLines} from '../../run-data/wire';
import {lineStyle} from '../../widgets/chart/colours';
import {formatValue} from '../../widgets/format';
import {Scale, scaleOf, share} from './scale';

const HEIGHT = 220;
const EDGE = {top: 8, right: 12, bottom: 34, left: 52};
const PIXELS_PER_MARK = 110;
const NARROWEST = 240;
const UP_MARKS = 5;
const CAP = 5;
const ROOM = 0.07;
/** Words stand above their level, unless that is where the picture ends. */
const WORDS_HEIGHT = 24;

/** Lines, levels and intervals over a common scale, with every course in a table for those who do not see it. */
@Component({
  selector: 'app-lines-block',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <figure>
      <p class="heading">
        {{ block().title }} <span class="muted">{{ block().y_title }}</span>
      </p>
      @if (isEmpty()) {
        <p class="none">Nothing to draw yet.</p>
      } @else {
        <svg role="img" [attr.width]="width()" [attr.height]="height" [attr.aria-label]="block().title">
          @for (mark of picture().rows; track mark.at) {
            <line class="grid" [attr.x1]="left" [attr.x2]="width() - right" [attr.y1]="mark.at" [attr.y2]="mark.at" />
            <text class="mark end" [attr.x]="left - 8" [attr.y]="mark.at + 4">{{ mark.text }}</text>
          }
          @for (mark of picture().columns; track mark.at) {
            <text class="mark middle" [attr.x]="mark.at" [attr.y]="height - 18">{{ mark.text }}</text>
          }
          <text class="mark end" [attr.x]="width() - right" [attr.y]="height - 3">{{ block().x_title }}</text>
          @for (level of picture().levels; track $index) {
            <line
              class="level"
              [class]="level.tone"
              [attr.x1]="left"
              [attr.x2]="width() - right"
              [attr.y1]="level.at"
              [attr.y2]="level.at"
            />
            <text class="said" [class]="level.tone" [attr.x]="left + 6" [attr.y]="level.words">{{ level.label }}</text>
          }
          @for (line of picture().lines; track $index) {
            <polyline
              [class]="line.tone"
              [style.stroke]="line.style?.colour"
              [attr.stroke-dasharray]="line.style?.dash?.join(' ')"
              [attr.points]="line.points"
            >
              <title>{{ line.label }}</title>
            </polyline>
          }
          @for (each of picture().intervals; track $index) {
            <g [class]="each.tone">
              <title>{{ each.label }}</title>
              <line class="span" [attr.x1]="each.x" [attr.x2]="each.x" [attr.y1]="each.low" [attr.y2]="each.high" />
              @for (end of [each.low, each.high]; track $index) {
                <line class="span" [attr.x1]="each.x - cap" [attr.x2]="each.x + cap" [attr.y1]="end" [attr.y2]="end" />
              }
              <circle [attr.cx]="each.x" [attr.cy]="each.y" r="4" />
            </g>
          }
        </svg>
        @if (legend().length > 0) {
          <ul class="legend">
            @for (entry of legend(); track entry.label) {
              <li>
                <svg viewBox="0 0 18 4" aria-hidden="true">
                  <line
                    x1="0"
                    y1="2"
                    x2="18"
                    y2="2"
                    [style.stroke]="entry.style.colour"
                    [attr.stroke-dasharray]="entry.style.dash.join(' ')"
                  />
                </svg>
                {{ entry.label }}
              </li>
            }
          </ul>
        }
        <figcaption>
          <details>
            <summary>As a table</summary>
            <div class="scroll">
              <table>
                <thead>
                  <tr>
                    <th>Line</th>
                    <th>Ends at</th>
                    <th>With</th>
                  </tr>
                </thead>
                <tbody>
                  @for (line of told(); track $index) {
                    <tr>
                      <td>{{ line.label }}</td>
                      <td class="number">{{ line.x }}</td>
                      <td class="number">{{ line.y }}</td>
                    </tr>
                  }
                </tbody>
              </table>
            </div>
          </details>
        </figcaption>
      }
    </figure>
  `,
  styleUrl: './marks.scss',
})
export class LinesBlock {
  readonly block = input.required<ReportLines>();

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly height = HEIGHT;
  protected readonly left = EDGE.left;
  protected readonly right = EDGE.right;
  protected readonly cap = CAP;
  protected readonly width = signal(640);

  /** A line begins with its second point. */
  protected readonly isEmpty = computed(
    () => this.block().intervals.length === 0 && !this.block().lines.some(({points}) => points.length > 1),
  );

  /** Lines that have a colour of their own. */
  protected readonly legend = computed(() =>
    this.block()
      .lines.filter(({tone}) => tone === 'own')
      .map(({label}, place) => ({label, style: lineStyle(place)})),
  );

  protected readonly picture = computed(() => {
    const {lines, levels, intervals} = this.block();
    const inner = this.width() - EDGE.left - EDGE.right;
    const points = lines.flatMap((line) => line.points);
    const across = scaleOf(
      [0, ...points.map(([x]) => x), ...intervals.map(({x}) => x)],
      Math.max(2, Math.round(inner / PIXELS_PER_MARK)),
    );
    const up = roomy([
      ...points.map(([, y]) => y),
      ...levels.map(({y}) => y),
      ...intervals.flatMap(({low, high}) => [low, high]),
    ]);
    const atX = (x: number): number => EDGE.left + share(across, x) * inner;
    const atY = (y: number): number => HEIGHT - EDGE.bottom - share(up, y) * (HEIGHT - EDGE.top - EDGE.bottom);
    return {
      columns: across.marks.map((x) => ({at: atX(x), text: formatValue(x)})),
      rows: up.marks.map((y) => ({at: atY(y), text: this.words(y)})),
      levels: levels.map(({y, label, tone}) => ({
        at: atY(y),
        words: atY(y) < WORDS_HEIGHT ? atY(y) + 14 : atY(y) - 5,
        label,
        tone,
      })),
      lines: lines.map(({label, tone, points}) => ({
        label,
        tone,
        style: this.legend().find((entry) => entry.label === label)?.style,
        points: points.map(([x, y]) => `${atX(x).toFixed(1)},${atY(y).toFixed(1)}`).join(' '),
      })),
      intervals: intervals.map(({x, value, low, high, label, tone}) => ({
        x: atX(x),
        y: atY(value),
        low: atY(low),
        high: atY(high),
        label,
        tone,
      })),
    };
  });

  protected readonly told = computed(() => {
    const {lines, intervals} = this.block();
    return [
      ...lines.flatMap(({label, points}) => {
        const end = points[points.length - 1];
        return end ? [{label, x: formatValue(end[0]), y: this.words(end[1])}] : [];
      }),
      ...intervals.map(({label, x, value, low, high}) => ({
        label,
        x: formatValue(x),
        y: `${this.words(value)} [${this.words(low)}, ${this.words(high)}]`,
      })),
    ];
  });

  constructor() {
    const observer = new ResizeObserver(([entry]) => {
      if (entry) this.width.set(Math.max(NARROWEST, Math.floor(entry.contentRect.width)));
    });
    afterNextRender(() => {
      observer.observe(this.host);
    });
    inject(DestroyRef).onDestroy(() => {
      observer.disconnect();
    });
  }

  private words(y: number): string {
    return this.block().percent ? `${formatValue(Number((y * 100).toPrecision(4)))}%` : formatValue(y);
  }
}

/** A scale on which nothing touches the picture's edges. */
function roomy(values: readonly number[]): Scale {
  const tight = scaleOf(values, UP_MARKS);
  const room = (tight.high - tight.low) * ROOM;
  return scaleOf([tight.low - room, tight.high + room], UP_MARKS);
}

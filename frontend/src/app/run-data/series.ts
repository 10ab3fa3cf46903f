import {MetricHistory} from './wire';

/** A part of a metric's history that a finer one may replace: steps from `from` to `to`. */
export interface StepRange {
  readonly from: number;
  readonly to: number;
}

/** Several points as one. */
export interface Bucket {
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly count?: number;
}

const FIRST_CAPACITY = 512;

/**
 * One metric over steps, in step order, as columns that grow. A sample is a point or a bucket of points: `min`, `max`
 * and `mean` agree for a point. Beyond `limit` samples the older half is merged in pairs, so that a run of any length
 * fits while no extreme is lost. Not a number (NaN) marks a value that was not finite.
 */
export class Series {
  step = new Float64Array(FIRST_CAPACITY);
  t = new Float64Array(FIRST_CAPACITY);
  min = new Float64Array(FIRST_CAPACITY);
  max = new Float64Array(FIRST_CAPACITY);
  mean = new Float64Array(FIRST_CAPACITY);
  count = new Float64Array(FIRST_CAPACITY);
  length = 0;

  constructor(private readonly limit = 20_000) {}

  static from(history: MetricHistory, limit?: number): Series {
    const series = new Series(limit);
    history.step.forEach((step, i) => {
      const row = series.grow();
      series.step[row] = step;
      series.t[row] = history.t[i] ?? NaN;
      series.min[row] = history.min[i] ?? NaN;
      series.max[row] = history.max[i] ?? NaN;
      series.mean[row] = history.mean[i] ?? NaN;
      series.count[row] = history.count[i] ?? 1;
    });
    return series;
  }

  /** Put in one sample. A step that is there already is replaced, so telling the same twice does no harm. */
  add(step: number, t: number, value: number | null | Bucket): void {
    const row = this.indexOf(step);
    if (row === this.length || this.step[row] !== step) {
      this.grow();
      for (const column of this.columns()) column.copyWithin(row + 1, row, this.length - 1);
    }
    const {min, max, mean, count} = typeof value === 'object' && value ? value : bucketOf(value);
    this.step[row] = step;
    this.t[row] = t;
    this.min[row] = min ?? NaN;
    this.max[row] = max ?? NaN;
    this.mean[row] = mean ?? NaN;
    this.count[row] = count ?? 1;
    if (this.length > this.limit) this.mergeOlderHalf();
  }

  /** Forget everything after `step`: a rewound run has superseded it. */
  truncateAfter(step: number): void {
    while (this.length > 0 && (this.step[this.length - 1] ?? 0) > step) this.length--;
  }

  /** Steps at which the value is another than before, or at which it changed among the points that a sample stands for. */
  changes(): number[] {
    const found: number[] = [];
    for (let row = 1; row < this.length; row++) {
      if (this.mean[row] !== this.mean[row - 1] || this.min[row] !== this.max[row]) found.push(this.step[row] ?? 0);
    }
    return found;
  }

  /** Row of the first sample at or after `step`; `length` if there is none. */
  indexOf(step: number): number {
    if (this.length === 0 || (this.step[this.length - 1] ?? 0) < step) return this.length;
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.step[middle] ?? 0) < step) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether samples in `range` stand for more than one point each, so that a finer history exists. */
  isCoarse(range: StepRange): boolean {
    const end = this.indexOf(range.to);
    for (let row = this.indexOf(range.from); row < end; row++) if ((this.count[row] ?? 1) > 1) return true;
    return false;
  }

  /** Last finite value, null before the first. */
  get last(): number | null {
    for (let row = this.length - 1; row >= 0; row--) {
      const value = this.mean[row];
      if (value !== undefined && Number.isFinite(value)) return value;
    }
    return null;
  }

  private grow(): number {
    if (this.length === this.step.length) {
      this.step = doubled(this.step);
      this.t = doubled(this.t);
      this.min = doubled(this.min);
      this.max = doubled(this.max);
      this.mean = doubled(this.mean);
      this.count = doubled(this.count);
    }
    return this.length++;
  }

  private mergeOlderHalf(): void {
    const half = (this.length >> 1) & ~1;
    for (let from = 0, to = 0; from < half; from += 2, to++) {
      const first = this.count[from] ?? 1;
      const second = this.count[from + 1] ?? 1;
      const [a, b] = [this.mean[from] ?? NaN, this.mean[from + 1] ?? NaN];
      this.mean[to] = Number.isNaN(a) ? b : Number.isNaN(b) ? a : (a * first + b * second) / (first + second);
      this.min[to] = extreme(Math.min, this.min[from], this.min[from + 1]);
      this.max[to] = extreme(Math.max, this.max[from], this.max[from + 1]);
      this.count[to] = first + second;
      this.step[to] = this.step[from + 1] ?? 0;
      this.t[to] = this.t[from + 1] ?? 0;
    }
    for (const column of this.columns()) column.copyWithin(half >> 1, half, this.length);
    this.length -= half >> 1;
  }

  private columns(): Float64Array[] {
    return [this.step, this.t, this.min, this.max, this.mean, this.count];
  }
}

function bucketOf(value: number | null): Bucket {
  return {min: value, max: value, mean: value, count: 1};
}

function doubled(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}

function extreme(choose: (...values: number[]) => number, a = NaN, b = NaN): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : choose(a, b);
}

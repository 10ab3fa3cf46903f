/** A range of numbers on a length of pixels, with round marks. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly marks: readonly number[];
}

const ROUND = [1, 2, 2.5, 5, 10];

/** The scale that holds all `values`, widened to look calm, with about `count` marks at round numbers. */
export function scaleOf(values: readonly number[], count: number): Scale {
  let low = values.length ? Math.min(...values) : 0;
  let high = values.length ? Math.max(...values) : 1;
  if (low === high) [low, high] = [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2];
  const raw = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * (ROUND.find((each) => each * power >= raw) ?? 10);
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  const marks = Array.from({length: last - first + 1}, (_, place) => Number(((first + place) * step).toPrecision(12)));
  return {low, high, marks};
}

/** Where `value` lies on a scale, from 0 to 1. */
export function share(scale: Scale, value: number): number {
  return (value - scale.low) / (scale.high - scale.low);
}

import {thin} from './thinning';

function columnsOf(values: readonly number[]) {
  const step = values.map((_, i) => i);
  return {step, min: values, max: values, mean: values, length: values.length};
}

describe('thin', () => {
  it('keeps every spike of a long series, upwards and downwards.', () => {
    const values = Array.from({length: 100_000}, (_, i) => Math.sin(i / 5000));
    values[31_415] = 99;
    values[27_182] = -77;
    const {extremes} = thin(columnsOf(values), 0, values.length - 1, 300);
    expect(extremes).toContainEqual({x: 31_415, y: 99});
    expect(extremes).toContainEqual({x: 27_182, y: -77});
  });

  it('draws at most four points a pixel, in step order.', () => {
    const values = Array.from({length: 50_000}, (_, i) => (i * 7919) % 1000);
    const {trend, extremes} = thin(columnsOf(values), 0, values.length - 1, 400);
    expect(trend.length + extremes.length).toBeLessThanOrEqual(4 * 400);
    const xs = extremes.map((point) => point.x);
    expect(xs).toEqual([...xs].sort((a, b) => a - b));
  });

  it('draws every sample as it is when there is room.', () => {
    const {trend, extremes} = thin(columnsOf([3, 1, 2]), 0, 2, 100);
    expect(trend.map((point) => point.y)).toEqual([3, 1, 2]);
    expect(extremes).toEqual([]);
  });

  it('shows least and greatest of samples that were merged before.', () => {
    const columns = {step: [0, 10], min: [-5, 1], max: [50, 1], mean: [2, 1], length: 2};
    expect(thin(columns, 0, 10, 100).extremes).toEqual([
      {x: 0, y: -5},
      {x: 0, y: 50},
      {x: 10, y: 1},
    ]);
  });

  it('keeps one sample beyond either end of a zoom, so that the line reaches the border.', () => {
    const {trend} = thin(columnsOf([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), 4, 6, 100);
    expect(trend.map((point) => point.x)).toEqual([3, 4, 5, 6, 7]);
  });

  it('leaves a gap where a value was not a number.', () => {
    expect(thin(columnsOf([1, NaN, 3]), 0, 2, 100).trend.map((point) => point.y)).toEqual([1, NaN, 3]);
  });
});

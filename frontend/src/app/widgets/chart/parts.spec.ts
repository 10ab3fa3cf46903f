import {loneRadii, parted} from './parts';

const TREND = [1, 2, 3, 4, 5].map((x) => ({x, y: x * 10}));

describe('parted', () => {
  it('draws a line for each candidate, and joins none of them.', () => {
    const {trend} = parted({trend: TREND, extremes: []}, [3, 5]);
    expect(trend.map(({y}) => y)).toEqual([10, 20, NaN, 30, 40, NaN, 50]);
  });

  it('needs no gap before the first, nor two where several ended at once.', () => {
    expect(parted({trend: TREND, extremes: TREND}, [1]).extremes).toEqual(TREND);
    expect(parted({trend: TREND, extremes: []}, [2.2, 2.8]).trend.map(({y}) => y)).toEqual([10, 20, NaN, 30, 40, 50]);
    expect(parted({trend: TREND, extremes: []}, []).trend).toBe(TREND);
  });
});

describe('loneRadii', () => {
  it('shows what has no neighbour as a dot.', () => {
    expect(loneRadii([10, NaN, 30, 40, NaN, 50].map((y, x) => ({x, y})))).toEqual([3, 0, 0, 0, 0, 3]);
    expect(loneRadii([{x: 1, y: 2}])).toEqual([3]);
  });
});

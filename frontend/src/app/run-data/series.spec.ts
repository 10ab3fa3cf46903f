import {Series} from './series';

function seriesOf(length: number, limit?: number): Series {
  const series = new Series(limit);
  for (let step = 0; step < length; step++) series.add(step, step / 10, step === 37 ? 1000 : step % 7);
  return series;
}

describe('Series', () => {
  it('takes the same point twice without doubling it.', () => {
    const series = seriesOf(3);
    series.add(2, 0, 5);
    expect(series.length).toBe(3);
    expect(series.mean[2]).toBe(5);
  });

  it('puts a late point in its place.', () => {
    const series = new Series();
    for (const step of [10, 30, 20]) series.add(step, 0, step);
    expect([...series.step.slice(0, 3)]).toEqual([10, 20, 30]);
    expect([...series.mean.slice(0, 3)]).toEqual([10, 20, 30]);
  });

  it('forgets what a rewind superseded, and nothing else.', () => {
    const series = seriesOf(100);
    series.truncateAfter(40);
    expect(series.length).toBe(41);
    expect(series.step[40]).toBe(40);
  });

  it('stays within its limit over a long run without losing an extreme.', () => {
    const series = seriesOf(5000, 100);
    expect(series.length).toBeLessThanOrEqual(100);
    expect(Math.max(...series.max.slice(0, series.length))).toBe(1000);
    const count = series.count.slice(0, series.length).reduce((sum, each) => sum + each, 0);
    expect(count).toBe(5000);
  });

  it('knows where a finer history exists.', () => {
    const series = seriesOf(150, 100);
    expect(series.isCoarse({from: 0, to: 50})).toBe(true);
    expect(series.isCoarse({from: 140, to: 149})).toBe(false);
  });

  it('shows the newest finite value as its last.', () => {
    const series = seriesOf(3);
    series.add(3, 0, null);
    expect(series.last).toBe(2);
  });

  it('knows where its value became another, also within a sample that stands for several points.', () => {
    const series = new Series();
    for (const [step, value] of [1, 1, 2, 2, 3].entries()) series.add(step, 0, value);
    series.add(5, 0, {min: 3, max: 4, mean: 3.5, count: 2});
    expect(series.changes()).toEqual([2, 4, 5]);
  });
});

import {scaleOf, share} from './scale';

describe('scaleOf', () => {
  it('holds all values, with marks at round numbers within', () => {
    const scale = scaleOf([0.471, 0.532, 0.5], 4);
    expect([scale.low, scale.high]).toEqual([0.471, 0.532]);
    expect(scale.marks).toEqual([0.48, 0.5, 0.52]);
    expect(share(scale, 0.471)).toBe(0);
    expect(share(scale, 0.532)).toBe(1);
  });

  it('widens what has no width, and shows something where there is nothing', () => {
    expect(scaleOf([3, 3], 4).low).toBeLessThan(3);
    expect(scaleOf([3, 3], 4).high).toBeGreaterThan(3);
    expect(scaleOf([0], 4).marks).toContain(0);
    expect(scaleOf([], 2).marks.length).toBeGreaterThan(1);
  });

  it('counts the marks in thousands as well as in thousandths', () => {
    expect(scaleOf([0, 40_000], 4).marks).toEqual([0, 10_000, 20_000, 30_000, 40_000]);
    expect(scaleOf([-0.002, 0.002], 4).marks).toEqual([-0.002, -0.001, 0, 0.001, 0.002]);
  });
});

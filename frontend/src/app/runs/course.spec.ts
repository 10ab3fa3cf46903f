import {continued, fetched} from './course';

describe('continued', () => {
  it('begins with the first value of a run that began while the list was open.', () => {
    expect(continued(continued([], 1), 2)).toEqual([1, 2]);
  });

  it('passes over what is no number and keeps the newest.', () => {
    expect(continued([1], null)).toEqual([1]);
    const long = Array.from({length: 400}, (_, i) => i);
    const course = long.reduce<readonly (number | null)[]>((before, value) => continued(before, value), []);
    expect(course.length).toBe(120);
    expect(course.at(-1)).toBe(399);
  });
});

describe('fetched', () => {
  it('is the history of a run that was there before.', () => {
    expect(fetched([9], [1, 2, 3])).toEqual([1, 2, 3]);
  });

  it('does not take away what came while the answer was on its way.', () => {
    expect(fetched([1, 2], [])).toEqual([1, 2]);
  });
});

import {formatBytes, formatCount, formatDuration, formatScore, formatValue, slug} from './format';

describe('formatValue', () => {
  it('shows four digits, groups, and shortens what is large or tiny.', () => {
    const shown = [0, 3, 0.12345, -1.5, 5652.4, 1234567, -32_768_000, 0.00012345].map(formatValue);
    expect(shown).toEqual(['0', '3', '0.1235', '−1.5', '5,652', '1.23M', '−32.77M', '1.23e−4']);
  });

  it('writes what is huge in scientific form.', () => {
    expect([1e300, -1e300, 1e15, Number.MAX_VALUE].map(formatValue)).toEqual([
      '1.00e300',
      '−1.00e300',
      '1.00e15',
      '1.80e308',
    ]);
    expect(formatScore(-1e300)).toBe('−1.00e300');
    expect(formatCount(1e300)).toBe('1.00e300');
  });

  it('shows a dash for what is not known or not a number.', () => {
    expect([null, undefined, NaN].map((value) => formatValue(value))).toEqual(['–', '–', '–']);
  });
});

describe('formatScore', () => {
  it('keeps columns narrow: a decimal below a hundred, none above, and short when huge.', () => {
    const shown = [0, -0.04, 5, 12.34, -99.94, 99.96, -1234.5, -500_000_279].map(formatScore);
    expect(shown).toEqual(['0', '0', '5', '12.3', '−99.9', '100', '−1,235', '−500M']);
  });
});

describe('formatDuration', () => {
  it('names the two largest units.', () => {
    expect([0, 42, 200, 18_720, 273_600].map(formatDuration)).toEqual([
      '0 s',
      '42 s',
      '3 min 20 s',
      '5 h 12 min',
      '3 d 4 h',
    ]);
  });
});

describe('formatBytes', () => {
  it('uses powers of a thousand.', () => {
    expect([0, 221, 2_210_674, 80_200_000_000].map(formatBytes)).toEqual(['0 B', '221 B', '2.2 MB', '80.2 GB']);
  });
});

describe('slug', () => {
  it('makes the id of a chart of its title.', () => {
    expect(slug('Success rate (held out)')).toBe('success-rate-held-out');
  });
});

import {lineStyle, PALETTE} from './colours';

type Triple = readonly [number, number, number];

const CARDS = {light: '#fffefc', dark: '#151a19'} as const;

/** Machado et al. 2009, severity 1, on linear RGB. */
const SIGHT: Readonly<Record<string, readonly Triple[]>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function linear(hex: string): Triple {
  const channel = (at: number): number => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

function times(matrix: readonly Triple[], [r, g, b]: Triple): Triple {
  const [x = 0, y = 0, z = 0] = matrix.map(([a, c, d]) => Math.min(1, Math.max(0, a * r + c * g + d * b)));
  return [x, y, z];
}

function oklab([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function luminance([r, g, b]: Triple): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [x, y] = [luminance(linear(a)) + 0.05, luminance(linear(b)) + 0.05];
  return Math.max(x, y) / Math.min(x, y);
}

function pairs<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((a, i) => items.slice(i + 1).map((b): [T, T] => [a, b]));
}

describe('the palette of lines', () => {
  const colours = {light: PALETTE.map(([light]) => light), dark: PALETTE.map(([, dark]) => dark)};

  for (const theme of ['light', 'dark'] as const) {
    it(`stands out from the card, ${theme}.`, () => {
      for (const colour of colours[theme]) expect(contrast(colour, CARDS[theme])).toBeGreaterThan(3);
    });

    for (const [sight, matrix] of Object.entries(SIGHT)) {
      it(`has no two colours that look alike, ${theme}, ${sight}.`, () => {
        for (const [a, b] of pairs(colours[theme])) {
          const [x, y] = [oklab(times(matrix, linear(a))), oklab(times(matrix, linear(b)))];
          expect(Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]), `${a} ${b}`).toBeGreaterThan(0.09);
        }
      });
    }

    it(`shares no hue, ${theme}.`, () => {
      const hues = colours[theme].map((colour) => {
        const [, a, b] = oklab(linear(colour));
        return (Math.atan2(b, a) * 180) / Math.PI;
      });
      for (const [a, b] of pairs(hues)) expect(Math.abs(((a - b + 540) % 360) - 180)).toBeGreaterThan(20);
    });
  }
});

describe('lineStyle', () => {
  it('gives every line of a chart a colour of its own, also beyond the palette.', () => {
    const styles = Array.from({length: 32}, (_, place) => lineStyle(place));
    expect(new Set(styles.map(({colour}) => colour)).size).toBe(32);
  });

  it('dashes the lines of each further round otherwise.', () => {
    expect([0, 8, 16, 24].map((place) => lineStyle(place).dash.join())).toEqual(['', '7,3', '2,3', '9,3,2,3']);
  });
});

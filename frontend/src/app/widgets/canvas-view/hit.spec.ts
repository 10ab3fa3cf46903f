import type {Shape} from '../../run-data/wire';
import {covers} from './hit';

const QUARTER = Math.PI / 2;

function hits(shape: Shape, ...points: readonly (readonly [number, number])[]): boolean[] {
  return points.map(([x, y]) => covers(shape, x, y));
}

describe('covers', () => {
  it('knows circles and boxes, turned ones too.', () => {
    expect(hits({kind: 'circle', x: 2, y: 2, r: 1}, [2.9, 2], [2.8, 2.8])).toEqual([true, false]);
    const box: Shape = {kind: 'rect', x: 5, y: 5, w: 4, h: 1};
    expect(hits(box, [6.9, 5.4], [5, 6])).toEqual([true, false]);
    expect(hits({...box, angle: QUARTER}, [6.9, 5.4], [5.4, 6.9])).toEqual([false, true]);
  });

  it('follows a line with its width, and no further.', () => {
    const points = [
      [0, 0],
      [4, 0],
      [4, 3],
    ] as const;
    const line: Shape = {kind: 'polyline', x: 1, y: 1, points, width: 0.6};
    expect(hits(line, [3, 1.25], [5.2, 3], [3, 1.4], [4, 2.5])).toEqual([true, true, false, false]);
    expect(hits({...line, points: [[0, 0]]}, [1, 1])).toEqual([false]);
  });

  it('knows the inside of a polygon, notches left out.', () => {
    const points = [
      [0, 0],
      [4, 0],
      [4, 4],
      [2, 1],
      [0, 4],
    ] as const;
    expect(hits({kind: 'polygon', points}, [1, 1], [2, 3], [3.8, 3])).toEqual([true, false, true]);
  });

  it('never means the words in a picture.', () => {
    expect(hits({kind: 'text', x: 0, y: 0, size: 9, text: 'words'}, [0, 0])).toEqual([false]);
  });
});

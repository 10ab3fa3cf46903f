import type {Shape, ViewFrame} from '../../run-data/wire';
import {marked} from './marks';

const SHIPS: readonly Shape[] = [
  {kind: 'polygon', id: 'ship-7-hull', x: 40, y: 60},
  {kind: 'text', id: 'ship-7-number', x: 40, y: 30, text: '1', size: 10},
  {kind: 'text', text: '2'},
];
const FRAME: ViewFrame = {
  t: 0,
  width: 100,
  height: 100,
  episode: 0,
  figures: {},
  layers: [{name: 'ships', still: false, shapes: SHIPS}],
};

describe('marked', () => {
  it('draws a ring where it was put.', () => {
    const {layers} = marked(FRAME, [{kind: 'ring', x: 5, y: 6}]);
    expect(layers.at(-1)?.shapes[0]).toMatchObject({kind: 'circle', x: 5, y: 6});
  });

  it('follows a shape, and goes with it.', () => {
    const cross = {kind: 'cross', x: 0, y: 0, follows: 'ship-7-hull'} as const;
    expect(
      marked(FRAME, [cross])
        .layers.at(-1)
        ?.shapes.map(({x, y}) => [x, y]),
    ).toEqual(Array(5).fill([40, 60]));
    expect(marked(FRAME, [{...cross, follows: 'ship-8-hull'}]).layers.at(-1)?.shapes).toEqual([]);
  });

  it('calls texts by other names, and nothing else.', () => {
    const shapes = marked(FRAME, [], {'1': 'You'}).layers[0]?.shapes;
    expect(shapes?.map(({text}) => text)).toEqual([undefined, 'You', '2']);
  });
});

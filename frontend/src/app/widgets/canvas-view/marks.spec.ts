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

  it('writes on the shape that stands for a choice, with a frame around the chosen one.', () => {
    const cell: Shape = {kind: 'rect', about: 'snake-0/up', x: 4, y: 5, w: 1, h: 1};
    const frame = {...FRAME, layers: [{name: 'choices', still: false, shapes: [cell]}]};
    const tag = {kind: 'tag', about: 'snake-0/up', text: '251', chosen: true} as const;
    const shapes = marked(frame, [tag]).layers.at(-1)?.shapes ?? [];
    expect(shapes.map(({kind, stroke, text, x, y}) => [kind, stroke, text, x, y])).toEqual([
      ['sprite', undefined, undefined, 4, 5],
      ['sprite', 'accent', undefined, 4, 5],
      ['text', undefined, '251', 4, 5],
    ]);
    expect(marked(frame, [{...tag, chosen: false}]).layers.at(-1)?.shapes).toHaveLength(2);
    expect(marked(FRAME, [tag]).layers.at(-1)?.shapes).toEqual([]);
  });

  it('calls texts by other names, and nothing else.', () => {
    const shapes = marked(FRAME, [], {'1': 'You'}).layers[0]?.shapes;
    expect(shapes?.map(({text}) => text)).toEqual([undefined, 'You', '2']);
  });
});

import {Ancestor} from '../run-data/wire';
import {descentOf} from './descent';

const LINE: readonly Ancestor[] = [
  {genome_id: '30', generation: 9, fitness: 300, parents: ['20', '19']},
  {genome_id: '20', generation: 5, fitness: 200, parents: ['10']},
  {genome_id: '10', generation: 1, fitness: 100, parents: []},
];

describe('descentOf', () => {
  it('puts generations to the right and fitness upwards, oldest first.', () => {
    const {points} = descentOf(LINE);
    expect(points.map(({ancestor, x, y}) => [ancestor.genome_id, x, y])).toEqual([
      ['10', 0, 1],
      ['20', 0.5, 0.5],
      ['30', 1, 0],
    ]);
  });

  it('joins parents and children that are both known.', () => {
    const {lines} = descentOf(LINE);
    expect(lines.map(({from, to}) => `${from.ancestor.genome_id}-${to.ancestor.genome_id}`)).toEqual([
      '10-20',
      '20-30',
    ]);
  });

  it('takes a genome that stands alone, and one that has not flown.', () => {
    const {points, lines} = descentOf([{genome_id: '1', generation: 4, fitness: null, parents: ['0']}]);
    expect(points).toMatchObject([{x: 0.5, y: 0.5}]);
    expect(lines).toEqual([]);
  });
});

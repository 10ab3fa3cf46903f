import {ReportComparison} from '../../run-data/wire';
import {differences} from './difference';

const COMPARISON: ReportComparison = {
  kind: 'comparison',
  parameters: [
    {name: 'food', low: 0, high: 10, doc: 'hunger', unit: ''},
    {name: 'space', low: 0, high: 100, doc: 'room', unit: ''},
    {name: 'still', low: 0, high: 1, doc: 'never moved', unit: ''},
  ],
  settings: {start: {food: 1, space: 50, still: 1}, best: {food: 6, space: 55, still: 1}},
  before: 'start',
  after: 'best',
};

describe('differences', () => {
  it('tells what changed, the greatest share of a range first', () => {
    const found = differences(COMPARISON, 'start', 'best');
    expect(found.map(({name, before, after}) => [name, before, after])).toEqual([
      ['food', 1, 6],
      ['space', 50, 55],
    ]);
    expect(found[0]).toMatchObject({from: 0.1, to: 0.6});
  });

  it('finds nothing between a setting and itself, or one that is not there', () => {
    expect(differences(COMPARISON, 'best', 'best')).toEqual([]);
    expect(differences(COMPARISON, 'best', 'nobody')).toEqual([]);
  });
});

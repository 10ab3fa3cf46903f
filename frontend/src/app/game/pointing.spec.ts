import {Choice, Decision, Detail} from '../run-data/wire';
import {pointedAt, seated, silentTerms, tagsOf, termRows} from './pointing';

function detail(seat: number | null): Detail {
  return {title: 'someone', seat, colour: 'player-1', state: '', gauges: [], facts: {}};
}

function choice(name: string, score: number | null, terms: Record<string, number> = {}, note = ''): Choice {
  return {name, score, terms, total: null, note};
}

const DETAILS = {'snake-0': detail(0), 'snake-1': detail(1)};

describe('pointedAt', () => {
  it('means what lies on top, and for a shared cell the one that is looked at.', () => {
    expect(pointedAt(['snake-1', 'snake-0/up'], DETAILS, null)).toEqual({key: 'snake-1', part: ''});
    expect(pointedAt(['snake-1/up', 'snake-0/left'], DETAILS, null)).toEqual({key: 'snake-1', part: 'up'});
    expect(pointedAt(['snake-1/up', 'snake-0/left'], DETAILS, 'snake-0')).toEqual({key: 'snake-0', part: 'left'});
  });

  it('means nothing where nothing is known.', () => {
    expect(pointedAt([], DETAILS, 'snake-0')).toBeNull();
    expect(pointedAt(['rock'], DETAILS, null)).toBeNull();
  });
});

describe('tagsOf', () => {
  const decision: Decision = {
    mode: 'greedy',
    chosen: 'left',
    measure: 'score',
    text: '',
    choices: [choice('up', -12.34), choice('left', 250.6), choice('right', null, {}, 'wall')],
  };

  it('writes what each choice is worth to its place, but for those out of question.', () => {
    expect(tagsOf('snake-0', decision)).toEqual([
      {kind: 'tag', about: 'snake-0/up', text: '−12.3', chosen: false},
      {kind: 'tag', about: 'snake-0/left', text: '251', chosen: true},
    ]);
  });

  it('ticks the chosen one off where there are no scores.', () => {
    const silent = {...decision, choices: [choice('up', null), choice('left', null)]};
    expect(tagsOf('snake-0', silent).map(({text}) => text)).toEqual(['', '✓']);
    expect(tagsOf('snake-0', undefined)).toEqual([]);
  });
});

describe('terms', () => {
  const choices = [
    choice('up', 5, {space: 300, food: 10, traps: 0}),
    choice('left', 2, {space: 290, food: -40, traps: 0}),
    choice('right', null, {}, 'wall'),
  ];

  it('stand in the order of how much they tell choices apart.', () => {
    expect(termRows(choices).map(({term}) => term)).toEqual(['food', 'space']);
    expect(termRows(choices)[0]?.cells).toEqual([
      {value: 10, share: 0.25},
      {value: -40, share: -1},
      {value: null, share: 0},
    ]);
  });

  it('are only named where they are 0 for every choice.', () => {
    expect(silentTerms(choices)).toEqual(['traps']);
  });
});

describe('seated', () => {
  it('lists those with a seat, in the order of seats.', () => {
    const details = {flag: detail(null), b: detail(1), a: detail(0)};
    expect(seated(details).map(([key]) => key)).toEqual(['a', 'b']);
  });
});

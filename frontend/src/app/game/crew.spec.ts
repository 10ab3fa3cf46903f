import {ChoiceGroup, crewFault, eliteChoice, PERSON, scriptedChoice, seatsOf} from './crew';

const ELITE = eliteChoice(
  {
    run: 'neat-1',
    generation: 25,
    genome_id: '12345',
    fitness: 250_000,
    parents: [],
    timestamp: 0,
    final: true,
    sha256: '',
    species: null,
    performance_stats: {},
  },
  (value) => String(value),
);
const GROUPS: readonly ChoiceGroup[] = [
  {title: '', choices: [PERSON]},
  {title: 'Elites', choices: [ELITE]},
  {title: 'Scripted', choices: [scriptedChoice('ace_rusher')]},
];

describe('choices', () => {
  it('are named for people.', () => {
    expect(ELITE.label).toBe('Generation 25 · 250000 · final');
    expect(scriptedChoice('ace_rusher').label).toBe('Ace rusher');
  });
});

describe('seatsOf', () => {
  it('makes a squad of several equal seats, and one of a person whatever the count.', () => {
    const seats = seatsOf(
      [
        {choice: 'person', count: 3, team: 0},
        {choice: ELITE.key, count: 2, team: 0},
        {choice: 'scripted:ace_rusher', count: 1, team: 1},
      ],
      GROUPS,
    );
    expect(seats).toEqual([
      {pilot: {kind: 'person'}, team: 0},
      {pilot: {kind: 'elite', run: 'neat-1', generation: 25}, team: 0},
      {pilot: {kind: 'elite', run: 'neat-1', generation: 25}, team: 0},
      {pilot: {kind: 'scripted', name: 'ace_rusher'}, team: 1},
    ]);
  });
});

describe('crewFault', () => {
  it('asks for a pilot on each side, and for one person at most.', () => {
    const you = {choice: 'person', count: 1, team: 0};
    expect(crewFault([], GROUPS, 1)).toContain('Your side');
    expect(crewFault([you], GROUPS, 1)).toBe('');
    expect(crewFault([you], GROUPS, 2)).toContain('other side');
    expect(crewFault([you, {...you, team: 1}], GROUPS, 2)).toContain('One person');
  });

  it('knows how many ships a game takes.', () => {
    const many = {choice: ELITE.key, count: 16, team: 0};
    expect(crewFault([many, many], GROUPS, 1)).toBe('');
    expect(crewFault([many, many, {choice: 'person', count: 1, team: 0}], GROUPS, 1)).toContain('32');
  });
});

import {GameSpec, World} from '../run-data/wire';
import {
  bestOf,
  ChoiceGroup,
  crewFault,
  eliteChoice,
  keyOf,
  PERSON,
  scriptedChoice,
  seatsFault,
  seatsFor,
  seatsOf,
  seedOf,
  tunedChoice,
} from './crew';

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

describe('players of a world that are made of numbers', () => {
  const preset = {kind: 'preset', name: 'default', summary: 'Plays best.', fault: ''} as const;
  const file = {kind: 'file', name: 'best/of-june.yml', summary: '', fault: ''} as const;
  const world = {tuned: [preset, file], players: ['hunter']} as unknown as World;

  it('are chosen by preset or by file, and the faulty say so.', () => {
    expect(tunedChoice(preset)).toMatchObject({
      label: 'Default · Plays best.',
      pilot: {kind: 'preset', name: 'default'},
    });
    expect(tunedChoice(file).pilot).toEqual({kind: 'file', path: 'best/of-june.yml'});
    expect(tunedChoice({...file, fault: 'weights.space: ...'})).toMatchObject({
      label: 'best/of-june.yml (cannot be read)',
      fault: 'weights.space: ...',
    });
  });

  it('are what a run has tuned, too.', () => {
    const best = {kind: 'setting', name: 'tuner-1:best', summary: 'proved best', fault: ''} as const;
    expect(tunedChoice(best)).toMatchObject({
      key: 'setting:tuner-1:best',
      label: 'tuner-1:best · proved best',
      pilot: {kind: 'setting', name: 'tuner-1:best'},
    });
    expect(keyOf(bestOf('tuner-1'), {...world, tuned: [best]})).toBe('setting:tuner-1:best');
  });

  it('are found by name among all who can play.', () => {
    expect(['person', 'default', 'best/of-june.yml', 'hunter'].map((name) => keyOf(name, world))).toEqual([
      'person',
      'preset:default',
      'file:best/of-june.yml',
      'scripted:hunter',
    ]);
  });

  it('each take a seat of their own.', () => {
    const groups = [{title: '', choices: [PERSON, tunedChoice(preset)]}];
    expect(seatsFor(['preset:default', 'person', 'gone'], groups)).toEqual([
      {pilot: {kind: 'preset', name: 'default'}, team: 0},
      {pilot: {kind: 'person'}, team: 1},
    ]);
  });
});

describe('seatsFault', () => {
  const spec = {min_seats: 2, max_seats: 3} as GameSpec;
  const snake = {pilot: {kind: 'scripted', name: 'hunter'}, team: 0} as const;
  const you = {pilot: {kind: 'person'}, team: 0} as const;

  it('knows how many may play, and that one person does.', () => {
    expect(seatsFault([snake], spec)).toContain('At least 2');
    expect(seatsFault([snake, you], spec)).toBe('');
    expect(seatsFault([snake, snake, snake, snake], spec)).toContain('At most 3');
    expect(seatsFault([you, you], spec)).toContain('One person');
  });
});

describe('seedOf', () => {
  it('takes whole numbers from 0 on, and nothing else.', () => {
    expect([seedOf('0'), seedOf(' 12 '), seedOf(''), seedOf('-1'), seedOf('1.5'), seedOf('x')]).toEqual([
      {seed: 0},
      {seed: 12},
      {},
      {},
      {},
      {},
    ]);
  });
});

import {Elite, QuickStart as Suggestion, World} from '../run-data/wire';
import {IconName} from '../widgets/icon/icons';
import {ChoiceGroup, eliteKey, keyOf, PERSON, scriptedChoice, seatsFor, seatsOf, Squad, Wanted} from './crew';

/** A game that one click begins. */
export interface QuickStart {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly game: Wanted;
}

/** What a world suggests itself, and what was tuned last; a game whose players are not all there is left out. */
export function suggested(world: World, groups: readonly ChoiceGroup[]): readonly QuickStart[] {
  const starts = [...(world.game?.starts ?? []), ...ofNewestRun(world)];
  return starts.flatMap((start: Suggestion): QuickStart[] => {
    const keys = start.players.map((name) => keyOf(name, world));
    const seats = seatsFor(keys, groups);
    const person = keys.includes(PERSON.key);
    const icon = person ? 'sports_esports' : keys.length > 2 ? 'groups' : 'visibility';
    return seats.length < keys.length
      ? []
      : [{icon, title: start.title, text: start.text, game: {seats, settings: start.settings}}];
  });
}

/** Games with what the newest run has tuned by now; the world lists the newest run first. */
function ofNewestRun(world: World): readonly Suggestion[] {
  const best = world.tuned.find(({kind, fault}) => kind === 'setting' && !fault)?.name;
  if (!best) return [];
  return [
    {
      title: 'Play what was tuned',
      text: 'You against the proved best of the newest tuner run.',
      players: [PERSON.key, best],
      settings: {},
    },
    {
      title: 'Watch what was tuned',
      text: 'Its proved best against what it began with.',
      players: [best, best.replace(/:[^:]*$/, ':start')],
      settings: {},
    },
  ];
}

/** What there is to do in a world of two sides: fly, watch, lead or duel the newest elite, or else a scripted ace. */
export function sided(world: World, newest: Elite | undefined, groups: readonly ChoiceGroup[]): readonly QuickStart[] {
  const ace = world.players.find((name) => name !== 'random');
  const you: Squad = {choice: PERSON.key, count: 1, team: 0};
  const champion = newest ? eliteKey(newest.run, newest.generation) : null;
  const rival = champion ?? (ace ? scriptedChoice(ace).key : null);
  const rivals = champion ? 'the champion' : 'the ace';
  const game = (...squads: readonly Squad[]): Wanted => ({seats: seatsOf(squads, groups)});
  return [
    {
      icon: 'sports_esports',
      title: 'Fly it yourself',
      text: 'You alone against wave after wave.',
      game: game(you),
    },
    ...(rival
      ? ([
          {
            icon: 'visibility',
            title: `Watch ${rivals}`,
            text: champion ? 'The newest elite against the waves; nudge it as it flies.' : 'The best scripted pilot.',
            game: game({choice: rival, count: 1, team: 0}),
          },
          {
            icon: 'groups',
            title: `Lead a squad`,
            text: `You and four times ${rivals}, against the waves.`,
            game: game(you, {choice: rival, count: 4, team: 0}),
          },
          {
            icon: 'swords',
            title: `Duel ${rivals}`,
            text: 'One against one.',
            game: game(you, {choice: rival, count: 1, team: 1}),
          },
        ] as const)
      : []),
  ];
}

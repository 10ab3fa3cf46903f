import {Elite, GameSpec, JsonObject, NewSeat, Pilot, TunedPlayer, World} from '../run-data/wire';

export const MAX_SEATS = 32;
export const MAX_SQUAD = 16;

/** Somebody who can play, as a form offers it; `key` is its value there. */
export interface Choice {
  readonly key: string;
  readonly label: string;
  readonly pilot: Pilot;
  /** Why it cannot be chosen. */
  readonly fault?: string;
}

/** A game as a form has put it together. */
export interface Wanted {
  readonly seats: readonly NewSeat[];
  readonly settings?: JsonObject;
  readonly seed?: number;
}

export interface ChoiceGroup {
  readonly title: string;
  readonly choices: readonly Choice[];
}

/** So many seats of one team, all with the same pilot: a squad. */
export interface Squad {
  readonly choice: string;
  readonly count: number;
  readonly team: number;
}

export const PERSON: Choice = {key: 'person', label: 'You, by keyboard', pilot: {kind: 'person'}};

export function eliteChoice(elite: Elite, fitness: (value: number) => string): Choice {
  const {run, generation} = elite;
  const worth = elite.fitness === null ? '' : ` · ${fitness(elite.fitness)}`;
  return {
    key: eliteKey(run, generation),
    label: `Generation ${String(generation)}${worth}${elite.final ? ' · final' : ''}`,
    pilot: {kind: 'elite', run, generation},
  };
}

export function eliteKey(run: string, generation: number): string {
  return `elite:${run}:${String(generation)}`;
}

export function scriptedChoice(name: string): Choice {
  return {key: `scripted:${name}`, label: wordsOf(name), pilot: {kind: 'scripted', name}};
}

function wordsOf(name: string): string {
  const words = name.replaceAll(/[_-]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A player made of numbers: a preset, a file, or what a run has tuned. */
export function tunedChoice({kind, name, summary, fault}: TunedPlayer): Choice {
  const words = kind === 'preset' ? wordsOf(name) : name;
  return {
    key: `${kind}:${name}`,
    label: fault ? `${words} (cannot be read)` : summary ? `${words} · ${summary}` : words,
    pilot: kind === 'file' ? {kind, path: name} : {kind, name},
    ...(fault ? {fault} : {}),
  };
}

/** Name of the player that a run has proved to be its best so far, as a world lists it. */
export function bestOf(run: string): string {
  return `${run}:best`;
}

/** Key of the choice that a world means by a player's name: a person, a preset, or a scripted player. */
export function keyOf(name: string, world: World): string {
  if (name === PERSON.key) return name;
  const kind = world.tuned.find((each) => each.name === name)?.kind ?? 'scripted';
  return `${kind}:${name}`;
}

/** One seat for each choice, everybody for itself; a choice that is no longer offered is left out. */
export function seatsFor(keys: readonly string[], groups: readonly ChoiceGroup[]): NewSeat[] {
  const pilots = new Map(groups.flatMap(({choices}) => choices).map(({key, pilot}) => [key, pilot]));
  return keys.flatMap((key, team) => {
    const pilot = pilots.get(key);
    return pilot ? [{pilot, team}] : [];
  });
}

/** Why these players cannot play for themselves, "" if they can. */
export function seatsFault(seats: readonly NewSeat[], {min_seats: least, max_seats: most}: GameSpec): string {
  if (seats.length < least) return `At least ${String(least)} must play.`;
  if (seats.length > most) return `At most ${String(most)} can play, not ${String(seats.length)}.`;
  if (seats.filter(({pilot}) => pilot.kind === 'person').length > 1) return 'One person can play one seat.';
  return '';
}

/** What was typed as a seed: a whole number from 0 on, or none. */
export function seedOf(text: string): {readonly seed?: number} {
  const seed = Number(text);
  return text.trim() !== '' && Number.isInteger(seed) && seed >= 0 ? {seed} : {};
}

/** The seats that squads come to, in order; a choice that is no longer offered is left out. */
export function seatsOf(squads: readonly Squad[], groups: readonly ChoiceGroup[]): NewSeat[] {
  const pilots = new Map(groups.flatMap(({choices}) => choices).map(({key, pilot}) => [key, pilot]));
  return squads.flatMap(({choice, count, team}) => {
    const pilot = pilots.get(choice);
    return pilot ? Array.from({length: pilot.kind === 'person' ? 1 : count}, () => ({pilot, team})) : [];
  });
}

/** Why these squads cannot fly, "" if they can. */
export function crewFault(squads: readonly Squad[], groups: readonly ChoiceGroup[], teams: number): string {
  const seats = seatsOf(squads, groups);
  for (let team = 0; team < teams; team++) {
    if (!seats.some((seat) => seat.team === team))
      return team === 0 ? 'Your side needs a pilot.' : 'The other side needs a pilot.';
  }
  if (seats.length > MAX_SEATS) return `At most ${String(MAX_SEATS)} ships can fly, not ${String(seats.length)}.`;
  if (seats.filter(({pilot}) => pilot.kind === 'person').length > 1) return 'One person can fly one ship.';
  return '';
}

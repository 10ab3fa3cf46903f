import {Elite, NewSeat, Pilot} from '../run-data/wire';

export const MAX_SEATS = 32;
export const MAX_SQUAD = 16;

/** Somebody who can fly, as a form offers it; `key` is its value there. */
export interface Choice {
  readonly key: string;
  readonly label: string;
  readonly pilot: Pilot;
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
  const words = name.replaceAll('_', ' ');
  return {
    key: `scripted:${name}`,
    label: words.charAt(0).toUpperCase() + words.slice(1),
    pilot: {kind: 'scripted', name},
  };
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

import {Details} from '../run-data/session-player';
import {Choice, Decision, Detail} from '../run-data/wire';
import {Tag} from '../widgets/canvas-view/marks';
import {formatScore} from '../widgets/format';

/** What is pointed at: an object of the picture by its key, and a part of it, "" for none. */
export interface Pointed {
  readonly key: string;
  readonly part: string;
}

/** What the shapes under a pointer are about, as it is meant: of several objects, the one that is looked at already. */
export function pointedAt(about: readonly string[], details: Details, looked: string | null): Pointed | null {
  const found = about.map(parsed).filter(({key}) => key in details);
  return found.find(({key, part}) => key === looked && part !== '') ?? found[0] ?? null;
}

function parsed(about: string): Pointed {
  const [key = '', part = ''] = about.split('/');
  return {key, part};
}

/** What is written into the picture for a decision: the worth of each choice that has a place there. */
export function tagsOf(key: string, decision: Decision | undefined): readonly Tag[] {
  return (decision?.choices ?? []).flatMap(({name, score, note}): Tag[] => {
    const chosen = name === decision?.chosen;
    if (note !== '' && !chosen) return [];
    const text = score === null ? (chosen ? '✓' : '') : formatScore(score);
    return [{kind: 'tag', about: `${key}/${name}`, text, chosen}];
  });
}

/** One line of the table that tells how choices compare. */
export interface TermRow {
  readonly term: string;
  readonly cells: readonly {readonly value: number | null; readonly share: number}[];
}

/** Terms that are 0 for every choice: they are named, and no lines are spent on them. */
export function silentTerms(choices: readonly Choice[]): readonly string[] {
  const terms = [...new Set(choices.flatMap((choice) => Object.keys(choice.terms)))];
  return terms.filter((term) => choices.every((choice) => (choice.terms[term] ?? 0) === 0));
}

/** The other terms, those that differ most between choices first; `share` is from -1 to 1, within its line. */
export function termRows(choices: readonly Choice[]): readonly TermRow[] {
  const silent = silentTerms(choices);
  const all = [...new Set(choices.flatMap((choice) => Object.keys(choice.terms)))];
  const terms = all.filter((term) => !silent.includes(term));
  const rows = terms.map((term) => {
    const values = choices.map((choice) => choice.terms[term] ?? null);
    const known = values.filter((value) => value !== null);
    const most = Math.max(1e-9, ...known.map(Math.abs));
    const spread = known.length > 0 ? Math.max(...known) - Math.min(...known) : 0;
    return {term, spread, cells: values.map((value) => ({value, share: value === null ? 0 : value / most}))};
  });
  return rows.sort((a, b) => b.spread - a.spread || a.term.localeCompare(b.term));
}

/** The details that belong to seats, in their order. */
export function seated(details: Details): readonly (readonly [string, Detail & {readonly seat: number}])[] {
  return Object.entries(details)
    .flatMap(([key, detail]) => (detail.seat === null ? [] : [[key, {...detail, seat: detail.seat}] as const]))
    .sort(([, a], [, b]) => a.seat - b.seat);
}

import {JsonObject, SessionStatus} from '../run-data/wire';

/** What became of the last nudge, in words. */
export interface Nudging {
  readonly text: string;
  readonly refused: boolean;
}

const WORDS: Readonly<Record<string, string>> = {
  target: 'Target marked: the pilots go for it.',
  rally: 'Rally point set: the pilots make for it.',
  hold: 'Hold: the pilots keep their place.',
  formation: 'Formation: the pilots close up.',
  release: 'Released: the pilots fly as they think best.',
};

/** The nudge that a session answers with, as it was resolved: a click is a target or a rally point. */
export function nudgeOf(status: SessionStatus, asked: JsonObject): Nudging {
  const kind = status.nudge?.kind ?? asked['kind'];
  return {text: WORDS[typeof kind === 'string' ? kind : ''] ?? 'The pilots were told.', refused: false};
}

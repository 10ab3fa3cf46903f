import {JsonObject, SessionStatus} from '../run-data/wire';
import {Spot} from '../widgets/canvas-view/fit';
import {Mark} from '../widgets/canvas-view/marks';

/** What became of the last nudge, in words. */
export interface Nudging {
  readonly text: string;
  readonly refused: boolean;
  readonly marks: readonly Mark[];
}

const WORDS: Readonly<Record<string, string>> = {
  target: 'Target marked: the pilots go for it.',
  rally: 'Rally point set: the pilots make for it.',
  hold: 'Hold: the pilots keep their place.',
  formation: 'Formation: the pilots close up.',
  release: 'Released: the pilots fly as they think best.',
};

/** The nudge that a session answers with, as it was understood: a click is a target or a rally point. */
export function nudgeOf(status: SessionStatus, asked: JsonObject, spot: Spot | null): Nudging {
  const {nudge} = status;
  const kind = nudge?.kind ?? asked['kind'];
  return {
    text: WORDS[typeof kind === 'string' ? kind : ''] ?? 'The pilots were told.',
    refused: false,
    marks: marksOf(nudge, spot),
  };
}

export function refusal(text: string, marks: readonly Mark[]): Nudging {
  return {text, refused: true, marks};
}

/** A target is marked as long as it is there: by the shape of it that was pressed. */
function marksOf(nudge: SessionStatus['nudge'], spot: Spot | null): readonly Mark[] {
  if (nudge?.x === undefined || nudge.y === undefined) return [];
  const [pressed] = spot?.ids ?? [];
  const {x, y} = nudge;
  if (nudge.kind === 'target') return [{kind: 'cross', x, y, ...(pressed === undefined ? {} : {follows: pressed})}];
  return nudge.kind === 'rally' ? [{kind: 'ring', x, y}] : [];
}

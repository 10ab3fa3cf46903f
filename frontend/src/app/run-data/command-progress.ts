import {CommandAck, CommandState} from './wire';

/** How far a command has come, from the press of the button to what it brought about. */
export interface CommandProgress {
  readonly name: string;
  readonly state: CommandState;
  readonly id: string | null;
  readonly message: string | null;
  readonly step: number | null;
}

const RANK: Readonly<Record<CommandState, number>> = {
  requested: 0,
  accepted: 1,
  timeout: 2,
  refused: 3,
  failed: 3,
  done: 3,
};

export function requested(name: string): CommandProgress {
  return {name, state: 'requested', id: null, message: null, step: null};
}

/** The command after an answer to it. Answers may come twice or late; it never goes back, and an end is an end. */
export function advance(progress: CommandProgress, answer: CommandAck): CommandProgress {
  if (progress.id !== null && answer.id !== progress.id) return progress;
  if (RANK[answer.state] < RANK[progress.state] || isOver(progress)) return {...progress, id: answer.id};
  return {
    name: progress.name,
    state: answer.state,
    id: answer.id,
    message: answer.message ?? null,
    step: answer.step ?? progress.step,
  };
}

/** Nothing came in time. A late answer still counts. */
export function timedOut(progress: CommandProgress, seconds: number): CommandProgress {
  if (isOver(progress)) return progress;
  const message = `No answer within ${String(seconds)} s. It may still take effect.`;
  return {...progress, state: 'timeout', message};
}

/** Whether no more answers are to come. */
export function isOver(progress: CommandProgress): boolean {
  return progress.state === 'done' || progress.state === 'refused' || progress.state === 'failed';
}

/** Whether people should still wait for it. */
export function isPending(progress: CommandProgress): boolean {
  return progress.state === 'requested' || progress.state === 'accepted';
}

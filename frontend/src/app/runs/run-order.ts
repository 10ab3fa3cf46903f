import {ACTIVE, RunStatus, RunSummary} from '../run-data/wire';

/** Runs as a list shows them: pinned ones, those that train, paused ones, the queue, those that have ended. */
export function inOrder(runs: readonly RunSummary[]): RunSummary[] {
  return [...runs].sort(
    (a, b) =>
      Number(b.pinned) - Number(a.pinned) ||
      placeOf(a.status) - placeOf(b.status) ||
      // Of the queue, the oldest is the next.
      (a.status === 'queued' && b.status === 'queued' ? a.created - b.created : b.created - a.created),
  );
}

/** How many runs are going on, each kind by itself: "1 training, 48 queued"; "" if none is. */
export function goingOn(runs: readonly RunSummary[]): string {
  const names = ['training', 'paused', 'queued'];
  return names
    .map((name, place) => [runs.filter(({status}) => placeOf(status) === place).length, name] as const)
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${String(count)} ${name}`)
    .join(', ');
}

function placeOf(status: RunStatus): number {
  if (!ACTIVE.has(status)) return 3;
  return status === 'queued' ? 2 : status === 'paused' ? 1 : 0;
}

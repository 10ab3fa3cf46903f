import {ACTIVE, RunSummary} from '../run-data/wire';

/** What the address says about which runs to show. */
export interface Shown {
  readonly status: string;
  readonly q: string;
  readonly tag: string;
}

export const STATUS_CHOICES = ['', 'active', 'running', 'paused', 'queued', 'stopped', 'finished', 'failed'] as const;

/** Whether a run is among those asked for; the search looks into name, id, system, notes and tags. */
export function matches(run: RunSummary, shown: Shown): boolean {
  if (shown.status === 'active' ? !ACTIVE.has(run.status) : shown.status !== '' && run.status !== shown.status)
    return false;
  if (shown.tag !== '' && !run.tags.includes(shown.tag)) return false;
  const text = [run.name, run.id, run.system, run.notes, ...run.tags].join('\n').toLowerCase();
  return shown.q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

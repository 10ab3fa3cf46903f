import {JournalEvent, StepUnit} from '../../run-data/wire';
import {formatBytes, formatCount, formatValue} from '../../widgets/format';
import {IconName} from '../../widgets/icon/icons';

/** A journalled event as one line for people. */
export interface EventLine {
  readonly seq: number;
  readonly t: number;
  readonly type: JournalEvent['type'];
  readonly icon: IconName;
  readonly tone: '' | 'good' | 'warn' | 'bad';
  readonly title: string;
  readonly detail: string;
}

type Described = Pick<EventLine, 'icon' | 'title' | 'detail'> & {readonly tone?: EventLine['tone']};

const BAD_STATUS: ReadonlySet<unknown> = new Set(['failed', 'restarting']);

/** `unit` is what the run's steps count. */
export function describe(event: JournalEvent, unit: StepUnit): EventLine {
  return {seq: event.seq, t: event.t, type: event.type, tone: '', ...described(event, unit.one)};
}

function described(event: JournalEvent, step: string): Described {
  switch (event.type) {
    case 'status':
      return {
        icon: event['status'] === 'restarting' ? 'restart_alt' : 'flag',
        tone: BAD_STATUS.has(event['status']) ? 'bad' : '',
        title: `Status: ${text(event['status'])}`,
        detail: join(text(event['reason']), numbered('attempt', event['attempt']), numbered('process', event['pid'])),
      };
    case 'checkpoint':
      return {
        icon: 'inventory_2',
        title: `Checkpoint ${event['removed'] ? 'removed' : 'saved'} at ${step} ${count(event['step'])}`,
        detail: join(text(event['reason']), typeof event['bytes'] === 'number' ? formatBytes(event['bytes']) : ''),
      };
    case 'health': {
      const level = event['level'];
      const tone = level === 'error' ? 'bad' : level === 'warning' ? 'warn' : 'good';
      return {
        icon: tone === 'good' ? 'info' : 'warning',
        tone,
        title: text(event['message']),
        detail: text(event['code']),
      };
    }
    case 'set':
      return {
        icon: 'tune',
        title: `Config changed${typeof event['step'] === 'number' ? ` from ${step} ${count(event['step'])} on` : ''}`,
        detail: pairs(event['changes']),
      };
    case 'rewound':
      return {
        icon: 'history',
        title: `Went on from ${step} ${count(event['to_step'])}`,
        detail: 'Later points were superseded.',
      };
    case 'ack':
      return {
        icon: event['state'] === 'done' ? 'check_circle' : 'bolt',
        tone: event['state'] === 'refused' || event['state'] === 'failed' ? 'bad' : '',
        title: `Command ${text(event['name'])}: ${text(event['state'])}`,
        detail: text(event['message']),
      };
    case 'result':
      return {
        icon: 'flag',
        title: `Result at ${step} ${count(event['step'])}: ${text(event['status'])}`,
        detail: join(text(event['reason']), pairs(event['metrics'])),
      };
    case 'log':
      return {icon: 'terminal', title: text(event['message']), detail: text(event['level'])};
    case 'points':
      return {icon: 'show_chart', title: 'Points', detail: ''};
  }
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function count(value: unknown): string {
  return formatCount(typeof value === 'number' ? value : null);
}

function numbered(word: string, value: unknown): string {
  return typeof value === 'number' ? `${word} ${String(value)}` : '';
}

function pairs(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([key, each]) => `${key} = ${typeof each === 'number' ? formatValue(each) : JSON.stringify(each)}`)
    .join(', ');
}

function join(...parts: string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

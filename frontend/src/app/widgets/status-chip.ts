import {ChangeDetectionStrategy, Component, computed, input} from '@angular/core';
import type {RunStatus} from '../run-data/wire';

type Tone = 'good' | 'warn' | 'bad' | 'calm' | 'info';

const TONES: Readonly<Record<RunStatus, Tone>> = {
  queued: 'calm',
  starting: 'info',
  running: 'good',
  pausing: 'warn',
  paused: 'warn',
  stopping: 'warn',
  stopped: 'calm',
  finished: 'info',
  failed: 'bad',
  restarting: 'bad',
};
const MOVING: ReadonlySet<RunStatus> = new Set<RunStatus>(['starting', 'running', 'pausing', 'stopping', 'restarting']);

/** A run's status in words, with a colour that only repeats what the word says. */
@Component({
  selector: 'app-status-chip',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<span class="dot" [class.moving]="moving()"></span>{{ status() }}`,
  host: {'[attr.data-tone]': 'tone()', 'data-testid': 'run-status'},
  styles: `
    :host {
      --tone: var(--calm);
      --soft: var(--calm-soft);
      display: inline-flex;
      align-items: center;
      gap: 7px;
      padding: 2px 10px 2px 9px;
      border-radius: 99px;
      background: var(--soft);
      color: var(--tone);
      font-size: 12.5px;
      font-weight: 600;
      line-height: 20px;
      white-space: nowrap;
      text-transform: capitalize;
    }
    :host([data-tone='good']) {
      --tone: var(--good);
      --soft: var(--good-soft);
    }
    :host([data-tone='warn']) {
      --tone: var(--warn);
      --soft: var(--warn-soft);
    }
    :host([data-tone='bad']) {
      --tone: var(--bad);
      --soft: var(--bad-soft);
    }
    :host([data-tone='info']) {
      --tone: var(--info);
      --soft: var(--info-soft);
    }
    .dot {
      width: 7px;
      height: 7px;
      border-radius: 50%;
      background: currentcolor;
    }
    .moving {
      animation: breathe 2s ease-in-out infinite;
    }
    @keyframes breathe {
      50% {
        opacity: 0.35;
      }
    }
  `,
})
export class StatusChip {
  readonly status = input.required<RunStatus>();
  protected readonly tone = computed(() => TONES[this.status()]);
  protected readonly moving = computed(() => MOVING.has(this.status()));
}

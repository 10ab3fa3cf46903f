import {ChangeDetectionStrategy, Component, computed, input, output} from '@angular/core';
import {CommandProgress, isPending} from '../run-data/command-progress';
import {CommandState, StepUnit} from '../run-data/wire';
import {formatCount} from '../widgets/format';
import {Icon} from '../widgets/icon/icon';
import {IconName} from '../widgets/icon/icons';

const ICONS: Readonly<Record<CommandState, IconName>> = {
  requested: 'schedule',
  accepted: 'hourglass_top',
  done: 'check_circle',
  refused: 'error',
  failed: 'error',
  timeout: 'warning',
};
const WORDS: Readonly<Record<CommandState, string>> = {
  requested: 'requested',
  accepted: 'accepted, in progress',
  done: 'done',
  refused: 'refused',
  failed: 'failed',
  timeout: 'unanswered',
};

/** How far a command has come, in words. */
@Component({
  selector: 'app-command-line',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Icon],
  template: `
    <app-icon [name]="icon()" />
    <span
      ><strong>{{ title() }}</strong> {{ words() }}{{ detail() }}</span
    >
    @if (!pending()) {
      <button type="button" aria-label="Dismiss" (click)="dismissed.emit()"><app-icon name="close" /></button>
    }
  `,
  host: {role: 'status', 'data-testid': 'command-state', '[attr.data-state]': 'command().state'},
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      max-width: 520px;
      color: var(--muted);
      font-size: 12.5px;
      line-height: 24px;
    }
    :host([data-state='done']) app-icon:first-child {
      color: var(--good);
    }
    :host([data-state='refused']),
    :host([data-state='failed']) {
      color: var(--bad);
    }
    :host([data-state='timeout']) {
      color: var(--warn);
    }
    strong {
      color: var(--mat-sys-on-surface);
      font-weight: 600;
      text-transform: capitalize;
    }
    button {
      display: grid;
      place-items: center;
      width: 24px;
      height: 24px;
      padding: 0;
      border: 0;
      background: none;
      color: inherit;
      cursor: pointer;
    }
  `,
})
export class CommandLine {
  readonly command = input.required<CommandProgress>();
  readonly unit = input.required<StepUnit>();
  readonly dismissed = output();

  protected readonly title = computed(() => (this.command().name === 'set' ? 'Change' : this.command().name));
  protected readonly icon = computed(() => ICONS[this.command().state]);
  protected readonly words = computed(() => WORDS[this.command().state]);
  protected readonly pending = computed(() => isPending(this.command()));
  protected readonly detail = computed(() => {
    const {state, step, message} = this.command();
    if (message) return `: ${message}`;
    return state === 'done' && step !== null ? ` at ${this.unit().one} ${formatCount(step)}` : '';
  });
}

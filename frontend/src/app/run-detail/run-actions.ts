import {ChangeDetectionStrategy, Component, computed, inject} from '@angular/core';
import {MatButton} from '@angular/material/button';
import {RouterLink} from '@angular/router';
import {RunCommands} from '../run-data/run-commands';
import {RunFeed} from '../run-data/run-feed';
import {RunReport} from '../run-data/run-report';
import {ACTIVE, RunStatus} from '../run-data/wire';
import {Icon} from '../widgets/icon/icon';
import {CommandLine} from './command-line';

const CAN_PAUSE: ReadonlySet<RunStatus | undefined> = new Set<RunStatus>(['running', 'starting', 'pausing']);
const CAN_SAVE: ReadonlySet<RunStatus | undefined> = new Set<RunStatus>(['running', 'pausing', 'paused', 'starting']);

/** The buttons that control a run, and what became of the last one pressed. */
@Component({
  selector: 'app-run-actions',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CommandLine, Icon, MatButton, RouterLink],
  template: `
    <div class="buttons">
      @if (status() === 'finished') {
        <a matButton="filled" data-testid="btn-again" routerLink="/runs/new" [queryParams]="{like: runId()}">
          <app-icon name="restart_alt" /> Run again
        </a>
      } @else if (ended()) {
        <button
          matButton="filled"
          type="button"
          data-testid="btn-start"
          [disabled]="busy('start')"
          (click)="give('start')"
        >
          <app-icon name="play_arrow" /> Start
        </button>
      }
      @if (playable()) {
        <a matButton="outlined" data-testid="btn-play" routerLink="/game" [queryParams]="{run: runId()}">
          <app-icon name="sports_esports" /> Play
        </a>
      }
      @if (status() === 'paused') {
        <button
          matButton="filled"
          type="button"
          data-testid="btn-resume"
          [disabled]="busy('resume')"
          (click)="give('resume')"
        >
          <app-icon name="play_arrow" /> Resume
        </button>
      } @else if (canPause()) {
        <button
          matButton="outlined"
          type="button"
          data-testid="btn-pause"
          [disabled]="busy('pause') || status() === 'pausing'"
          (click)="give('pause')"
        >
          <app-icon name="pause" /> Pause
        </button>
      }
      @if (canSave()) {
        <button
          matButton="outlined"
          type="button"
          data-testid="btn-save"
          [disabled]="busy('save')"
          (click)="give('save')"
        >
          <app-icon name="save" /> Save
        </button>
      }
      @if (!ended()) {
        <button
          matButton="outlined"
          type="button"
          class="stop"
          data-testid="btn-stop"
          [disabled]="busy('stop') || status() === 'stopping'"
          (click)="give('stop')"
        >
          <app-icon name="stop" /> Stop
        </button>
      }
    </div>
    @if (commands.latest(); as latest) {
      @if (run(); as run) {
        <app-command-line [command]="latest" [unit]="run.unit" (dismissed)="commands.dismiss()" />
      }
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      align-items: flex-end;
      gap: 6px;
      min-height: 64px;
    }
    .buttons {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
    }
    .stop:not(:disabled) {
      --mat-button-outlined-label-text-color: var(--bad);
    }
    @media (max-width: 720px) {
      :host {
        align-items: stretch;
        min-height: 0;
      }
      .buttons button {
        flex: 1;
        min-height: 44px;
      }
    }
  `,
})
export class RunActions {
  private readonly feed = inject(RunFeed);
  private readonly report = inject(RunReport).report;
  protected readonly commands = inject(RunCommands);

  protected readonly run = this.feed.run;
  protected readonly status = computed(() => this.feed.run()?.status);
  protected readonly runId = computed(() => this.feed.run()?.id);
  protected readonly ended = computed(() => !ACTIVE.has(this.status() ?? 'stopped'));
  protected readonly canPause = computed(() => CAN_PAUSE.has(this.status()));
  protected readonly canSave = computed(() => CAN_SAVE.has(this.status()));

  /** Whether it tunes somebody who can be played against. */
  protected readonly playable = computed(() => this.report() !== null && !!this.feed.run()?.world);

  /** Whether this very command is on its way: pressing again would say nothing new. */
  protected busy(name: string): boolean {
    return this.commands.pending() && this.commands.latest()?.name === name;
  }

  protected give(name: string): void {
    // What went wrong is shown by the command's state.
    this.commands.give(name).catch(() => undefined);
  }
}

import {ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked} from '@angular/core';
import {MatButton} from '@angular/material/button';
import {MatSnackBar} from '@angular/material/snack-bar';
import {Router} from '@angular/router';
import {Api} from '../run-data/api';
import {ApiError} from '../run-data/api-error';
import {LiveLink} from '../run-data/live-link';
import {Checkpoint, RunSummary} from '../run-data/wire';
import {CheckpointTable} from '../widgets/checkpoint-table';
import {Confirm} from '../widgets/confirm';
import {formatCount} from '../widgets/format';
import {Notice} from '../widgets/notice';

/** The checkpoints of one run, kept up to date, with all that can be done with them. */
@Component({
  selector: 'app-checkpoint-list',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CheckpointTable, MatButton, Notice],
  template: `
    @if (error()) {
      <app-notice icon="error" heading="The checkpoints could not be fetched" [alarming]="true" [text]="error()">
        <button matButton="outlined" type="button" (click)="load()">Try again</button>
      </app-notice>
    } @else if (checkpoints(); as checkpoints) {
      @if (checkpoints.length > 0) {
        <app-checkpoint-table
          [checkpoints]="checkpoints"
          [score]="primary()"
          [unit]="run().unit"
          [downloadUrl]="downloadUrl()"
          (pinned)="pin($event.step, $event.pinned)"
          (deleted)="remove($event)"
          (forked)="fork($event)"
          (watched)="watch($event)"
        />
      } @else {
        <app-notice
          icon="inventory_2"
          heading="No checkpoints yet"
          text="One is saved from time to time, on Save, and on Stop."
        />
      }
    } @else {
      <p class="muted loading" aria-busy="true">Loading…</p>
    }
  `,
  styles: `
    .loading {
      padding: 16px;
    }
  `,
})
export class CheckpointList {
  readonly run = input.required<RunSummary>();

  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly confirm = inject(Confirm);
  private readonly snackBar = inject(MatSnackBar);
  private readonly id = computed(() => this.run().id);
  protected readonly checkpoints = signal<readonly Checkpoint[] | null>(null);
  protected readonly error = signal('');
  protected readonly primary = computed(() => this.run().primary);
  protected readonly downloadUrl = computed(() => {
    const id = this.id();
    return (step: number) => this.api.checkpointDownload(id, step);
  });

  constructor() {
    const link = inject(LiveLink);
    effect((onCleanup) => {
      const id = this.id();
      link.connections();
      untracked(() => void this.load());
      onCleanup(
        link.on('checkpoint', ({run}) => {
          if (run === id) void this.load();
        }),
      );
    });
  }

  protected async load(): Promise<void> {
    const id = this.id();
    try {
      const {checkpoints} = await this.api.checkpoints(id);
      if (id === this.id()) this.checkpoints.set(checkpoints);
      this.error.set('');
    } catch (thrown) {
      if (!this.checkpoints()) this.error.set(ApiError.from(thrown).text);
    }
  }

  protected async pin(step: number, pinned: boolean): Promise<void> {
    await this.attempt(() => this.api.pinCheckpoint(this.id(), step, pinned));
  }

  protected async remove(step: number): Promise<void> {
    const title = `Delete the checkpoint of ${this.run().unit.one} ${formatCount(step)}?`;
    const text = 'The run can no longer be continued or watched from there. This cannot be undone.';
    if (!(await this.confirm.ask({title, text, action: 'Delete'}))) return;
    await this.attempt(() => this.api.deleteCheckpoint(this.id(), step));
  }

  protected fork(step: number): void {
    void this.router.navigate(['/runs/new'], {queryParams: {from: this.id(), step}});
  }

  protected watch(step: number): void {
    void this.router.navigate(['/runs', this.id(), 'live'], {queryParams: {step}});
  }

  private async attempt(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (thrown) {
      this.snackBar.open(ApiError.from(thrown).text, 'Close');
    }
    await this.load();
  }
}

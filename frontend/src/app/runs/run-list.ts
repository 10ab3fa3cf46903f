import {ChangeDetectionStrategy, Component, computed, effect, inject, input, untracked} from '@angular/core';
import {MatButton} from '@angular/material/button';
import {MatSnackBar} from '@angular/material/snack-bar';
import {Router, RouterLink} from '@angular/router';
import {Api} from '../run-data/api';
import {ApiError} from '../run-data/api-error';
import {RunDirectory} from '../run-data/run-directory';
import {RunSummary} from '../run-data/wire';
import {Confirm} from '../widgets/confirm';
import {EditLabels} from '../widgets/edit-labels';
import {Icon} from '../widgets/icon/icon';
import {Notice} from '../widgets/notice';
import {matches, STATUS_CHOICES} from './run-filter';
import {goingOn, inOrder} from './run-order';
import {RunRow} from './run-row';

const TYPING_MS = 200;

/** All runs, those that are going on first. What is searched for stands in the address. */
@Component({
  selector: 'app-run-list',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Icon, MatButton, Notice, RouterLink, RunRow],
  templateUrl: './run-list.html',
  styleUrl: './run-list.scss',
})
export class RunList {
  readonly status = input<string>();
  readonly q = input<string>();
  readonly tag = input<string>();

  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly confirm = inject(Confirm);
  private readonly editLabels = inject(EditLabels);
  private readonly snackBar = inject(MatSnackBar);
  protected readonly directory = inject(RunDirectory);
  private typing: ReturnType<typeof setTimeout> | undefined;

  protected readonly choices = STATUS_CHOICES;
  private readonly filter = computed(() => ({status: this.status() ?? '', q: this.q() ?? '', tag: this.tag() ?? ''}));
  protected readonly filtered = computed(() => Object.values(this.filter()).some((value) => value !== ''));
  protected readonly shown = computed(() =>
    inOrder(this.directory.runs().filter((run) => matches(run, this.filter()))),
  );
  protected readonly goingOn = computed(() => goingOn(this.directory.runs()));

  constructor() {
    effect(() => {
      const {status, q, tag} = this.filter();
      untracked(() => void this.directory.load({status: status === 'active' ? '' : status, q, tag}));
    });
  }

  protected search(event: Event): void {
    const q = (event.target as HTMLInputElement).value;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => {
      this.show({q: q || null});
    }, TYPING_MS);
  }

  protected chooseStatus(status: string): void {
    this.show({status: status || null});
  }

  protected chooseTag(tag: string | null): void {
    this.show({tag});
  }

  protected showAll(): void {
    this.show({status: null, q: null, tag: null});
  }

  protected retry(): void {
    void this.directory.load(this.filter());
  }

  protected async give(run: RunSummary, name: string): Promise<void> {
    await this.attempt(async () => {
      const answer = await this.api.command(run.id, name);
      if (answer.run) this.directory.put([answer.run]);
      this.snackBar.open(`${run.name || run.id}: ${name} ${answer.state}`);
    });
  }

  protected async edit(run: RunSummary): Promise<void> {
    const labels = await this.editLabels.ask(run);
    if (!labels) return;
    await this.attempt(async () => {
      this.directory.put([await this.api.patchRun(run.id, labels)]);
    });
  }

  protected async pin(run: RunSummary, pinned: boolean): Promise<void> {
    await this.attempt(async () => {
      this.directory.put([await this.api.patchRun(run.id, {pinned})]);
    });
  }

  protected async remove(run: RunSummary): Promise<void> {
    const title = `Delete ${run.name || run.id}?`;
    const text = 'Its journal, log and all checkpoints are deleted from the disk. This cannot be undone.';
    if (!(await this.confirm.ask({title, text, action: 'Delete'}))) return;
    await this.attempt(async () => {
      await this.api.deleteRun(run.id);
      this.directory.forget(run.id);
    });
  }

  private show(queryParams: Record<string, string | null>): void {
    void this.router.navigate([], {queryParams, queryParamsHandling: 'merge', replaceUrl: true});
  }

  private async attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (thrown) {
      this.snackBar.open(ApiError.from(thrown).text, 'Close');
    }
  }
}

import {ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked} from '@angular/core';
import {Title} from '@angular/platform-browser';
import {MatButton, MatIconButton} from '@angular/material/button';
import {MatSnackBar} from '@angular/material/snack-bar';
import {RouterLink, RouterLinkActive, RouterOutlet} from '@angular/router';
import {Api} from '../run-data/api';
import {ApiError} from '../run-data/api-error';
import {RunCommands} from '../run-data/run-commands';
import {RunElites} from '../run-data/run-elites';
import {RunFeed} from '../run-data/run-feed';
import {RunReport} from '../run-data/run-report';
import {ACTIVE} from '../run-data/wire';
import {EditLabels} from '../widgets/edit-labels';
import {formatAgo, formatCount, formatDuration, formatPercent, formatTime} from '../widgets/format';
import {Icon} from '../widgets/icon/icon';
import {Notice} from '../widgets/notice';
import {ProgressBar} from '../widgets/progress-bar';
import {StatusChip} from '../widgets/status-chip';
import {HealthBanner} from './health-banner';
import {RunActions} from './run-actions';

/** One run: its head with state, progress and commands, and a tab for each side of it. */
@Component({
  selector: 'app-run-page',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [
    HealthBanner,
    Icon,
    MatButton,
    MatIconButton,
    Notice,
    ProgressBar,
    RouterLink,
    RouterLinkActive,
    RouterOutlet,
    RunActions,
    StatusChip,
  ],
  providers: [RunFeed, RunCommands, RunElites, RunReport],
  templateUrl: './run-page.html',
  styleUrl: './run-page.scss',
})
export class RunPage {
  readonly id = input.required<string>();

  private readonly api = inject(Api);
  private readonly editLabels = inject(EditLabels);
  private readonly snackBar = inject(MatSnackBar);
  protected readonly feed = inject(RunFeed);
  private readonly elites = inject(RunElites).elites;
  private readonly report = inject(RunReport).report;
  protected readonly tabs = computed(() => [
    {path: 'charts', label: 'Charts'},
    ...(this.report() ? [{path: 'report', label: 'Report'}] : []),
    {path: 'live', label: 'Live view'},
    ...(this.elites()?.length ? [{path: 'elites', label: 'Elites'}] : []),
    {path: 'checkpoints', label: 'Checkpoints'},
    {path: 'config', label: 'Config'},
    {path: 'events', label: 'Events'},
    {path: 'log', label: 'Log'},
  ]);
  protected readonly run = this.feed.run;
  protected readonly name = computed(() => this.run()?.name || this.id());
  protected readonly active = computed(() => ACTIVE.has(this.run()?.status ?? 'stopped'));
  protected readonly began = computed(() => formatTime(this.run()?.created ?? 0));
  protected readonly since = signal('');
  protected readonly progress = computed(() => {
    const run = this.run();
    if (!run) return null;
    return run.total_steps ? Math.min(1, run.step / run.total_steps) : run.progress;
  });
  protected readonly progressWords = computed(() => {
    const run = this.run();
    if (!run) return '';
    const progress = this.progress();
    const steps = `${formatCount(run.step)}${run.total_steps ? ` of ${formatCount(run.total_steps)}` : ''} steps`;
    const share = progress === null ? '' : ` · ${formatPercent(progress)}`;
    const left = run.status === 'running' && run.eta_s !== null ? ` · ${formatDuration(run.eta_s)} left` : '';
    return `${steps}${share}${left}`;
  });

  constructor() {
    const title = inject(Title);
    effect(() => {
      const id = this.id();
      untracked(() => {
        this.feed.open(id);
      });
    });
    effect(() => {
      title.setTitle(`${this.name()} · Paddock`);
    });
    effect((onCleanup) => {
      const since = this.run()?.status_since;
      const tell = (): void => {
        this.since.set(since ? formatAgo(since) : '');
      };
      tell();
      const timer = setInterval(tell, 10_000);
      onCleanup(() => {
        clearInterval(timer);
      });
    });
  }

  protected retry(): void {
    void this.feed.reload();
  }

  protected async edit(): Promise<void> {
    const run = this.run();
    const labels = run && (await this.editLabels.ask(run));
    if (!run || !labels) return;
    try {
      this.feed.show(await this.api.patchRun(run.id, labels));
    } catch (thrown) {
      this.snackBar.open(ApiError.from(thrown).text, 'Close');
    }
  }
}

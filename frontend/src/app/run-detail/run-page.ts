import {ChangeDetectionStrategy, Component, computed, effect, inject, input, untracked} from '@angular/core';
import {Title} from '@angular/platform-browser';
import {MatButton, MatIconButton} from '@angular/material/button';
import {MatSnackBar} from '@angular/material/snack-bar';
import {MatTooltip} from '@angular/material/tooltip';
import {RouterLink, RouterLinkActive, RouterOutlet} from '@angular/router';
import {Api, RunChanges} from '../run-data/api';
import {ApiError} from '../run-data/api-error';
import {RunCommands} from '../run-data/run-commands';
import {RunElites} from '../run-data/run-elites';
import {RunFeed} from '../run-data/run-feed';
import {RunReport} from '../run-data/run-report';
import {ACTIVE} from '../run-data/wire';
import {EditLabels} from '../widgets/edit-labels';
import {Ago} from '../widgets/ago';
import {formatCount, formatDuration, formatPercent, formatSteps} from '../widgets/format';
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
    Ago,
    HealthBanner,
    Icon,
    MatButton,
    MatIconButton,
    MatTooltip,
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
  protected readonly count = formatCount;
  protected readonly run = this.feed.run;
  protected readonly name = computed(() => this.run()?.name || this.id());
  protected readonly active = computed(() => ACTIVE.has(this.run()?.status ?? 'stopped'));
  protected readonly progress = computed(() => {
    const run = this.run();
    if (!run) return null;
    return run.total_steps ? Math.min(1, run.step / run.total_steps) : run.progress;
  });
  protected readonly progressWords = computed(() => {
    const run = this.run();
    if (!run) return '';
    const progress = this.progress();
    const {step, total_steps: total, unit} = run;
    const steps = total ? `${formatCount(step)} of ${formatSteps(total, unit)}` : formatSteps(step, unit);
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
  }

  protected retry(): void {
    void this.feed.reload();
  }

  protected async pin(): Promise<void> {
    const run = this.run();
    if (run) await this.change({pinned: !run.pinned});
  }

  protected async edit(): Promise<void> {
    const run = this.run();
    const labels = run && (await this.editLabels.ask(run));
    if (labels) await this.change(labels);
  }

  private async change(changes: RunChanges): Promise<void> {
    try {
      this.feed.show(await this.api.patchRun(this.id(), changes));
    } catch (thrown) {
      this.snackBar.open(ApiError.from(thrown).text, 'Close');
    }
  }
}

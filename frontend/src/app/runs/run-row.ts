import {ChangeDetectionStrategy, Component, computed, input, output} from '@angular/core';
import {MatIconButton} from '@angular/material/button';
import {MatMenu, MatMenuItem, MatMenuTrigger} from '@angular/material/menu';
import {MatTooltip} from '@angular/material/tooltip';
import {RouterLink} from '@angular/router';
import {ACTIVE, Run} from '../run-data/wire';
import {formatAgo, formatCount, formatDuration, formatPercent, formatValue} from '../widgets/format';
import {Icon} from '../widgets/icon/icon';
import {ProgressBar} from '../widgets/progress-bar';
import {StatusChip} from '../widgets/status-chip';
import {RunSpark} from './run-spark';

/** One run in the list: how it is, how far it is, how good it is, and the commands one most often wants. */
@Component({
  selector: 'app-run-row',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [
    Icon,
    MatIconButton,
    MatMenu,
    MatMenuItem,
    MatMenuTrigger,
    MatTooltip,
    ProgressBar,
    RouterLink,
    RunSpark,
    StatusChip,
  ],
  templateUrl: './run-row.html',
  styleUrl: './run-row.scss',
  host: {'data-testid': 'run-row', '[attr.data-run]': 'run().id'},
})
export class RunRow {
  readonly run = input.required<Run>();
  readonly commanded = output<string>();
  readonly edited = output();
  readonly deleted = output();
  readonly tagChosen = output<string>();

  protected readonly active = computed(() => ACTIVE.has(this.run().status));
  protected readonly running = computed(() => this.run().status === 'running');
  protected readonly primary = computed(() => this.run().metrics.find((metric) => metric.primary) ?? null);
  protected readonly best = computed(() => formatValue(this.run().best?.value));
  protected readonly latest = computed(() => formatValue(this.run().last[this.primary()?.name ?? '']));
  protected readonly began = computed(() => formatAgo(this.run().created));
  protected readonly progress = computed(() => {
    const {step, progress, eta_s, status} = this.run();
    if (progress === null) return `${formatCount(step)} steps`;
    const left = status === 'running' && eta_s !== null ? `, ${formatDuration(eta_s)} left` : '';
    return `${formatPercent(progress)}${left}`;
  });
}

import {ChangeDetectionStrategy, Component, computed, input, output} from '@angular/core';
import {MatIconButton} from '@angular/material/button';
import {MatMenu, MatMenuItem, MatMenuTrigger} from '@angular/material/menu';
import {MatTooltip} from '@angular/material/tooltip';
import {RouterLink} from '@angular/router';
import {ACTIVE, RunSummary} from '../run-data/wire';
import {Ago} from '../widgets/ago';
import {formatDuration, formatPercent, formatSteps, formatValue} from '../widgets/format';
import {Icon} from '../widgets/icon/icon';
import {ProgressBar} from '../widgets/progress-bar';
import {StatusChip} from '../widgets/status-chip';
import {RunSpark} from './run-spark';

/** One run in the list: how it is, how far it is, how good it is, and the commands one most often wants. */
@Component({
  selector: 'app-run-row',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [
    Ago,
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
  readonly run = input.required<RunSummary>();
  readonly commanded = output<string>();
  readonly edited = output();
  readonly pinned = output<boolean>();
  readonly deleted = output();
  readonly tagChosen = output<string>();

  protected readonly active = computed(() => ACTIVE.has(this.run().status));
  protected readonly running = computed(() => this.run().status === 'running');
  protected readonly best = computed(() => formatValue(this.run().best?.value));
  protected readonly progress = computed(() => {
    const {step, unit, progress, eta_s, status} = this.run();
    const done = formatSteps(step, unit);
    if (progress === null) return done;
    const left = status === 'running' && eta_s !== null ? `, ${formatDuration(eta_s)} left` : '';
    return `${formatPercent(progress)}${left || ` · ${done}`}`;
  });
}

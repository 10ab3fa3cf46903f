import {ChangeDetectionStrategy, Component, input, output} from '@angular/core';
import {MatButton, MatIconButton} from '@angular/material/button';
import {MatTooltip} from '@angular/material/tooltip';
import type {Checkpoint, MetricSpec, StepUnit} from '../run-data/wire';
import {CopyButton} from './copy-button';
import {Ago} from './ago';
import {formatBytes, formatSteps, formatValue} from './format';
import {Icon} from './icon/icon';

/** The checkpoints of one run, newest first, and what can be done with each. */
@Component({
  selector: 'app-checkpoint-table',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Ago, CopyButton, Icon, MatButton, MatIconButton, MatTooltip],
  templateUrl: './checkpoint-table.html',
  styleUrl: './checkpoint-table.scss',
})
export class CheckpointTable {
  readonly checkpoints = input.required<readonly Checkpoint[]>();
  /** The metric by which a checkpoint is scored. */
  readonly score = input<MetricSpec | null>(null);
  /** What their steps count. */
  readonly unit = input.required<StepUnit>();
  readonly downloadUrl = input.required<(step: number) => string>();

  readonly pinned = output<{step: number; pinned: boolean}>();
  readonly deleted = output<number>();
  readonly forked = output<number>();
  readonly watched = output<number>();

  protected readonly bytes = formatBytes;
  protected readonly steps = formatSteps;
  protected readonly value = formatValue;

  protected scoreOf(checkpoint: Checkpoint): number | null | undefined {
    const score = this.score();
    return score ? checkpoint.metrics[score.name] : null;
  }
}

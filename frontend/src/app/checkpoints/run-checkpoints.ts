import {ChangeDetectionStrategy, Component, inject} from '@angular/core';
import {RunFeed} from '../run-data/run-feed';
import {CheckpointList} from './checkpoint-list';

/** The tab of a run's page that shows its checkpoints. */
@Component({
  selector: 'app-run-checkpoints',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CheckpointList],
  template: `
    @if (run(); as run) {
      <section class="card" aria-label="Checkpoints"><app-checkpoint-list [run]="run" /></section>
    }
  `,
})
export class RunCheckpoints {
  protected readonly run = inject(RunFeed).run;
}

import {ChangeDetectionStrategy, Component, inject} from '@angular/core';
import {MatButton} from '@angular/material/button';
import {RouterLink} from '@angular/router';
import {RunDirectory} from '../run-data/run-directory';
import {Notice} from '../widgets/notice';
import {StatusChip} from '../widgets/status-chip';
import {CheckpointList} from './checkpoint-list';

/** The checkpoints of all runs, run by run, newest run first. */
@Component({
  selector: 'app-all-checkpoints',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CheckpointList, MatButton, Notice, RouterLink, StatusChip],
  template: `
    <div class="page">
      <div class="page-head"><h1>Checkpoints</h1></div>
      @for (run of directory.runs(); track run.id) {
        <section class="card" [attr.aria-label]="'Checkpoints of ' + (run.name || run.id)">
          <header>
            <a [routerLink]="['/runs', run.id]">{{ run.name || run.id }}</a>
            <app-status-chip [status]="run.status" />
            <span class="muted">{{ run.system }}</span>
          </header>
          @defer (on viewport) {
            <app-checkpoint-list [run]="run" />
          } @placeholder {
            <p class="muted later">Loading…</p>
          }
        </section>
      } @empty {
        <div class="card">
          @if (directory.state() === 'error') {
            <app-notice
              icon="cloud_off"
              heading="The runs could not be fetched"
              [alarming]="true"
              [text]="directory.error()?.text ?? ''"
            />
          } @else if (directory.state() === 'ready') {
            <app-notice icon="inventory_2" heading="No checkpoints yet" text="Start a run: it saves as it goes.">
              <a matButton="filled" routerLink="/runs/new">New run</a>
            </app-notice>
          }
        </div>
      }
    </div>
  `,
  styles: `
    header {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 6px 12px;
      padding: 12px 16px;
      border-bottom: 1px solid var(--line);
    }
    header a {
      color: inherit;
      font-weight: 600;
      text-decoration: none;
    }
    header a:hover {
      text-decoration: underline;
    }
    .later {
      padding: 16px;
    }
  `,
})
export class AllCheckpoints {
  protected readonly directory = inject(RunDirectory);

  constructor() {
    void this.directory.load();
  }
}

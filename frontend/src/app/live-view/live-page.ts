import {ChangeDetectionStrategy, Component, computed, inject, input} from '@angular/core';
import {Router} from '@angular/router';
import {RunDirectory} from '../run-data/run-directory';
import {LiveView} from './live-view';

/** The live view of any run. Which one stands in the address; without one it is the newest that has a checkpoint. */
@Component({
  selector: 'app-live-page',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [LiveView],
  template: `
    <div class="page">
      <div class="page-head">
        <h1>Live view</h1>
        <span class="spacer"></span>
        <label>
          <span class="muted">Run</span>
          <select class="input" [value]="run() ?? ''" (change)="choose($event)">
            <option value="" [selected]="!run()">The newest with a checkpoint</option>
            @for (each of runs(); track each.id) {
              <option [value]="each.id" [selected]="each.id === run()">{{ each.name || each.id }}</option>
            }
          </select>
        </label>
      </div>
      <app-live-view [id]="run()" [step]="step()" [player]="player()" />
    </div>
  `,
  styles: `
    label {
      display: flex;
      align-items: center;
      gap: 10px;
    }
    select {
      max-width: 320px;
    }
  `,
})
export class LivePage {
  readonly run = input<string>();
  readonly step = input<string>();
  readonly player = input<string>();

  private readonly router = inject(Router);
  private readonly directory = inject(RunDirectory);
  protected readonly runs = computed(() => this.directory.runs());

  constructor() {
    void this.directory.load();
  }

  protected choose(event: Event): void {
    const run = (event.target as HTMLSelectElement).value || null;
    void this.router.navigate([], {queryParams: {run, step: null}, queryParamsHandling: 'merge'});
  }
}

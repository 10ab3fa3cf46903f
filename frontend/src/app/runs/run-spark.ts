import {ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked} from '@angular/core';
import {Api} from '../run-data/api';
import {RunSummary} from '../run-data/wire';
import {Sparkline} from '../widgets/sparkline';
import {continued, Course, fetched} from './course';

const POINTS = 60;

/** The course of a run's primary metric: fetched when the row appears or the run is put back, else continued live. */
@Component({
  selector: 'app-run-spark',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Sparkline],
  template: `<app-sparkline [values]="values()" />`,
})
export class RunSpark {
  readonly run = input.required<RunSummary>();

  private readonly api = inject(Api);
  private readonly course = signal<Course>([]);
  protected readonly values = this.course.asReadonly();
  private readonly id = computed(() => this.run().id);
  private readonly primary = computed(() => this.run().primary?.name ?? '');
  private readonly newest = computed(() => this.run().latest);
  private readonly step = computed(() => this.run().step);

  constructor() {
    effect(() => {
      const id = this.id();
      const name = this.primary();
      this.course.set([]);
      if (name) void this.fetch(id, name);
    });
    effect(() => {
      const newest = this.newest();
      this.course.update((course) => continued(course, newest));
    });
    let reached = 0;
    effect(() => {
      const step = this.step();
      // A run that was put back has lost part of its course.
      if (step < reached) untracked(() => void this.fetch(this.id(), this.primary(), true));
      reached = step;
    });
  }

  private async fetch(id: string, name: string, anew = false): Promise<void> {
    // Without a sparkline the row is complete too: a failed request is no reason to disturb anybody.
    const answer = await this.api.metrics(id, {names: [name], points: POINTS}).catch(() => null);
    if (!answer || id !== untracked(this.id)) return;
    const course = answer.series[name]?.mean ?? [];
    this.course.update((seen) => (anew ? course : fetched(seen, course)));
  }
}

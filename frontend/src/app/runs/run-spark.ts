import {ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked} from '@angular/core';
import {Api} from '../run-data/api';
import {Run} from '../run-data/wire';
import {Sparkline} from '../widgets/sparkline';

const POINTS = 60;

/** The course of a run's primary metric, fetched once and continued with each newer value. */
@Component({
  selector: 'app-run-spark',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Sparkline],
  template: `<app-sparkline [values]="values()" />`,
})
export class RunSpark {
  readonly run = input.required<Run>();

  private readonly api = inject(Api);
  private readonly course = signal<readonly (number | null)[]>([]);
  protected readonly values = this.course.asReadonly();
  private readonly id = computed(() => this.run().id);
  private readonly primary = computed(() => this.run().metrics.find((metric) => metric.primary)?.name ?? '');
  private readonly newest = computed(() => this.run().last[this.primary()] ?? null);

  constructor() {
    effect(() => {
      const id = this.id();
      const name = this.primary();
      if (name) void this.fetch(id, name);
    });
    effect(() => {
      const newest = this.newest();
      if (newest === null || untracked(this.course).length === 0) return;
      this.course.update((course) => [...course.slice(-2 * POINTS), newest]);
    });
  }

  private async fetch(id: string, name: string): Promise<void> {
    // Without a sparkline the row is complete too: a failed request is no reason to disturb anybody.
    const answer = await this.api.metrics(id, {names: [name], points: POINTS}).catch(() => null);
    if (answer && id === untracked(this.id)) this.course.set(answer.series[name]?.mean ?? []);
  }
}

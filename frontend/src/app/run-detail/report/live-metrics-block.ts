import {ChangeDetectionStrategy, Component, computed, inject, input} from '@angular/core';
import {RunFeed} from '../../run-data/run-feed';
import {ReportLiveMetrics} from '../../run-data/wire';
import {MetricPanel} from '../charts/metric-panel';

/** Metrics of the run in one chart that follows it. */
@Component({
  selector: 'app-live-metrics-block',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [MetricPanel],
  template: `<app-metric-panel [panel]="panel()" />`,
})
export class LiveMetricsBlock {
  readonly block = input.required<ReportLiveMetrics>();

  private readonly run = inject(RunFeed).run;
  protected readonly panel = computed(() => {
    const {title, names} = this.block();
    const metrics = this.run()?.metrics ?? [];
    return {title, metrics: names.flatMap((name) => metrics.find((metric) => metric.name === name) ?? [])};
  });
}

import {ChangeDetectionStrategy, Component, inject} from '@angular/core';
import {MatButton} from '@angular/material/button';
import {RunReport} from '../../run-data/run-report';
import {Notice} from '../../widgets/notice';
import {BarsBlock} from './bars-block';
import {ComparisonBlock} from './comparison-block';
import {LinesBlock} from './lines-block';
import {LiveMetricsBlock} from './live-metrics-block';
import {RecordsBlock} from './records-block';
import {TableBlock} from './table-block';

/** The tab of a run's page that shows what it has found out, in the blocks that its system publishes. */
@Component({
  selector: 'app-run-report-tab',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [BarsBlock, ComparisonBlock, LinesBlock, LiveMetricsBlock, MatButton, Notice, RecordsBlock, TableBlock],
  template: `
    @if (report(); as report) {
      <p class="summary" data-testid="report-summary">{{ report.summary }}</p>
      @for (section of report.sections; track section.title) {
        <section class="card" [attr.aria-label]="section.title">
          <h2>{{ section.title }}</h2>
          @for (block of section.blocks; track $index) {
            @switch (block.kind) {
              @case ('text') {
                <p class="text">{{ block.text }}</p>
              }
              @case ('live_metrics') {
                <app-live-metrics-block [block]="block" />
              }
              @case ('lines') {
                <app-lines-block [block]="block" />
              }
              @case ('bars') {
                <app-bars-block [block]="block" />
              }
              @case ('table') {
                <app-table-block [block]="block" />
              }
              @case ('comparison') {
                <app-comparison-block [block]="block" />
              }
              @case ('records') {
                <app-records-block [block]="block" />
              }
            }
          }
        </section>
      }
    } @else if (fault()) {
      <div class="card">
        <app-notice icon="error" heading="The report could not be fetched" [alarming]="true" [text]="fault()">
          <button matButton="outlined" type="button" (click)="again()">Try again</button>
        </app-notice>
      </div>
    } @else {
      <div class="card">
        <app-notice
          icon="monitoring"
          heading="Nothing to report yet"
          text="A system that has findings tells them at its first checkpoint."
        />
      </div>
    }
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 14px;
    }
    .summary {
      margin: 0;
      max-width: 90ch;
      text-wrap: pretty;
    }
    section {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 12px;
      padding: 16px 18px 18px;
    }
    h2 {
      margin: 0;
      font-size: 15px;
      font-weight: 600;
    }
    .text {
      margin: 0;
      max-width: 90ch;
      font-size: 13.5px;
    }
  `,
})
export class RunReportTab {
  private readonly found = inject(RunReport);
  protected readonly report = this.found.report;
  protected readonly fault = this.found.error;

  protected again(): void {
    void this.found.load();
  }
}

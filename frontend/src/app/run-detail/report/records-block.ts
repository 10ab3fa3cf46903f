import {ChangeDetectionStrategy, Component, input} from '@angular/core';
import {ReportRecords} from '../../run-data/wire';

/** Records that open to their facts. What a language model wrote is shown as the text that it is. */
@Component({
  selector: 'app-records-block',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @for (record of block().records; track $index) {
      <details>
        <summary><span class="dot" [class]="record.tone" aria-hidden="true"></span>{{ record.title }}</summary>
        <dl>
          @for (fact of record.facts; track $index) {
            <dt>{{ fact[0] }}</dt>
            <dd>{{ fact[1] }}</dd>
          }
        </dl>
      </details>
    } @empty {
      <p class="none">{{ block().empty }}</p>
    }
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 6px;
      font-size: 13px;
    }
    summary {
      padding-block: 4px;
      cursor: pointer;
    }
    .dot {
      display: inline-block;
      width: 8px;
      height: 8px;
      margin: 0 8px 1px 2px;
      border-radius: 50%;
      background: var(--muted);
    }
    .now {
      background: var(--mat-sys-primary);
    }
    .good {
      background: var(--good);
    }
    .bad {
      background: var(--bad);
    }
    .faint {
      opacity: 0.5;
    }
    dl {
      display: grid;
      grid-template-columns: minmax(70px, max-content) minmax(0, 1fr);
      gap: 4px 14px;
      margin: 8px 0 10px 18px;
    }
    dt {
      color: var(--muted);
    }
    dd {
      overflow: auto;
      max-height: 280px;
      margin: 0;
      font-family: var(--mono, monospace);
      font-size: 12.5px;
      overflow-wrap: anywhere;
      white-space: pre-wrap;
    }
    .none {
      margin: 0;
      color: var(--muted);
    }
    @media (max-width: 600px) {
      dl {
        grid-template-columns: minmax(0, 1fr);
      }
    }
  `,
})
export class RecordsBlock {
  readonly block = input.required<ReportRecords>();
}

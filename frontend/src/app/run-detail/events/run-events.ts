import {ChangeDetectionStrategy, Component, computed, inject, signal} from '@angular/core';
import {RunFeed} from '../../run-data/run-feed';
import {JournalEvent} from '../../run-data/wire';
import {formatTime} from '../../widgets/format';
import {Icon} from '../../widgets/icon/icon';
import {Notice} from '../../widgets/notice';
import {describe} from './describe';

const SHOWN = 500;

interface Kind {
  readonly label: string;
  readonly types: readonly JournalEvent['type'][];
}

/** What happened to a run, newest first: everything in its journal but the points. */
@Component({
  selector: 'app-run-events',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Icon, Notice],
  template: `
    <div class="kinds" role="group" aria-label="Kinds of events">
      @for (each of kinds; track each.label) {
        <button type="button" [attr.aria-pressed]="kind() === each" (click)="kind.set(each)">{{ each.label }}</button>
      }
    </div>
    <ol class="card">
      @for (line of lines(); track line.seq) {
        <li [attr.data-tone]="line.tone" data-testid="event-row">
          <app-icon [name]="line.icon" />
          <span class="what">
            <span>{{ line.title }}</span>
            @if (line.detail) {
              <span class="muted detail">{{ line.detail }}</span>
            }
          </span>
          <time class="muted number">{{ time(line.t) }}</time>
        </li>
      } @empty {
        <app-notice icon="history" heading="No such events yet" />
      }
    </ol>
    @if (total() > lines().length) {
      <p class="muted">The newest {{ lines().length }} of {{ total() }}.</p>
    }
  `,
  styleUrl: './run-events.scss',
})
export class RunEvents {
  private readonly feed = inject(RunFeed);
  protected readonly time = formatTime;
  protected readonly kinds: readonly Kind[] = [
    {label: 'All', types: ['status', 'checkpoint', 'health', 'set', 'rewound', 'ack', 'result', 'log']},
    {label: 'Status', types: ['status', 'rewound', 'result']},
    {label: 'Health', types: ['health']},
    {label: 'Checkpoints', types: ['checkpoint']},
    {label: 'Commands', types: ['ack', 'set']},
  ];
  protected readonly kind = signal<Kind>({label: '', types: []});
  private readonly found = computed(() => this.feed.events().filter((event) => this.kind().types.includes(event.type)));
  protected readonly total = computed(() => this.found().length);
  protected readonly lines = computed(() => {
    const unit = this.feed.run()?.unit;
    if (!unit) return [];
    const newest = this.found().slice(-SHOWN).toReversed();
    return newest.map((event) => describe(event, unit));
  });

  constructor() {
    const [all] = this.kinds;
    if (all) this.kind.set(all);
  }
}

import {ChangeDetectionStrategy, Component, computed, inject, signal} from '@angular/core';
import {RouterLink} from '@angular/router';
import {RunFeed} from '../run-data/run-feed';
import {HealthLevel} from '../run-data/wire';
import {Ago} from '../widgets/ago';
import {Icon} from '../widgets/icon/icon';

interface Alert {
  readonly seq: number;
  readonly level: HealthLevel;
  readonly message: string;
  readonly t: number;
  readonly times: number;
}

const SHOWN = 3;

/** What went wrong, or went right again, newest first; one line for each kind of thing. */
@Component({
  selector: 'app-health-banner',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Ago, Icon, RouterLink],
  template: `
    @for (alert of alerts(); track alert.seq) {
      <div class="alert" role="status" data-testid="health-alert" [attr.data-level]="alert.level">
        <app-icon [name]="alert.level === 'info' ? 'info' : alert.level === 'error' ? 'error' : 'warning'" />
        <span>
          {{ alert.message }}
          <span class="when"
            ><app-ago [t]="alert.t" />{{ alert.times > 1 ? ', ' + alert.times + ' times in all' : '' }}</span
          >
        </span>
        <a routerLink="events">Events</a>
        <button type="button" aria-label="Dismiss" (click)="dismiss(alert.seq)"><app-icon name="close" /></button>
      </div>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 6px;
    }
    :host:empty {
      display: none;
    }
    .alert {
      display: flex;
      align-items: center;
      gap: 10px;
      padding: 7px 8px 7px 14px;
      border-radius: 10px;
      background: var(--warn-soft);
      color: var(--warn);
    }
    .alert[data-level='error'] {
      background: var(--bad-soft);
      color: var(--bad);
    }
    .alert[data-level='info'] {
      background: var(--info-soft);
      color: var(--info);
    }
    .alert > span {
      flex: 1;
      min-width: 0;
    }
    .when {
      margin-left: 6px;
      font-size: 12.5px;
    }
    a {
      padding: 4px 6px;
      color: inherit;
    }
    button {
      display: grid;
      place-items: center;
      width: 30px;
      height: 30px;
      padding: 0;
      border: 0;
      border-radius: 8px;
      background: none;
      color: inherit;
      cursor: pointer;
    }
  `,
})
export class HealthBanner {
  private readonly feed = inject(RunFeed);
  private readonly dismissed = signal(0);

  protected readonly alerts = computed<Alert[]>(() => {
    const dismissed = this.dismissed();
    const byCode = new Map<string, Alert>();
    for (const event of this.feed.events()) {
      if (event.type !== 'health') continue;
      const code = String(event['code']);
      byCode.set(code, {
        seq: event.seq,
        level: event['level'] as HealthLevel,
        message: String(event['message']),
        t: event.t,
        times: (byCode.get(code)?.times ?? 0) + 1,
      });
    }
    return [...byCode.values()]
      .filter((alert) => alert.seq > dismissed)
      .sort((a, b) => b.seq - a.seq)
      .slice(0, SHOWN);
  });

  /** Hide this alert and all older ones; a newer one is shown again. */
  protected dismiss(seq: number): void {
    this.dismissed.set(seq);
  }
}

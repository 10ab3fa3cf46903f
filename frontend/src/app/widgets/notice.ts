import {ChangeDetectionStrategy, Component, input} from '@angular/core';
import {Icon} from './icon/icon';
import {IconName} from './icon/icons';

/** What stands where there is nothing to show yet, or where it could not be fetched: why, and what to do. */
@Component({
  selector: 'app-notice',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Icon],
  template: `
    <app-icon [name]="icon()" />
    <h2>{{ heading() }}</h2>
    @if (text()) {
      <p class="muted">{{ text() }}</p>
    }
    <div class="actions"><ng-content /></div>
  `,
  host: {'[attr.role]': "alarming() ? 'alert' : 'status'", '[class.alarming]': 'alarming()'},
  styles: `
    :host {
      display: flex;
      flex-direction: column;
      align-items: center;
      gap: 6px;
      padding: 44px 20px;
      text-align: center;
    }
    app-icon {
      width: 36px;
      height: 36px;
      margin-bottom: 6px;
      color: var(--muted);
    }
    :host(.alarming) app-icon {
      color: var(--bad);
    }
    p {
      max-width: 46ch;
    }
    .actions {
      display: flex;
      flex-wrap: wrap;
      justify-content: center;
      gap: 10px;
      margin-top: 10px;
    }
    .actions:empty {
      display: none;
    }
  `,
})
export class Notice {
  readonly icon = input<IconName>('info');
  readonly heading = input.required<string>();
  readonly text = input('');
  readonly alarming = input(false);
}

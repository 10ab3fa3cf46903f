import {ChangeDetectionStrategy, Component, computed, effect, inject, signal} from '@angular/core';
import {MatButton} from '@angular/material/button';
import {LiveLink} from '../run-data/live-link';
import {Icon} from '../widgets/icon/icon';

const GRACE_MS = 1500;

/** Says that what is shown may be old, once the connection has been away for longer than a hiccup. */
@Component({
  selector: 'app-connection-banner',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Icon, MatButton],
  template: `
    @if (shown()) {
      <div class="banner" role="alert">
        <app-icon name="cloud_off" />
        <span>
          <strong>The server cannot be reached{{ since() }}.</strong>
          Training goes on without it; what you see here may be old.
        </span>
        <button matButton type="button" (click)="retry()">Try now</button>
      </div>
    }
  `,
  styles: `
    .banner {
      display: flex;
      align-items: center;
      gap: 12px;
      padding: 6px 20px;
      background: var(--bad-soft);
      color: var(--bad);
    }
    span {
      flex: 1;
    }
  `,
})
export class ConnectionBanner {
  private readonly link = inject(LiveLink);
  protected readonly shown = signal(false);
  protected readonly since = computed(() => {
    const lost = this.link.lostSince();
    return lost ? ` since ${new Date(lost).toLocaleTimeString('en-GB')}` : '';
  });

  constructor() {
    effect((onCleanup) => {
      if (this.link.state() !== 'disconnected') {
        this.shown.set(false);
        return;
      }
      const timer = setTimeout(() => {
        this.shown.set(true);
      }, GRACE_MS);
      onCleanup(() => {
        clearTimeout(timer);
      });
    });
  }

  protected retry(): void {
    this.link.reconnect();
  }
}

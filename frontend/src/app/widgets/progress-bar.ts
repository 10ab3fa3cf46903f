import {ChangeDetectionStrategy, Component, computed, input} from '@angular/core';
import {formatPercent} from './format';

/** How much of something is done, from 0 to 1; null when it has no end. */
@Component({
  selector: 'app-progress-bar',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<div class="bar" [style.width.%]="percent()"></div>`,
  host: {
    role: 'progressbar',
    'aria-valuemin': '0',
    'aria-valuemax': '100',
    '[attr.aria-valuenow]': 'share() === null ? null : percent().toFixed(0)',
    '[attr.aria-valuetext]': 'words()',
    '[attr.aria-label]': 'label()',
    '[class.quiet]': 'quiet()',
  },
  styles: `
    :host {
      display: block;
      height: 6px;
      overflow: hidden;
      border-radius: 3px;
      background: var(--mat-sys-surface-container-highest);
    }
    .bar {
      height: 100%;
      border-radius: 3px;
      background: var(--accent);
      transition: width 0.3s;
    }
    :host(.quiet) .bar {
      background: var(--mat-sys-outline);
    }
  `,
})
export class ProgressBar {
  readonly share = input.required<number | null>();
  readonly label = input('Progress');
  /** Drawn without emphasis: what it measures does not go on at present. */
  readonly quiet = input(false);
  protected readonly percent = computed(() => Math.min(100, Math.max(0, (this.share() ?? 0) * 100)));
  protected readonly words = computed(() => {
    const share = this.share();
    return share === null ? 'no end set' : formatPercent(share);
  });
}

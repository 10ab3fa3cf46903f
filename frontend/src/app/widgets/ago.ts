import {ChangeDetectionStrategy, Component, computed, inject, input} from '@angular/core';
import {Clock} from './clock';
import {formatAgo, formatTime} from './format';

/** How long ago something was, which goes on by itself; pointed at, it says when exactly. */
@Component({
  selector: 'app-ago',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `{{ text() }}`,
  host: {'[title]': 'time()'},
})
export class Ago {
  /** Unix time. */
  readonly t = input.required<number>();

  private readonly clock = inject(Clock);
  protected readonly text = computed(() => formatAgo(this.t(), this.clock.now()));
  protected readonly time = computed(() => formatTime(this.t()));
}

import {ChangeDetectionStrategy, Component, computed, input} from '@angular/core';
import {IconName, ICONS} from './icons';

/** A decorative icon; what it means must stand beside it as text or in the control's label. */
@Component({
  selector: 'app-icon',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <svg viewBox="0 -960 960 960" fill="currentColor" aria-hidden="true" focusable="false">
      <path [attr.d]="path()" />
    </svg>
  `,
  styles: `
    :host {
      display: inline-flex;
      flex: none;
      width: 1.35em;
      height: 1.35em;
      vertical-align: -0.3em;
    }
    svg {
      width: 100%;
      height: 100%;
    }
  `,
})
export class Icon {
  readonly name = input.required<IconName>();
  protected readonly path = computed(() => ICONS[this.name()]);
}

import {ChangeDetectionStrategy, Component, input, output} from '@angular/core';
import {ChoiceGroup} from './crew';

/** Who sits in a seat, chosen among all who can; who cannot be read is there, and says why. */
@Component({
  selector: 'app-choice-select',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <select class="input" [attr.aria-label]="label()" (change)="choose($event)">
      @for (group of groups(); track group.title) {
        <optgroup [label]="group.title">
          @for (choice of group.choices; track choice.key) {
            <option
              [value]="choice.key"
              [disabled]="!!choice.fault"
              [title]="choice.fault ?? ''"
              [selected]="choice.key === chosen()"
            >
              {{ choice.label }}
            </option>
          }
        </optgroup>
      }
    </select>
  `,
  styles: `
    :host {
      display: block;
      min-width: 0;
    }
  `,
})
export class ChoiceSelect {
  readonly label = input.required<string>();
  readonly groups = input.required<readonly ChoiceGroup[]>();
  /** Key of the choice that is made. */
  readonly chosen = input.required<string>();
  readonly picked = output<string>();

  protected choose(event: Event): void {
    this.picked.emit((event.target as HTMLSelectElement).value);
  }
}

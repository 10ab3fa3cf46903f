import {ChangeDetectionStrategy, Component, computed, input, output} from '@angular/core';
import type {Field} from '../run-data/config-schema';
import {Icon} from './icon/icon';

/** One setting: its control by kind, its doc, its range, and what is wrong with it. */
@Component({
  selector: 'app-schema-field',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Icon],
  templateUrl: './schema-field.html',
  styleUrl: './schema-field.scss',
  host: {'[class.changed]': 'changed()', '[class.switch]': "field().kind === 'boolean'"},
})
export class SchemaField {
  readonly field = input.required<Field>();
  readonly value = input.required<string>();
  readonly error = input('');
  /** Whether the value is not the default. */
  readonly changed = input(false);
  readonly disabled = input(false);
  readonly typed = output<string>();
  readonly restored = output();

  protected readonly controlId = computed(() => `field-${this.field().path}`);
  protected readonly describedBy = computed(() => `${this.controlId()}-doc${this.error() ? ` ${this.errorId()}` : ''}`);
  protected readonly errorId = computed(() => `field-error-${this.field().path}`);
  protected readonly inputMode = computed(() => {
    const {kind} = this.field();
    return kind === 'integer' ? 'numeric' : kind === 'number' ? 'decimal' : 'text';
  });
  protected readonly standard = computed(() => {
    const {standard} = this.field();
    if (standard === undefined || standard === null) return 'empty';
    return typeof standard === 'string' ? standard : JSON.stringify(standard);
  });

  protected text(choice: unknown): string {
    return String(choice);
  }

  protected take(event: Event): void {
    const control = event.target as HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
    const isSwitch = control instanceof HTMLInputElement && control.type === 'checkbox';
    this.typed.emit(isSwitch ? String(control.checked) : control.value);
  }
}

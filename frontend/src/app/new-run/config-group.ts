import {ChangeDetectionStrategy, Component, computed, input} from '@angular/core';
import {ConfigForm} from '../run-data/config-form';
import {allFields, FieldGroup} from '../run-data/config-schema';
import {SchemaField} from '../widgets/schema-field';

/** The fields of one object of a config, and its inner objects, each folded until it has something to say. */
@Component({
  selector: 'app-config-group',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [SchemaField],
  template: `
    @if (group().fields.length > 0) {
      <div class="fields">
        @for (field of group().fields; track field.path) {
          <app-schema-field
            [field]="field"
            [value]="form().textOf(field)"
            [error]="form().errors().get(field.path) ?? ''"
            [changed]="form().changed().has(field.path)"
            (typed)="form().type(field, $event)"
            (restored)="form().reset(field)"
          />
        }
      </div>
    }
    @for (inner of inners(); track inner.group.path) {
      <details [open]="inner.faulty">
        <summary>
          <span class="title">{{ inner.group.title }}</span>
          @if (inner.changed > 0) {
            <span class="count">{{ inner.changed }} changed</span>
          }
          <span class="muted doc">{{ inner.group.doc }}</span>
        </summary>
        <app-config-group [form]="form()" [group]="inner.group" />
      </details>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 14px;
    }
    .fields {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(min(250px, 100%), 1fr));
      gap: 18px 24px;
    }
    details {
      border: 1px solid var(--line);
      border-radius: 12px;
      background: var(--card);
    }
    summary {
      padding: 11px 16px;
      border-radius: 12px;
      cursor: pointer;
    }
    .title {
      font-weight: 600;
    }
    .count {
      margin-left: 8px;
      color: var(--accent);
      font-size: 12.5px;
      font-weight: 580;
    }
    .doc {
      margin-left: 10px;
      font-size: 12.5px;
    }
    details > app-config-group {
      padding: 6px 16px 18px;
    }
  `,
})
export class ConfigGroup {
  readonly form = input.required<ConfigForm>();
  readonly group = input.required<FieldGroup>();

  protected readonly inners = computed(() => {
    const changed = this.form().changed();
    const errors = this.form().errors();
    return this.group().groups.map((group) => {
      const fields = allFields(group);
      return {
        group,
        changed: fields.filter((field) => changed.has(field.path)).length,
        faulty: fields.some((field) => errors.has(field.path)),
      };
    });
  });
}

import {ChangeDetectionStrategy, Component, computed, effect, inject, signal} from '@angular/core';
import {MatButton} from '@angular/material/button';
import {RouterLink} from '@angular/router';
import {Api} from '../../run-data/api';
import {ApiError} from '../../run-data/api-error';
import {ConfigForm, format} from '../../run-data/config-form';
import {allFields, Field, FieldGroup, sameJson, valueAt} from '../../run-data/config-schema';
import {RunCommands} from '../../run-data/run-commands';
import {RunFeed} from '../../run-data/run-feed';
import {RunStatus, TrainingSystem} from '../../run-data/wire';
import {CopyButton} from '../../widgets/copy-button';
import {Icon} from '../../widgets/icon/icon';
import {Notice} from '../../widgets/notice';
import {SchemaField} from '../../widgets/schema-field';

const CHANGEABLE: ReadonlySet<RunStatus | undefined> = new Set<RunStatus>(['running', 'pausing', 'paused']);

interface FixedGroup {
  readonly title: string;
  readonly rows: readonly {readonly field: Field; readonly value: string; readonly changed: boolean}[];
}

/** What a run was told, and a form for what may still change while it goes on. */
@Component({
  selector: 'app-run-config',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CopyButton, Icon, MatButton, Notice, RouterLink, SchemaField],
  templateUrl: './run-config.html',
  styleUrl: './run-config.scss',
})
export class RunConfig {
  private readonly api = inject(Api);
  private readonly feed = inject(RunFeed);
  private readonly commands = inject(RunCommands);
  private readonly system = signal<TrainingSystem | null>(null);
  protected readonly error = signal('');

  protected readonly run = this.feed.run;
  private readonly config = computed(() => this.run()?.config ?? {}, {equal: sameJson});
  protected readonly form = computed(() => {
    const system = this.system();
    return system && new ConfigForm(system.config_schema, system.defaults);
  });
  protected readonly live = computed(() => allFields(this.form()?.group ?? EMPTY).filter((field) => field.live));
  protected readonly fixed = computed(() => this.fixedGroups(this.form()?.group ?? EMPTY));
  protected readonly changeable = computed(() => CHANGEABLE.has(this.run()?.status));
  protected readonly busy = this.commands.pending;
  protected readonly json = computed(() => JSON.stringify(this.config(), null, 2));

  constructor() {
    const systemName = computed(() => this.run()?.system);
    effect(() => {
      const name = systemName();
      if (name) void this.load(name);
    });
    effect(() => {
      const config = this.config();
      this.form()?.start(config);
    });
  }

  protected async apply(event: Event): Promise<void> {
    event.preventDefault();
    const form = this.form();
    const changes = form?.touched();
    this.error.set('');
    if (!form || !changes) return;
    if (Object.keys(changes).length === 0) {
      this.error.set('Nothing has been changed.');
      return;
    }
    try {
      await this.commands.give('set', changes);
    } catch (thrown) {
      const error = ApiError.from(thrown);
      for (const fault of [error, ...error.more]) {
        if (fault.path === null || form.complain(fault.path, fault.text) === null) this.error.set(fault.text);
      }
    }
  }

  private async load(name: string): Promise<void> {
    try {
      const {systems} = await this.api.systems(true);
      this.system.set(systems.find((system) => system.name === name) ?? null);
      if (!this.system()) this.error.set(`This server no longer has the system "${name}".`);
    } catch (thrown) {
      this.error.set(ApiError.from(thrown).text);
    }
  }

  private fixedGroups(group: FieldGroup): FixedGroup[] {
    const rows = group.fields
      .filter((field) => !field.live)
      .map((field) => {
        const value = valueAt(this.config(), field.path) ?? field.standard;
        return {
          field,
          value: format(field, value) || 'none',
          changed: !sameJson(value ?? null, field.standard ?? null),
        };
      });
    const own = rows.length > 0 ? [{title: group.title, rows}] : [];
    return [...own, ...group.groups.flatMap((inner) => this.fixedGroups(inner))];
  }
}

const EMPTY: FieldGroup = {path: '', title: '', doc: '', fields: [], groups: []};

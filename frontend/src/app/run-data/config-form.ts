import {computed, signal, untracked, WritableSignal} from '@angular/core';
import {allFields, Field, FieldGroup, merged, readSchema, sameJson, valueAt, withValueAt} from './config-schema';
import {Json, JsonObject} from './wire';

/** What a person typed cannot be read as the kind of value that the field holds. */
export class FieldInputError extends Error {}

/**
 * A config being edited: what was typed for each field, over a base (the defaults with a preset or another run's
 * config on top). Ranges are the server's business; only what cannot be read at all is refused here.
 */
export class ConfigForm {
  readonly group: FieldGroup;
  private readonly fields: ReadonlyMap<string, Field>;
  private readonly base: WritableSignal<JsonObject>;
  private readonly typed: WritableSignal<ReadonlyMap<string, string>>;
  private readonly complaints = signal<ReadonlyMap<string, string>>(new Map());
  private over: JsonObject;

  /** `before`: a form of another schema whose base and whose typed values this one begins with. */
  constructor(
    schema: JsonObject,
    private readonly defaults: JsonObject,
    before?: ConfigForm,
  ) {
    this.group = readSchema(schema, defaults);
    this.fields = new Map(allFields(this.group).map((field) => [field.path, field]));
    this.over = before?.over ?? {};
    this.base = signal(merged(defaults, this.over));
    this.typed = signal(before ? untracked(before.typed) : new Map<string, string>());
  }

  /** Errors by field path: unreadable input, or what the server complained about. */
  readonly errors = this.complaints.asReadonly();

  /** Paths of fields whose value is not the default. */
  readonly changed = computed(() => {
    const paths = new Set<string>();
    for (const field of this.fields.values()) {
      if (!sameJson(this.read(field) ?? null, valueAt(this.defaults, field.path) ?? field.standard ?? null)) {
        paths.add(field.path);
      }
    }
    return paths;
  });

  /** Begin again from the defaults with `over` on top (a preset, another run's config). What was typed is dropped. */
  start(over: JsonObject): void {
    this.over = over;
    this.base.set(merged(this.defaults, over));
    this.typed.set(new Map());
    this.complaints.set(new Map());
  }

  /** The value at a path as it stands, read or not. */
  valueAt(path: string): Json | undefined {
    const field = this.fields.get(path);
    return field && this.read(field);
  }

  /** The field's value as it stands in its control. */
  textOf(field: Field): string {
    return this.typed().get(field.path) ?? format(field, this.current(field));
  }

  /** Take what a person typed or chose. */
  type(field: Field, text: string): void {
    this.typed.update((typed) => new Map(typed).set(field.path, text));
    this.clearError(field.path);
  }

  /** Put one field back to its default. */
  reset(field: Field): void {
    this.type(field, format(field, valueAt(this.defaults, field.path) ?? field.standard));
  }

  /** Show a complaint at its field; returns that field's path, null if there is none and it must be shown elsewhere. */
  complain(path: string, message: string): string | null {
    const field = this.nearest(path);
    if (!field) return null;
    this.complaints.update((complaints) => new Map(complaints).set(field.path, message));
    return field.path;
  }

  /** Forget all complaints: what is wrong is about to be found out anew. */
  forgive(): void {
    this.complaints.set(new Map());
  }

  /**
   * What was typed, as the config to send: only fields that a person touched and that differ from the base, nested.
   * Null if a field cannot be read; it then has an error.
   */
  touched(): JsonObject | null {
    const {config, whole} = this.readable();
    return whole ? config : null;
  }

  /** What can be read of what was typed, as `touched` gives it; each of the other fields gets an error. */
  readable(): {config: JsonObject; whole: boolean} {
    let config: JsonObject = {};
    let whole = true;
    for (const [path, text] of this.typed()) {
      const field = this.fields.get(path);
      if (!field) continue;
      try {
        const value = parse(field, text);
        if (!sameJson(value, this.current(field) ?? null)) config = withValueAt(config, path, value);
      } catch (error) {
        whole = false;
        this.complain(path, error instanceof FieldInputError ? error.message : String(error));
      }
    }
    return {config, whole};
  }

  private current(field: Field): Json | undefined {
    return valueAt(this.base(), field.path) ?? (this.has(field.path) ? null : field.standard);
  }

  private has(path: string): boolean {
    return valueAt(this.base(), path) !== undefined;
  }

  private read(field: Field): Json | undefined {
    const text = this.typed().get(field.path);
    if (text === undefined) return this.current(field);
    try {
      return parse(field, text);
    } catch {
      return text;
    }
  }

  /** The field at `path`, or the one it lies in: an error in a list names "actor_fc_layers.0". */
  private nearest(path: string): Field | null {
    const parts = path.split('.');
    for (let n = parts.length; n > 0; n--) {
      const field = this.fields.get(parts.slice(0, n).join('.'));
      if (field) return field;
    }
    return null;
  }

  private clearError(path: string): void {
    if (!this.complaints().has(path)) return;
    this.complaints.update((complaints) => new Map([...complaints].filter(([key]) => key !== path)));
  }
}

/** A value as the text of its control. */
export function format(field: Field, value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (field.kind === 'list' && Array.isArray(value)) return value.join(', ');
  if (field.kind === 'json') return JSON.stringify(value, null, 2);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The text of a control as a value; throws FieldInputError if it cannot be one. */
export function parse(field: Field, text: string): Json {
  const trimmed = text.trim();
  if (trimmed === '' && field.nullable) return null;
  switch (field.kind) {
    case 'number':
    case 'integer':
      return parseNumber(trimmed, field.kind);
    case 'boolean':
      return trimmed === 'true';
    case 'choice':
      return field.choices.find((choice) => format(field, choice) === text) ?? text;
    case 'list':
      return parseList(field, trimmed);
    case 'json':
      return parseJson(trimmed);
    case 'text':
      return text;
  }
}

function parseNumber(text: string, kind: 'number' | 'integer'): number {
  const value = Number(text.replaceAll('_', ''));
  if (text === '' || !Number.isFinite(value)) throw new FieldInputError(`Expected a number, got "${text}".`);
  if (kind === 'integer' && !Number.isInteger(value))
    throw new FieldInputError(`Expected a whole number, got ${text}.`);
  return value;
}

function parseList(field: Field, text: string): Json {
  const parts = text
    .replace(/^\[|\]$/g, '')
    .split(/[\s,;]+/)
    .filter((part) => part !== '');
  return field.items === 'text' ? parts : parts.map((part) => parseNumber(part, field.items as 'number' | 'integer'));
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text === '' ? 'null' : text) as Json;
  } catch {
    throw new FieldInputError('Expected JSON, such as {"name": 1}.');
  }
}

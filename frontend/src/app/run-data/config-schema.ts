import {Json, JsonObject} from './wire';

export type FieldKind = 'number' | 'integer' | 'boolean' | 'text' | 'choice' | 'list' | 'json';

/** One setting of a config, as a form shows it. */
export interface Field {
  /** Dotted path, as in the server's error.field: "env_config.rover.max_speed". */
  readonly path: string;
  readonly label: string;
  readonly kind: FieldKind;
  readonly doc: string;
  /** Whether it may change while a run goes on. */
  readonly live: boolean;
  readonly nullable: boolean;
  readonly choices: readonly Json[];
  /** What the list holds, for kind "list". */
  readonly items: 'number' | 'integer' | 'text';
  /** The permitted range in words, "" if there is none. */
  readonly range: string;
  readonly standard: Json | undefined;
}

/** Settings that belong together: those of one object of the schema. */
export interface FieldGroup {
  readonly path: string;
  readonly title: string;
  readonly doc: string;
  readonly fields: readonly Field[];
  readonly groups: readonly FieldGroup[];
}

/**
 * Read a JSON Schema of an object as pydantic writes it ($ref, anyOf with null, enum, const, nested objects). What it
 * cannot show as a field of its own becomes a field of kind "json", so that nothing is left out.
 */
export function readSchema(schema: JsonObject, standard: Json | undefined): FieldGroup {
  return readGroup(schema, schema, '', '', standard);
}

/** Every field of a group and of the groups in it. */
export function allFields(group: FieldGroup): Field[] {
  return [...group.fields, ...group.groups.flatMap(allFields)];
}

/** The value at a dotted path, undefined if there is none. */
export function valueAt(config: Json | undefined, path: string): Json | undefined {
  let value = config;
  for (const key of path.split('.')) value = isObject(value) ? value[key] : undefined;
  return value;
}

/** A copy of `config` with the value at a dotted path put in. */
export function withValueAt(config: JsonObject, path: string, value: Json | undefined): JsonObject {
  const [key = '', ...rest] = path.split('.');
  if (rest.length === 0) return {...config, [key]: value};
  const inner = config[key];
  return {...config, [key]: withValueAt(isObject(inner) ? inner : {}, rest.join('.'), value)};
}

/** A copy of `config` without the value at a dotted path; the same object if there is none. */
export function withoutValueAt(config: JsonObject, path: string): JsonObject {
  const [key = '', ...rest] = path.split('.');
  if (!(key in config)) return config;
  if (rest.length === 0) return Object.fromEntries(Object.entries(config).filter(([each]) => each !== key));
  const inner = config[key];
  if (!isObject(inner)) return config;
  const less = withoutValueAt(inner, rest.join('.'));
  return less === inner ? config : {...config, [key]: less};
}

/** `over` on top of `base`; objects are merged at every depth, everything else is replaced. */
export function merged(base: JsonObject, over: JsonObject): JsonObject {
  const result: Record<string, Json | undefined> = {...base};
  for (const [key, value] of Object.entries(over)) {
    const old = result[key];
    result[key] = isObject(old) && isObject(value) ? merged(old, value) : value;
  }
  return result;
}

export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((each: Json, i) => sameJson(each, b[i] as Json));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => sameJson(a[key], b[key]));
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readGroup(
  root: JsonObject,
  schema: JsonObject,
  path: string,
  title: string,
  standard: Json | undefined,
): FieldGroup {
  const fields: Field[] = [];
  const groups: FieldGroup[] = [];
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  for (const [name, raw] of Object.entries(properties)) {
    if (!isObject(raw)) continue;
    const child = path ? `${path}.${name}` : name;
    const value = isObject(standard) && name in standard ? standard[name] : raw['default'];
    const {schema: resolved, nullable} = resolve(root, raw);
    if (isObject(resolved['properties']) && !nullable) {
      const group = readGroup(root, resolved, child, text(raw['title']) || labelOf(name), value);
      groups.push({...group, doc: text(raw['description']) || text(resolved['description'])});
    } else {
      fields.push(readField(root, resolved, nullable, child, name, raw, value));
    }
  }
  return {path, title, doc: text(schema['description']), fields, groups};
}

function readField(
  root: JsonObject,
  schema: JsonObject,
  nullable: boolean,
  path: string,
  name: string,
  raw: JsonObject,
  standard: Json | undefined,
): Field {
  const choices = choicesOf(schema);
  const items = itemsOf(root, schema);
  return {
    path,
    label: labelOf(name),
    kind: choices.length > 0 ? 'choice' : items !== null ? 'list' : kindOf(schema),
    doc: text(raw['description']) || text(schema['description']),
    live: raw['live'] === true || schema['live'] === true,
    nullable,
    choices,
    items: items ?? 'text',
    range: rangeOf(schema),
    standard,
  };
}

/** Follow $ref and a single allOf, and take null out of anyOf. */
function resolve(root: JsonObject, schema: JsonObject): {schema: JsonObject; nullable: boolean} {
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    const found = reference
      .replace(/^#\//, '')
      .split('/')
      .reduce<Json | undefined>((at, key) => (isObject(at) ? at[key] : undefined), root);
    return resolve(root, isObject(found) ? found : {});
  }
  const options = schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf'];
  if (!Array.isArray(options)) return {schema, nullable: false};
  const objects = (options as readonly Json[]).filter(isObject);
  const others = objects.filter((option) => option['type'] !== 'null');
  const nullable = others.length < objects.length;
  const [only] = others;
  if (others.length !== 1 || !only) return {schema: {...schema, type: 'any'}, nullable};
  const inner = resolve(root, only);
  return {schema: inner.schema, nullable: nullable || inner.nullable};
}

function kindOf(schema: JsonObject): FieldKind {
  switch (schema['type']) {
    case 'integer':
      return 'integer';
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'string':
      return 'text';
    default:
      return 'json';
  }
}

function choicesOf(schema: JsonObject): readonly Json[] {
  if (Array.isArray(schema['enum'])) return schema['enum'] as readonly Json[];
  return schema['const'] === undefined ? [] : [schema['const']];
}

/** What a plain list holds, null if it is no list or not a plain one. */
function itemsOf(root: JsonObject, schema: JsonObject): Field['items'] | null {
  if (schema['type'] !== 'array') return null;
  const prefix = schema['prefixItems'];
  const each = Array.isArray(prefix) ? (prefix as readonly Json[])[0] : schema['items'];
  if (!isObject(each)) return null;
  const kind = kindOf(resolve(root, each).schema);
  return kind === 'integer' || kind === 'number' || kind === 'text' ? kind : null;
}

/** Bounds from here on are those that every number has (contracts/bounds.py): no person needs to be told. */
const USUAL_BOUND = 1e15;

function rangeOf(schema: JsonObject): string {
  const told = (bound: Json | undefined): bound is number => typeof bound === 'number' && Math.abs(bound) < USUAL_BOUND;
  const parts: string[] = [];
  if (told(schema['exclusiveMinimum'])) parts.push(`above ${String(schema['exclusiveMinimum'])}`);
  if (told(schema['minimum'])) parts.push(`at least ${String(schema['minimum'])}`);
  if (told(schema['exclusiveMaximum'])) parts.push(`below ${String(schema['exclusiveMaximum'])}`);
  if (told(schema['maximum'])) parts.push(`at most ${String(schema['maximum'])}`);
  return parts.join(', ');
}

function labelOf(name: string): string {
  const words = name.replace(/_s$/, ' (s)').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

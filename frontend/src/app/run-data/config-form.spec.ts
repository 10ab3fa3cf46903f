import {ConfigForm} from './config-form';
import {allFields, Field, readSchema} from './config-schema';
import {JsonObject} from './wire';

const SCHEMA: JsonObject = {
  type: 'object',
  $defs: {
    Rover: {type: 'object', properties: {speed: {type: 'number', default: 2, exclusiveMinimum: 0}}},
    Mode: {enum: ['fast', 'exact'], type: 'string'},
  },
  properties: {
    learning_rate: {
      type: 'number',
      default: 0.0003,
      exclusiveMinimum: 0,
      maximum: 1,
      live: true,
      description: 'Step size.',
    },
    layers: {type: 'array', items: {type: 'integer'}, default: [256, 256]},
    target_kl: {anyOf: [{type: 'number'}, {type: 'null'}], default: null},
    normalise: {type: 'boolean', default: true},
    mode: {$ref: '#/$defs/Mode', default: 'fast'},
    rover: {$ref: '#/$defs/Rover'},
    extra: {type: 'object', additionalProperties: true, default: {}},
  },
};
const DEFAULTS: JsonObject = {
  learning_rate: 0.0003,
  layers: [256, 256],
  target_kl: null,
  normalise: true,
  mode: 'fast',
  rover: {speed: 2},
  extra: {},
};

function fieldOf(form: ConfigForm, path: string): Field {
  const field = allFields(form.group).find((each) => each.path === path);
  if (!field) throw new Error(`no field ${path}`);
  return field;
}

describe('readSchema', () => {
  const fields = allFields(readSchema(SCHEMA, DEFAULTS));

  it('makes a control of every kind of setting, nested ones by dotted path.', () => {
    expect(Object.fromEntries(fields.map((field) => [field.path, field.kind]))).toEqual({
      learning_rate: 'number',
      layers: 'list',
      target_kl: 'number',
      normalise: 'boolean',
      mode: 'choice',
      'rover.speed': 'number',
      extra: 'json',
    });
  });

  it('tells range, doc, and what may change while the run goes on.', () => {
    const rate = fields.find((field) => field.path === 'learning_rate');
    expect(rate).toMatchObject({range: 'above 0, at most 1', doc: 'Step size.', live: true, standard: 0.0003});
    expect(fields.find((field) => field.path === 'target_kl')?.nullable).toBe(true);
  });
});

describe('ConfigForm', () => {
  const make = (): ConfigForm => new ConfigForm(SCHEMA, DEFAULTS);

  it('sends only what was changed, as the kind of value that the schema asks for.', () => {
    const form = make();
    form.type(fieldOf(form, 'learning_rate'), '1e-4');
    form.type(fieldOf(form, 'layers'), '64, 32');
    form.type(fieldOf(form, 'rover.speed'), '1.5');
    form.type(fieldOf(form, 'normalise'), 'false');
    form.type(fieldOf(form, 'target_kl'), '');
    expect(form.touched()).toEqual({learning_rate: 1e-4, layers: [64, 32], rover: {speed: 1.5}, normalise: false});
  });

  it('marks what is not the default, whether typed or from a preset.', () => {
    const form = make();
    form.start({mode: 'exact', rover: {speed: 3}});
    form.type(fieldOf(form, 'learning_rate'), '0.01');
    expect([...form.changed()].sort()).toEqual(['learning_rate', 'mode', 'rover.speed']);
    form.reset(fieldOf(form, 'learning_rate'));
    expect(form.changed().has('learning_rate')).toBe(false);
  });

  it('sends a default that was put back over a preset.', () => {
    const form = make();
    form.start({mode: 'exact'});
    form.reset(fieldOf(form, 'mode'));
    expect(form.touched()).toEqual({mode: 'fast'});
  });

  it('refuses what cannot be read, at the field.', () => {
    const form = make();
    form.type(fieldOf(form, 'layers'), '64, wide');
    expect(form.touched()).toBeNull();
    expect(form.errors().get('layers')).toContain('"wide"');
  });

  it('keeps what was typed when the schema changes under it.', () => {
    const before = make();
    before.start({mode: 'exact'});
    before.type(fieldOf(before, 'rover.speed'), '5');
    const after = new ConfigForm({...SCHEMA}, {...DEFAULTS, rover: {speed: 9}}, before);
    expect(after.touched()).toEqual({rover: {speed: 5}});
    expect(after.valueAt('mode')).toBe('exact');
  });

  it('leaves ranges to the server, and shows its complaint at the field it names.', () => {
    const form = make();
    form.type(fieldOf(form, 'rover.speed'), '-1');
    expect(form.touched()).toEqual({rover: {speed: -1}});
    expect(form.complain('rover.speed', 'Input should be greater than 0, got -1.')).toBe('rover.speed');
    expect(form.errors().get('rover.speed')).toContain('greater than 0');
    form.type(fieldOf(form, 'rover.speed'), '1');
    expect(form.errors().size).toBe(0);
  });

  it('shows a complaint about an item at its list, and says so when no field has the name.', () => {
    const form = make();
    expect(form.complain('layers.1', 'too wide')).toBe('layers');
    expect(form.errors().get('layers')).toBe('too wide');
    expect(form.complain('unheard_of', 'no')).toBeNull();
  });
});

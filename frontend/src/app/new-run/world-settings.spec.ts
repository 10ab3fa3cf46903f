import {allFields, readSchema} from '../run-data/config-schema';
import {TrainingSystem, World} from '../run-data/wire';
import {describedFor, worldOf} from './world-settings';

const SYSTEM = {
  config_schema: {properties: {env: {type: 'string'}, env_config: {type: 'object', additionalProperties: true}}},
  defaults: {env: 'moon', env_config: {}},
} as unknown as TrainingSystem;
const MOON = {
  name: 'moon',
  env_id: 'paddock/Moon-v0',
  title: 'Moon',
  config_schema: {
    $defs: {Rover: {type: 'object', properties: {speed: {type: 'number'}}}},
    properties: {rover: {$ref: '#/$defs/Rover'}},
  },
  defaults: {rover: {speed: 2}},
} as unknown as World;

describe('describedFor', () => {
  it('makes fields of the settings of a world that the server knows.', () => {
    const {schema, defaults} = describedFor(SYSTEM, MOON);
    const fields = allFields(readSchema(schema, defaults));
    expect(fields.map((field) => [field.path, field.standard])).toEqual([
      ['env', 'moon'],
      ['env_config.rover.speed', 2],
    ]);
  });

  it('leaves the settings of any other world free.', () => {
    const {schema, defaults} = describedFor(SYSTEM, undefined);
    expect(allFields(readSchema(schema, defaults)).map((field) => field.kind)).toEqual(['text', 'json']);
  });
});

describe('worldOf', () => {
  it('finds a world by its name or by its id in Gymnasium.', () => {
    expect(worldOf([MOON], 'moon')).toBe(MOON);
    expect(worldOf([MOON], 'paddock/Moon-v0')).toBe(MOON);
    expect(worldOf([MOON], 'Pendulum-v1')).toBeUndefined();
  });
});

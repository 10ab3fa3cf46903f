import {ApiError} from '../run-data/api-error';
import {ConfigForm} from '../run-data/config-form';
import {Json, JsonObject} from '../run-data/wire';
import {tellAllFaults} from './all-faults';

const SCHEMA: JsonObject = {
  type: 'object',
  properties: {
    rate: {type: 'number', default: 1},
    layers: {type: 'array', items: {type: 'integer'}, default: [8]},
    world: {type: 'object', properties: {orbs: {type: 'integer', default: 3}, size: {type: 'integer', default: 9}}},
  },
};
const DEFAULTS: JsonObject = {rate: 1, layers: [8], world: {orbs: 3, size: 9}};

function fault(field: string, more: readonly ApiError[] = []): ApiError {
  return new ApiError(`${field} is wrong.`, 400, 'invalid_config', field, null, more);
}

/** Looks at the world only when all else is right, as the server does. */
function check(config: JsonObject): Promise<ApiError | null> {
  const {rate = 1, layers = [8], world = {}} = config;
  const outer = [
    ...((rate as number) < 0 ? [fault('rate')] : []),
    ...((layers as number[]).some((width) => width < 1) ? [fault('layers.0')] : []),
  ];
  const inner = Object.entries(world as Record<string, Json>)
    .filter(([, value]) => (value as number) < 0)
    .map(([name]) => fault(`world.${name}`));
  const [first, ...more] = outer.length > 0 ? outer : inner;
  return Promise.resolve(first ? fault(first.field ?? '', more) : null);
}

describe('tellAllFaults', () => {
  it('says everything at its field, however many rounds the server needs.', async () => {
    const form = new ConfigForm(SCHEMA, DEFAULTS);
    const config = {rate: -1, layers: [0], world: {orbs: -1, size: -2}};
    expect(await tellAllFaults(form, config, await check(config), check)).toBe('');
    expect([...form.errors().keys()]).toEqual(['rate', 'layers', 'world.orbs', 'world.size']);
    expect(form.errors().get('layers')).toBe('layers.0 is wrong.');
  });

  it('gives back what no field is to blame for.', async () => {
    const form = new ConfigForm(SCHEMA, DEFAULTS);
    expect(await tellAllFaults(form, {}, new ApiError('The disk is full.', 503, 'store'), check)).toBe(
      'The disk is full.',
    );
    expect(form.errors().size).toBe(0);
  });

  it('ends where a fault is not in what was sent.', async () => {
    const form = new ConfigForm(SCHEMA, DEFAULTS);
    let asked = 0;
    const stubborn = (): Promise<ApiError> => {
      asked++;
      return Promise.resolve(fault('rate'));
    };
    expect(await tellAllFaults(form, {}, null, stubborn)).toBe('');
    expect(asked).toBe(1);
    expect([...form.errors().keys()]).toEqual(['rate']);
  });
});

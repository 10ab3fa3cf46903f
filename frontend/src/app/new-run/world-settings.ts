import {isObject, merged} from '../run-data/config-schema';
import {JsonObject, TrainingSystem, World} from '../run-data/wire';

/** A schema, and the defaults that belong to it. */
export interface Described {
  readonly schema: JsonObject;
  readonly defaults: JsonObject;
}

/**
 * What the form of a system is drawn from. A system that takes any world has a field `env` that names it and a free
 * `env_config` for its settings; where the world is one of the server's own, its schema takes the place of the latter.
 */
export function describedFor(system: TrainingSystem, world: World | undefined): Described {
  const {config_schema: schema, defaults} = system;
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  if (!world || !isObject(properties['env_config']) || isObject(properties['env_config']['properties'])) {
    return {schema, defaults};
  }
  const {$defs: worldDefinitions, ...worldSchema} = world.config_schema;
  const settings = {
    ...worldSchema,
    title: `World: ${world.title}`,
    description: properties['env_config']['description'],
  };
  const free = isObject(defaults['env_config']) ? defaults['env_config'] : {};
  return {
    schema: {
      ...schema,
      $defs: {...(schema['$defs'] as JsonObject | undefined), ...(worldDefinitions as JsonObject | undefined)},
      properties: {...properties, env_config: settings},
    },
    defaults: {...defaults, env_config: merged(world.defaults, free)},
  };
}

/** The world that a config's `env` names, by its own name or by its id in Gymnasium. */
export function worldOf(worlds: readonly World[], env: unknown): World | undefined {
  return worlds.find((world) => world.name === env || world.env_id === env);
}

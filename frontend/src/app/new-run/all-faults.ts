import {ApiError} from '../run-data/api-error';
import {ConfigForm} from '../run-data/config-form';
import {withoutValueAt} from '../run-data/config-schema';
import {JsonObject} from '../run-data/wire';

/** A server looks at the settings of a world only when all others are right, so there may be several rounds. */
const ROUNDS = 10;

/**
 * Find out all that is wrong with a config, and say it at the fields: of what the server found, the faulty values are
 * left out and the rest is looked at again. Returns what no field of the form is to blame for, "" if there is nothing.
 */
export async function tellAllFaults(
  form: ConfigForm,
  config: JsonObject,
  first: ApiError | null,
  check: (config: JsonObject) => Promise<ApiError | null>,
): Promise<string> {
  let rest = config;
  let error = first ?? (await check(rest));
  for (let round = 0; error && round < ROUNDS; round++) {
    const before = rest;
    for (const fault of [error, ...error.more]) {
      const path = fault.path === null ? null : form.complain(fault.path, fault.text);
      if (path === null) return fault.text;
      rest = withoutValueAt(rest, path);
    }
    // What is not in the config cannot be left out of it: its default does not go with the rest.
    if (rest === before) break;
    error = await check(rest);
  }
  return '';
}

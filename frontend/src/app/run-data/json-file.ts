import {JsonObject} from './wire';

const MAX_BYTES = 20_000_000;

/** The object in a JSON file that somebody chose; rejects with an Error that says in a sentence what is wrong with it. */
export async function readJsonFile(file: File): Promise<JsonObject> {
  if (file.size > MAX_BYTES) throw new Error(`${file.name} is larger than ${String(MAX_BYTES / 1e6)} MB.`);
  let content: unknown;
  try {
    content = JSON.parse(await file.text());
  } catch {
    throw new Error(`${file.name} is not a JSON file.`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new Error(`${file.name} must hold a JSON object.`);
  }
  return content as JsonObject;
}

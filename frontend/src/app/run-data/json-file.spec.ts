import {readJsonFile} from './json-file';

function file(content: string): File {
  return new File([content], 'pilot.json');
}

describe('readJsonFile', () => {
  it('reads an object.', async () => {
    expect(await readJsonFile(file('{"nodes": []}'))).toEqual({nodes: []});
  });

  it('says what is wrong with anything else.', async () => {
    await expect(readJsonFile(file('{"nodes":'))).rejects.toThrow('pilot.json is not a JSON file.');
    await expect(readJsonFile(file('[1]'))).rejects.toThrow('must hold a JSON object');
    await expect(readJsonFile(file('null'))).rejects.toThrow('must hold a JSON object');
  });
});

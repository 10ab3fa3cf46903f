import type {ViewFrame} from '../../run-data/wire';
import {Picture, Pictures} from './pictures';

class Decoded implements Picture {
  readonly width = 1;
  readonly height = 1;
  open = true;

  constructor(readonly type: string) {}

  close(): void {
    this.open = false;
  }
}

const PNG = btoa('\x89PNG one');
const JPEG = btoa('\xff\xd8\xff two');

function showing(...images: string[]): ViewFrame {
  const shapes = images.map((image) => ({kind: 'image', image, x: 1, y: 1, w: 2, h: 2}) as const);
  return {t: 0, width: 2, height: 2, episode: 0, figures: {}, layers: [{name: 'pixels', still: false, shapes}]};
}

/** Let what was asked for be decoded. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

describe('Pictures', () => {
  it('decodes each image once, as what its bytes are.', async () => {
    let told = 0;
    const seen: string[] = [];
    const pictures = new Pictures<Decoded>(
      () => told++,
      (file) => {
        seen.push(file.type);
        return Promise.resolve(new Decoded(file.type));
      },
    );
    pictures.prepare(showing(PNG, JPEG));
    pictures.prepare(showing(PNG));
    expect(pictures.of(PNG)).toBeNull();
    await settle();
    expect(seen).toEqual(['image/png', 'image/jpeg']);
    expect(told).toBe(2);
    expect(pictures.of(PNG)?.type).toBe('image/png');
  });

  it('shows the newest that is ready while the next is decoded, and after a broken one.', async () => {
    const pictures = new Pictures<Decoded>(
      () => undefined,
      (file) => (file.type === 'image/png' ? Promise.resolve(new Decoded(file.type)) : Promise.reject(new Error())),
    );
    pictures.prepare(showing(PNG));
    await settle();
    pictures.prepare(showing(JPEG));
    expect(pictures.of(JPEG)?.type).toBe('image/png');
    await settle();
    expect(pictures.of(JPEG)?.type).toBe('image/png');
  });

  it('is not stopped by what is no base64.', async () => {
    const pictures = new Pictures<Decoded>(
      () => undefined,
      (file) => Promise.resolve(new Decoded(file.type)),
    );
    pictures.prepare(showing('???', PNG));
    await settle();
    expect(pictures.of(PNG)?.type).toBe('image/png');
  });

  it('closes those that were shown long ago, and all of them at the end.', async () => {
    const all: Decoded[] = [];
    const pictures = new Pictures<Decoded>(
      () => undefined,
      (file) => {
        const decoded = new Decoded(file.type);
        all.push(decoded);
        return Promise.resolve(decoded);
      },
    );
    for (let i = 0; i < 40; i++) {
      pictures.prepare(showing(btoa(`\x89PNG ${String(i)}`)));
      await settle();
    }
    expect(all.filter(({open}) => open)).toHaveLength(24);
    pictures.close();
    expect(all.some(({open}) => open)).toBe(false);
  });
});

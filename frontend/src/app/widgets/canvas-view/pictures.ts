import type {ViewFrame} from '../../run-data/wire';

const KEPT = 24;

/** Something that was decoded and can be drawn; `close` frees its memory. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  close(): void;
}

type Decode<P> = (file: Blob) => Promise<P>;

/**
 * The images of frames, decoded ahead of their drawing. While one is being decoded, the newest that is ready stands in,
 * so that a film does not flicker; it has the newest `KEPT` at hand and closes older ones.
 */
export class Pictures<P extends Picture = ImageBitmap> {
  private readonly ready = new Map<string, P>();
  private readonly asked = new Set<string>();
  private newest: P | null = null;
  private closed = false;

  /** `decoded` is called whenever one more can be drawn. */
  constructor(
    private readonly decoded: () => void,
    private readonly decode: Decode<P>,
  ) {}

  /** Begin to decode whatever the frame shows. */
  prepare(frame: ViewFrame): void {
    for (const layer of frame.layers)
      for (const {image} of layer.shapes)
        if (image && !this.asked.has(image)) {
          this.asked.add(image);
          void this.load(image);
        }
  }

  /** What to draw for this image now, null before the first is ready. */
  of(image: string): P | null {
    return this.ready.get(image) ?? this.newest;
  }

  close(): void {
    this.closed = true;
    for (const picture of this.ready.values()) picture.close();
    this.ready.clear();
    this.newest = null;
  }

  private async load(image: string): Promise<void> {
    // A file that cannot be decoded stays undrawn: its figures and the rest of the picture are still shown.
    const picture = await this.read(image).catch(() => null);
    if (!picture) {
      this.asked.delete(image);
      return;
    }
    if (this.closed) {
      picture.close();
      return;
    }
    this.ready.set(image, picture);
    this.newest = picture;
    for (const [key, old] of this.ready) {
      if (this.ready.size <= KEPT) break;
      this.ready.delete(key);
      this.asked.delete(key);
      old.close();
    }
    this.decoded();
  }

  private async read(image: string): Promise<P> {
    const bytes = Uint8Array.from(atob(image), (letter) => letter.charCodeAt(0));
    return this.decode(new Blob([bytes], {type: bytes[0] === 0x89 ? 'image/png' : 'image/jpeg'}));
  }
}

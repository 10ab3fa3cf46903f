import {Layer, SentFrame, ViewFrame} from './wire';

/** Gives frames back the still layers that the server sends only when they change. */
export class Stills {
  private readonly shapes = new Map<string, Layer['shapes']>();

  complete(frame: SentFrame): ViewFrame {
    const layers = frame.layers.map(({name, still, shapes}): Layer => {
      if (still && shapes) this.shapes.set(name, shapes);
      return {name, still, shapes: shapes ?? this.shapes.get(name) ?? []};
    });
    return {...frame, layers};
  }
}

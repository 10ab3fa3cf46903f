import {Stills} from './stills';
import {SentFrame, Shape} from './wire';

const WALL: Shape = {kind: 'rect', w: 9};
const SHIP: Shape = {kind: 'circle', r: 1};

function sent(walls?: readonly Shape[]): SentFrame {
  const ground = walls ? {name: 'walls', still: true, shapes: walls} : {name: 'walls', still: true};
  return {
    t: 0,
    width: 1,
    height: 1,
    episode: 0,
    figures: {},
    layers: [ground, {name: 's', still: false, shapes: [SHIP]}],
  };
}

describe('Stills', () => {
  it('keeps a still layer until it changes.', () => {
    const stills = new Stills();
    const walls = (frame: SentFrame): readonly Shape[] | undefined => stills.complete(frame).layers[0]?.shapes;
    expect(walls(sent([WALL]))).toEqual([WALL]);
    expect(walls(sent())).toEqual([WALL]);
    expect(walls(sent([]))).toEqual([]);
    expect(walls(sent())).toEqual([]);
  });

  it('leaves what moves as it comes.', () => {
    expect(new Stills().complete(sent()).layers[1]?.shapes).toEqual([SHIP]);
  });
});

import type {Shape, ViewFrame} from '../../run-data/wire';
import {fitted, spotAt} from './fit';

function world(...shapes: Shape[]): ViewFrame {
  return {
    t: 0,
    width: 100,
    height: 50,
    episode: 0,
    figures: {},
    layers: [{name: 'ships', still: false, shapes}],
  };
}

describe('fitted', () => {
  it('puts a world in the middle, as large as it goes.', () => {
    expect(fitted({width: 100, height: 50}, 400, 400)).toEqual({scale: 4, left: 0, bottom: 300});
  });
});

describe('spotAt', () => {
  const size = {width: 200, height: 100};

  it('turns pixels into world units with y upwards.', () => {
    expect(spotAt(world(), size, {x: 50, y: 80}, 5)).toEqual({x: 25, y: 10, ids: [], about: []});
  });

  it('names what is there, nearest first.', () => {
    const frame = world(
      {kind: 'circle', id: 'far', x: 30, y: 10, r: 1},
      {kind: 'circle', id: 'near', x: 26, y: 10, r: 1},
      {kind: 'circle', x: 25, y: 10, r: 3},
    );
    expect(spotAt(frame, size, {x: 50, y: 80}, 5).ids).toEqual(['near', 'far']);
    expect(spotAt(frame, size, {x: 50, y: 80}, 1).ids).toEqual(['near']);
  });

  it('says what the shapes right there are about, topmost first and each once.', () => {
    const frame = world(
      {kind: 'rect', about: 'snake-0/up', x: 25, y: 10, w: 2, h: 2},
      {kind: 'circle', about: 'snake-1', x: 25, y: 10, r: 1},
      {kind: 'circle', about: 'snake-1', x: 25, y: 10, r: 2},
      {kind: 'circle', about: 'elsewhere', x: 28, y: 10, r: 2},
    );
    expect(spotAt(frame, size, {x: 50, y: 80}, 5).about).toEqual(['snake-1', 'snake-0/up']);
  });

  it('counts a polygon as far as its corners reach.', () => {
    const ship: Shape = {
      kind: 'polygon',
      id: 'ship',
      x: 40,
      y: 10,
      points: [
        [15, 0],
        [-10, 8],
      ],
    };
    expect(spotAt(world(ship), size, {x: 50, y: 80}, 0).ids).toEqual(['ship']);
  });

  it('stays inside the world.', () => {
    expect(spotAt(world(), {width: 300, height: 100}, {x: 0, y: 200}, 0)).toMatchObject({x: 0, y: 0});
  });
});

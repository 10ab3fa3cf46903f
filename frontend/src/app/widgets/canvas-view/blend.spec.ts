import type {Shape, ViewFrame} from '../../run-data/wire';
import {blend} from './blend';

function frame(shape: Shape, episode = 0): ViewFrame {
  return {t: 0, width: 10, height: 10, episode, figures: {}, layers: [{name: 'all', still: false, shapes: [shape]}]};
}

function only(of: ViewFrame): Shape | undefined {
  return of.layers[0]?.shapes[0];
}

describe('blend', () => {
  it('moves a shape with an id between two frames.', () => {
    const between = blend(
      frame({kind: 'circle', id: 'rover', x: 0, y: 4}),
      frame({kind: 'circle', id: 'rover', x: 2, y: 8}),
      0.25,
    );
    expect(only(between)).toMatchObject({x: 0.5, y: 5});
  });

  it('turns the shorter way round.', () => {
    const between = blend(frame({kind: 'rect', id: 'r', angle: 3}), frame({kind: 'rect', id: 'r', angle: -3}), 0.5);
    expect(Math.abs(only(between)?.angle ?? 0)).toBeCloseTo(Math.PI, 5);
  });

  it('lets rings grow and fade.', () => {
    const between = blend(
      frame({kind: 'circle', id: 'boom', r: 10}),
      frame({kind: 'circle', id: 'boom', r: 20, alpha: 0.5}),
      0.5,
    );
    expect(only(between)).toMatchObject({r: 15, alpha: 0.75});
  });

  it('does not move anything across episodes.', () => {
    const later = frame({kind: 'circle', id: 'rover', x: 9}, 1);
    expect(blend(frame({kind: 'circle', id: 'rover', x: 0}, 0), later, 0.5)).toBe(later);
  });

  it('leaves shapes without an id, and new ones, where the later frame has them.', () => {
    expect(only(blend(frame({kind: 'circle', x: 0}), frame({kind: 'circle', x: 6}), 0.5))?.x).toBe(6);
    expect(only(blend(frame({kind: 'circle', id: 'a', x: 0}), frame({kind: 'circle', id: 'b', x: 6}), 0.5))?.x).toBe(6);
  });
});

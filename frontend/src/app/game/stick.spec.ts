import {controlOf, directionOf, Stick} from './stick';

describe('Stick', () => {
  it('turns left counter-clockwise and knows WASD as well as arrows.', () => {
    const stick = new Stick();
    expect(controlOf('KeyA')).toBe('left');
    expect(controlOf('KeyQ')).toBeNull();
    expect(stick.press('ArrowLeft', 'left')).toBe(true);
    expect(stick.press('ArrowUp', 'forward')).toBe(true);
    expect(stick.steering()).toEqual({thrust: 1, turn: 1, fire: false});
  });

  it('says nothing new while a key repeats.', () => {
    const stick = new Stick();
    stick.press('Space', 'fire');
    expect(stick.press('Space', 'fire')).toBe(false);
    expect(stick.release('Space')).toBe(true);
  });

  it('goes on as long as one of two keys for the same thing is held.', () => {
    const stick = new Stick();
    stick.press('ArrowUp', 'forward');
    stick.press('KeyW', 'forward');
    expect(stick.release('ArrowUp')).toBe(false);
    expect(stick.steering().thrust).toBe(1);
  });

  it('stands still while opposite keys are held.', () => {
    const stick = new Stick();
    stick.press('ArrowLeft', 'left');
    stick.press('ArrowRight', 'right');
    expect(stick.steering().turn).toBe(0);
  });

  it('lets go of everything at once.', () => {
    const stick = new Stick();
    stick.press('touch-fire', 'fire');
    expect(stick.clear()).toBe(true);
    expect(stick.clear()).toBe(false);
    expect(stick.steering()).toEqual({thrust: 0, turn: 0, fire: false});
  });
});

describe('directionOf', () => {
  it('says where to go by one press, whatever else is held.', () => {
    const said = (['forward', 'back', 'left', 'right'] as const).map((control) => directionOf(control));
    expect(said.map((each) => [each?.thrust, each?.turn])).toEqual([
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ]);
    expect(directionOf('fire')).toBeNull();
  });
});

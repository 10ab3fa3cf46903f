import {JsonObject} from '../run-data/wire';

export type Control = 'forward' | 'back' | 'left' | 'right' | 'fire';

/** By KeyboardEvent.code, which names the place on the keyboard: WASD is where it is on every layout. */
const CONTROLS: Readonly<Record<string, Control>> = {
  ArrowUp: 'forward',
  KeyW: 'forward',
  ArrowDown: 'back',
  KeyS: 'back',
  ArrowLeft: 'left',
  KeyA: 'left',
  ArrowRight: 'right',
  KeyD: 'right',
  Space: 'fire',
};

/** What a ship is told: thrust and turn from -1 to 1, turn counter-clockwise. */
export interface Steering extends JsonObject {
  readonly thrust: number;
  readonly turn: number;
  readonly fire: boolean;
}

export function controlOf(code: string): Control | null {
  return CONTROLS[code] ?? null;
}

/** Where to go next, for one who says so instead of steering: up and down by thrust, left and right by turn. */
export function directionOf(control: Control): Steering | null {
  switch (control) {
    case 'forward':
      return {thrust: 1, turn: 0, fire: false};
    case 'back':
      return {thrust: -1, turn: 0, fire: false};
    case 'left':
      return {thrust: 0, turn: 1, fire: false};
    case 'right':
      return {thrust: 0, turn: -1, fire: false};
    case 'fire':
      return null;
  }
}

/** What a person holds down, by key or by finger, and what that means for the ship. */
export class Stick {
  private readonly held = new Map<string, Control>();

  /** `source` is what is held: a key, a finger. Returns whether the steering has changed. */
  press(source: string, control: Control): boolean {
    return this.changing(() => this.held.set(source, control));
  }

  release(source: string): boolean {
    return this.changing(() => this.held.delete(source));
  }

  /** Let go of everything: nobody sees the key come up in a window that is not in front. */
  clear(): boolean {
    return this.changing(() => {
      this.held.clear();
    });
  }

  steering(): Steering {
    const down = new Set(this.held.values());
    const pull = (one: Control, other: Control): number => Number(down.has(one)) - Number(down.has(other));
    return {thrust: pull('forward', 'back'), turn: pull('left', 'right'), fire: down.has('fire')};
  }

  private changing(change: () => unknown): boolean {
    const before = JSON.stringify(this.steering());
    change();
    return before !== JSON.stringify(this.steering());
  }
}

import type {ViewFrame} from '../../run-data/wire';
import {Playout} from './playout';

function frame(t: number): ViewFrame {
  return {t, width: 1, height: 1, episode: 0, figures: {}, layers: []};
}

/** The world time that is on the screen at `now`. */
function shown(playout: Playout, now: number): number {
  const moment = playout.at(now);
  if (!moment) return NaN;
  const from = moment.earlier?.t ?? moment.later.t;
  return from + (moment.later.t - from) * moment.share;
}

describe('Playout', () => {
  it('shows nothing before the first frame, and the first one at once.', () => {
    const playout = new Playout();
    expect(playout.at(0)).toBeNull();
    playout.push(frame(7), 100);
    expect(shown(playout, 100)).toBe(7);
  });

  it('moves evenly though frames arrive in pairs.', () => {
    const playout = new Playout();
    const steps: number[] = [];
    let before = NaN;
    for (let now = 0, k = 0; now < 3000; now++) {
      if (now % 40 === 0) for (let pair = 0; pair < 2; pair++) playout.push(frame(k++ * 20), now);
      if (now % 10 !== 5) continue;
      const at = shown(playout, now);
      if (now > 1500) steps.push(at - before);
      before = at;
    }
    expect(Math.min(...steps)).toBeGreaterThan(4);
    expect(Math.max(...steps)).toBeLessThan(16);
  });

  it('stays close behind a steady stream.', () => {
    const playout = new Playout();
    for (let k = 0; k < 200; k++) playout.push(frame(k * 16), k * 16);
    expect(199 * 16 - shown(playout, 199 * 16)).toBeLessThan(24);
  });

  it('does not crawl towards a frame that came late.', () => {
    const playout = new Playout();
    for (let k = 0; k < 20; k++) playout.push(frame(k), k * 20);
    playout.push(frame(20), 5000);
    expect(shown(playout, 4999)).toBeLessThan(20);
    expect(shown(playout, 5300)).toBe(20);
    expect(playout.movesAfter(5300)).toBe(false);
  });

  it('keeps no pile of frames while nothing is drawn.', () => {
    const playout = new Playout();
    for (let k = 0; k < 1000; k++) playout.push(frame(k), k * 16);
    expect(shown(playout, 1000 * 16 + 100)).toBe(999);
  });
});

import type {ViewFrame} from '../../run-data/wire';
import {Playout} from './playout';

function frame(t: number, tick?: number): ViewFrame {
  const place = tick === undefined ? {} : {tick};
  return {t, width: 1, height: 1, episode: 0, figures: {}, layers: [], ...place};
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

  it('shows a frame from further back at once, however many were waiting.', () => {
    const playout = new Playout();
    for (let k = 0; k < 8; k++) playout.push(frame(k, k), k * 250);
    for (let k = 8; k < 12; k++) playout.push(frame(k, k), 2500);
    expect(shown(playout, 2510)).toBeLessThan(11);
    playout.push(frame(5, 5), 2510);
    expect(shown(playout, 2510)).toBe(5);
    expect(playout.movesAfter(2510)).toBe(false);
  });

  it('goes on smoothly from where somebody looked back to.', () => {
    const playout = new Playout();
    for (let k = 0; k < 8; k++) playout.push(frame(k, k), k * 100);
    for (let k = 2; k < 7; k++) playout.push(frame(k, k), 750 + (k - 2) * 100);
    expect(shown(playout, 1150)).toBeGreaterThan(5);
    expect(shown(playout, 1150)).toBeLessThan(6);
    expect(shown(playout, 1400)).toBe(6);
  });

  it('shows what it is told to cut to at once.', () => {
    const playout = new Playout();
    for (let k = 0; k < 4; k++) playout.push(frame(k, k), 0);
    playout.cut(frame(9, 9), 10);
    expect(shown(playout, 10)).toBe(9);
  });

  it('keeps no pile of frames while nothing is drawn.', () => {
    const playout = new Playout();
    for (let k = 0; k < 1000; k++) playout.push(frame(k), k * 16);
    expect(shown(playout, 1000 * 16 + 100)).toBe(999);
  });
});

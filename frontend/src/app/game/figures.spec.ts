import {Scoreboard} from './figures';

describe('Scoreboard', () => {
  it('sorts figures: heads in their order, gauges, and the rest.', () => {
    const board = new Scoreboard().read({
      Seed: 7,
      Hull: 200,
      Kills: 2,
      Score: 9000,
      Pilot: 'ace',
      'Kill feed': 'a › b',
    });
    expect(board.heads).toEqual([
      ['Score', 9000],
      ['Kills', 2],
    ]);
    expect(board.gauges).toEqual([{name: 'Hull', text: '200 of 200', share: 1}]);
    expect(board.rest).toEqual([
      ['Seed', 7],
      ['Pilot', 'ace'],
    ]);
  });

  it('measures a gauge by the greatest value it has had.', () => {
    const scoreboard = new Scoreboard();
    scoreboard.read({Shield: 100});
    expect(scoreboard.read({Shield: 25}).gauges[0]?.share).toBe(0.25);
    expect(scoreboard.read({Shield: -3}).gauges[0]).toMatchObject({share: 0, text: '0 of 100'});
  });

  it('leaves a gauge that is no number among the rest.', () => {
    expect(new Scoreboard().read({Hull: 'gone'}).rest).toEqual([['Hull', 'gone']]);
  });
});

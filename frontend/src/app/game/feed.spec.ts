import {Feed} from './feed';

describe('Feed', () => {
  it('says what has changed, newest first.', () => {
    const feed = new Feed();
    feed.take(0, 0, {Kills: 0, Wave: 1, Hull: 200, Shield: 100});
    feed.take(0, 4, {Kills: 1, Wave: 1, Hull: 200, Shield: 0});
    feed.take(0, 9, {Kills: 3, Wave: 2, Hull: 0, Shield: 0});
    expect(feed.lines.map(({at, text}) => `${at} ${text}`)).toEqual([
      '9.0 s Ship lost',
      '9.0 s 2 enemies destroyed',
      '9.0 s Wave 2',
      '4.0 s Shield down',
      '4.0 s Enemy destroyed',
    ]);
  });

  it('begins anew with an episode.', () => {
    const feed = new Feed();
    feed.take(0, 0, {Kills: 0});
    feed.take(0, 1, {Kills: 1});
    feed.take(1, 0, {Kills: 5});
    expect(feed.lines).toEqual([]);
  });

  it('keeps silent about figures that a world does not have.', () => {
    const feed = new Feed();
    feed.take(0, 0, {});
    feed.take(0, 1, {});
    expect(feed.lines).toEqual([]);
  });
});

import {Feed} from './feed';

function told(feed: Feed): string[] {
  return feed.lines.map(({at, text}) => `${at} ${text}`);
}

describe('Feed', () => {
  it('says what has changed, newest first.', () => {
    const feed = new Feed();
    feed.take(0, 0, {Wave: 1, Hull: 200, Shield: 100});
    feed.take(0, 4, {Wave: 1, Hull: 200, Shield: 0});
    feed.take(0, 9, {Wave: 2, Hull: 0, Shield: 0});
    expect(told(feed)).toEqual(['9.0 s Ship lost', '9.0 s Wave 2', '4.0 s Shield down']);
  });

  it('tells each loss once, though the world tells it for seconds.', () => {
    const feed = new Feed();
    feed.take(0, 1, {'Kill feed': 'pilot › drone'});
    feed.take(0, 2, {'Kill feed': 'pilot › drone'});
    feed.take(0, 3, {'Kill feed': 'pilot › drone, pilot › drone'});
    feed.take(0, 4, {'Kill feed': 'hunter › pilot, pilot › drone'});
    feed.take(0, 5, {});
    expect(told(feed)).toEqual(['4.0 s hunter → pilot', '3.0 s pilot → drone', '1.0 s pilot → drone']);
    expect(feed.lines[0]?.tone).toBe('bad');
  });

  it('tells of a new bout, and compares nothing across the two.', () => {
    const feed = new Feed();
    feed.take(0, 0, {Wave: 1});
    feed.take(0, 29, {Wave: 1, Score: 5300, 'Kill feed': 'pilot › drone'});
    expect(feed.take(1, 0, {Wave: 5, Score: 0})).toBe('Bout over · score 5,300');
    expect(feed.take(1, 1, {Wave: 5, Score: 0})).toBe('');
    expect(told(feed)).toEqual(['0.0 s Bout over · score 5,300', '29.0 s pilot → drone']);
  });

  it('keeps silent about figures that a world does not have.', () => {
    const feed = new Feed();
    feed.take(0, 0, {});
    feed.take(0, 1, {});
    expect(feed.lines).toEqual([]);
  });

  it('counts turns where the world does, and tells the result once.', () => {
    const feed = new Feed('turns');
    feed.take(0, 39, {Turn: 39});
    expect(feed.take(0, 40, {Turn: 40, 'Kill feed': 'b › a (head-collision)', Result: 'b won'})).toBe(
      'Game over · b won',
    );
    feed.take(0, 40, {Turn: 40, 'Kill feed': 'b › a (head-collision)', Result: 'b won'});
    expect(told(feed)).toEqual(['turn 40 Game over · b won', 'turn 40 b → a (head-collision)']);
    expect(feed.take(1, 0, {Turn: 0})).toBe('');
  });

  it('says when a loss was, if the world does, though time was jumped over.', () => {
    const feed = new Feed('turns');
    feed.take(0, 10, {});
    feed.take(0, 60, {'Kill feed': 'b › c (hazard) @41, a (hazard) @12'});
    expect(told(feed)).toEqual(['turn 41 b → c (hazard)', 'turn 12 a (hazard)']);
    feed.take(0, 20, {'Kill feed': 'a (hazard) @12'});
    expect(told(feed)).toEqual(['turn 12 a (hazard)']);
  });

  it('forgets what comes later for who looks back, and tells it again.', () => {
    const feed = new Feed('turns');
    feed.take(0, 10, {});
    feed.take(0, 11, {'Kill feed': 'a (hazard)'});
    feed.take(0, 20, {'Kill feed': 'b › c (snake-collision), a (hazard)'});
    feed.take(0, 12, {'Kill feed': 'a (hazard)'});
    expect(told(feed)).toEqual(['turn 11 a (hazard)']);
    feed.take(0, 20, {'Kill feed': 'b › c (snake-collision), a (hazard)'});
    expect(told(feed)).toEqual(['turn 20 b → c (snake-collision)', 'turn 11 a (hazard)']);
  });
});

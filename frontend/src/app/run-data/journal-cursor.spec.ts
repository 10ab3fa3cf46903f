import {JournalCursor, Place} from './journal-cursor';

/** Three events: a status, three points, a single point. */
const MESSAGES: readonly Place[] = [{seq: 1}, {seq: 2, index: 1}, {seq: 2, index: 2}, {seq: 2}, {seq: 3}];

describe('JournalCursor', () => {
  it('takes each message of a journal as the next, and then as old.', () => {
    const cursor = new JournalCursor();
    for (const message of MESSAGES) {
      expect(cursor.judge(message)).toBe('next');
      cursor.advance(message);
      expect(cursor.judge(message)).toBe('old');
    }
    expect(MESSAGES.map((message) => cursor.judge(message))).toEqual(MESSAGES.map(() => 'old'));
  });

  it('asks for what comes behind the last message, wherever that was.', () => {
    const cursor = new JournalCursor();
    const asked = MESSAGES.map((message) => {
      cursor.advance(message);
      return cursor.since;
    });
    expect(asked).toEqual([
      {since_seq: 1},
      {since_seq: 2, since_index: 1},
      {since_seq: 2, since_index: 2},
      {since_seq: 2},
      {since_seq: 3},
    ]);
  });

  it('sees a gap between events and within one.', () => {
    const cursor = new JournalCursor(1);
    expect(cursor.judge({seq: 3})).toBe('gap');
    expect(cursor.judge({seq: 2, index: 2})).toBe('gap');
    expect(cursor.judge({seq: 2, index: 1})).toBe('next');
  });

  it('never goes back.', () => {
    const cursor = new JournalCursor(5);
    cursor.advanceTo(3);
    cursor.advance({seq: 4, index: 7});
    expect(cursor.since).toEqual({since_seq: 5});
  });
});

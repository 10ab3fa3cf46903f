/** What a message with some sequence number means to a reader who has read up to another. */
export type Arrival = 'next' | 'repeat' | 'old' | 'gap';

/**
 * How far a run's journal has been read. Numbers count up by one, but not every journalled event is pushed to browsers,
 * so a gap only says that the journal must be asked; it does not say that something was lost.
 */
export class JournalCursor {
  constructor(private read = 0) {}

  get last(): number {
    return this.read;
  }

  /** Judge a message. One event may be pushed as several messages of the same number: those are `repeat`. */
  judge(seq: number): Arrival {
    if (seq < this.read) return 'old';
    if (seq === this.read) return 'repeat';
    return seq === this.read + 1 ? 'next' : 'gap';
  }

  /** Everything up to `seq` has been read. */
  advanceTo(seq: number): void {
    this.read = Math.max(this.read, seq);
  }
}

/** What a message at some place means to a reader who has read up to another. */
export type Arrival = 'next' | 'old' | 'gap';

/** Where a message belongs in a run's journal: its event, and if more points of that event follow, which one it is. */
export interface Place {
  readonly seq: number;
  readonly index?: number;
}

/**
 * How far a run's journal has been read: whole events, and some points of the next one. Events count up by one, but not
 * every one is pushed to browsers, so a gap only says that the journal must be asked; not that something was lost.
 */
export class JournalCursor {
  private points = 0;

  constructor(private read = 0) {}

  /** The last event that has been read whole. */
  get last(): number {
    return this.read;
  }

  /** How many points of the event after it have been read. */
  get pointsOfNext(): number {
    return this.points;
  }

  /** From where to be told: behind the last message that was read. */
  get since(): {since_seq: number; since_index?: number} {
    return this.points > 0 ? {since_seq: this.read + 1, since_index: this.points} : {since_seq: this.read};
  }

  judge({seq, index}: Place): Arrival {
    if (seq <= this.read) return 'old';
    if (seq > this.read + 1) return 'gap';
    if (index === undefined || index === this.points + 1) return 'next';
    return index <= this.points ? 'old' : 'gap';
  }

  /** The message at this place has been read, and all before it. */
  advance({seq, index}: Place): void {
    if (index === undefined) this.advanceTo(seq);
    else if (seq > this.read) [this.read, this.points] = [seq - 1, index];
  }

  /** Every event up to `seq` has been read. */
  advanceTo(seq: number): void {
    if (seq > this.read) [this.read, this.points] = [seq, 0];
  }
}

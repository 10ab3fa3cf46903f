import {computed, DestroyRef, inject, Injectable, signal} from '@angular/core';
import {Api} from './api';
import {ApiError} from './api-error';
import {advance, CommandProgress, isPending, requested, timedOut} from './command-progress';
import {RunFeed} from './run-feed';
import {CommandAck, JsonObject} from './wire';

const TIMEOUT_S = 30;
const EARLY_ACKS_KEPT = 32;

/**
 * The commands given to the run on this page, each with its state: requested, accepted, then done, refused, failed or
 * timeout. Provided beside the RunFeed it belongs to.
 */
@Injectable()
export class RunCommands {
  private readonly api = inject(Api);
  private readonly feed = inject(RunFeed);
  private readonly given = signal<CommandProgress | null>(null);
  /** An acknowledgement may be pushed before REST has told which id it belongs to. */
  private readonly early: CommandAck[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** The latest command, null before the first. */
  readonly latest = this.given.asReadonly();
  readonly pending = computed(() => {
    const latest = this.given();
    return latest !== null && isPending(latest);
  });

  constructor() {
    this.feed.onAck((ack) => {
      this.early.push(ack);
      if (this.early.length > EARLY_ACKS_KEPT) this.early.shift();
      const latest = this.given();
      if (latest?.id && latest.id === ack.id) this.given.set(advance(latest, ack));
    });
    inject(DestroyRef).onDestroy(() => {
      clearTimeout(this.timer);
    });
  }

  /** Give a command. Rejects with an ApiError when the server refused it; the state shows that as well. */
  async give(name: string, args: JsonObject = {}): Promise<CommandProgress> {
    this.given.set(requested(name));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.given.update((latest) => latest && timedOut(latest, TIMEOUT_S));
    }, TIMEOUT_S * 1000);
    const runId = this.feed.run()?.id ?? '';
    try {
      const answer = await this.api.command(runId, name, args);
      let progress = advance(requested(name), answer);
      for (const ack of this.early) if (ack.id === answer.id) progress = advance(progress, ack);
      this.given.set(progress);
      if (answer.run) this.feed.show(answer.run);
      return progress;
    } catch (thrown) {
      const error = ApiError.from(thrown);
      const state = error.status === 409 || error.status === 400 ? 'refused' : 'failed';
      this.given.set({...requested(name), state, message: error.text});
      throw error;
    }
  }

  /** Stop showing the latest command. */
  dismiss(): void {
    this.given.set(null);
  }
}

import {computed, DestroyRef, effect, inject, Injectable, signal, untracked} from '@angular/core';
import {Api} from '../run-data/api';
import {ApiError} from '../run-data/api-error';
import {LiveLink} from '../run-data/live-link';
import {NewSession, Session, ViewFrame} from '../run-data/wire';

const FRAMES_PER_SECOND = 30;

export type PlayState = 'starting' | 'playing' | 'paused' | 'ended' | 'error';

/** One session on the server, watched: it starts, is told what to do, and is closed when nobody looks any more. */
@Injectable()
export class SessionPlayer {
  private readonly api = inject(Api);
  private readonly link = inject(LiveLink);
  private readonly current = signal<Session | null>(null);
  private readonly shown = signal<ViewFrame | null>(null);
  private readonly progress = signal<PlayState>('starting');
  private readonly failure = signal<ApiError | null>(null);
  private readonly why = signal('');
  private attempt = 0;

  readonly session = this.current.asReadonly();
  readonly frame = this.shown.asReadonly();
  readonly state = this.progress.asReadonly();
  readonly error = this.failure.asReadonly();
  /** Why the session ended. */
  readonly reason = this.why.asReadonly();
  readonly figures = computed(() => Object.entries(this.shown()?.figures ?? {}));

  constructor() {
    const off = [
      this.link.on('view_frame', ({session, frame}) => {
        if (session === this.current()?.id) this.shown.set(frame);
      }),
      this.link.on('session_ended', ({session, reason}) => {
        if (session !== this.current()?.id) return;
        this.current.set(null);
        this.why.set(reason);
        this.progress.set('ended');
      }),
    ];
    effect(() => {
      this.link.connections();
      const session = untracked(this.current);
      if (session) void this.link.watch(session.id, FRAMES_PER_SECOND).catch(() => undefined);
    });
    const leave = (): void => {
      this.close();
    };
    window.addEventListener('pagehide', leave);
    inject(DestroyRef).onDestroy(() => {
      window.removeEventListener('pagehide', leave);
      for (const stop of off) stop();
      this.close();
    });
  }

  /** Watch another world, player, seed or speed from now on. */
  async start(wanted: NewSession): Promise<void> {
    this.close();
    const {attempt} = this;
    this.shown.set(null);
    this.failure.set(null);
    this.progress.set('starting');
    try {
      const session = await this.api.createSession(wanted);
      if (attempt !== this.attempt) {
        await this.api.deleteSession(session.id).catch(() => undefined);
        return;
      }
      this.current.set(session);
      await this.link.watch(session.id, FRAMES_PER_SECOND);
      this.progress.set('playing');
    } catch (thrown) {
      if (attempt !== this.attempt) return;
      this.failure.set(ApiError.from(thrown));
      this.progress.set('error');
    }
  }

  async togglePause(): Promise<void> {
    const pause = this.progress() === 'playing';
    if (await this.tell(pause ? 'pause' : 'play')) this.progress.set(pause ? 'paused' : 'playing');
  }

  async setSpeed(value: number): Promise<void> {
    await this.tell('speed', {value});
  }

  async restart(seed: number | null): Promise<void> {
    if (await this.tell('restart', seed === null ? {} : {seed})) await this.resumeIfPaused();
  }

  private async resumeIfPaused(): Promise<void> {
    if (this.progress() === 'paused') await this.togglePause();
  }

  private async tell(name: string, args: Record<string, number> = {}): Promise<boolean> {
    const session = this.current();
    if (!session) return false;
    try {
      await this.api.sessionCommand(session.id, name, args);
      return true;
    } catch (thrown) {
      this.failure.set(ApiError.from(thrown));
      return false;
    }
  }

  private close(): void {
    this.attempt++;
    const session = this.current();
    if (!session) return;
    this.current.set(null);
    this.link.unwatch(session.id);
    this.api.deleteSession(session.id).catch(() => undefined);
  }
}

import {DestroyRef, effect, inject, Injectable, signal, untracked} from '@angular/core';
import {Api} from './api';
import {ApiError} from './api-error';
import {LiveLink} from './live-link';
import {Stills} from './stills';
import {JsonObject, NewSession, SentFrame, Session, SessionStatus, ViewFrame} from './wire';

const FIGURES_EVERY_MS = 50;

export type PlayState = 'starting' | 'playing' | 'paused' | 'ended' | 'error';
export type Figures = ViewFrame['figures'];
export type Details = NonNullable<ViewFrame['details']>;

/** Which tick of a bout is shown, and how many were played. */
export interface Position {
  readonly tick: number;
  readonly last: number;
}

export type Activations = NonNullable<ViewFrame['activations']>;

/**
 * One session on the server, watched. One that it has started itself is closed when nobody looks any more; one that it
 * was led to (`attach`) ends by itself.
 */
@Injectable()
export class SessionPlayer {
  private readonly api = inject(Api);
  private readonly link = inject(LiveLink);
  private readonly current = signal<Session | null>(null);
  private readonly shown = signal<ViewFrame | null>(null);
  private readonly facts = signal<Figures>({});
  private readonly lit = signal<Activations>({});
  private readonly known = signal<Details>({});
  private readonly place = signal<Position>({tick: 0, last: 0});
  private readonly standing = signal<SessionStatus | null>(null);
  private readonly progress = signal<PlayState>('starting');
  private readonly failure = signal<ApiError | null>(null);
  private readonly why = signal('');
  private stills = new Stills();
  private attempt = 0;
  private rate = 30;
  private owned = false;
  private figuresTimer: ReturnType<typeof setTimeout> | null = null;

  readonly session = this.current.asReadonly();
  readonly frame = this.shown.asReadonly();
  readonly state = this.progress.asReadonly();
  readonly error = this.failure.asReadonly();
  /** Why the session ended. */
  readonly reason = this.why.asReadonly();
  /** The newest frame's figures, renewed some twenty times a second: nobody reads faster. */
  readonly figures = this.facts.asReadonly();
  /** What the nodes of the pilots' networks put out, as often. */
  readonly activations = this.lit.asReadonly();
  /** What is known of objects in the picture, as often. */
  readonly details = this.known.asReadonly();
  readonly position = this.place.asReadonly();
  /** How the session stood when it last answered a command. */
  readonly status = this.standing.asReadonly();

  constructor() {
    const off = [
      this.link.on('view_frame', ({session, frame}) => {
        if (session === this.current()?.id) this.show(frame);
      }),
      this.link.on('session_ended', ({session, reason}) => {
        if (session === this.current()?.id) this.end(reason);
      }),
    ];
    effect(() => {
      this.link.connections();
      const session = untracked(this.current);
      if (session) void this.watch(session).catch(() => undefined);
    });
    const leave = (): void => {
      this.close();
    };
    window.addEventListener('pagehide', leave);
    inject(DestroyRef).onDestroy(() => {
      window.removeEventListener('pagehide', leave);
      for (const stop of off) stop();
      if (this.figuresTimer) clearTimeout(this.figuresTimer);
      this.close();
    });
  }

  /** Watch another world, player, seed or speed from now on. */
  async start(wanted: NewSession): Promise<void> {
    this.owned = true;
    await this.open(() => this.api.createSession(wanted), 30);
  }

  /** Watch a session that is there already, at up to `fps` frames a second. */
  async attach(id: string, fps: number): Promise<void> {
    this.owned = false;
    await this.open(() => this.api.session(id), fps);
    if (this.progress() !== 'playing') return;
    const status = await this.tell('status');
    if (status && !status.playing) this.progress.set('paused');
  }

  async togglePause(): Promise<void> {
    const pause = this.progress() === 'playing';
    if (await this.tell(pause ? 'pause' : 'play')) this.progress.set(pause ? 'paused' : 'playing');
  }

  async setSpeed(value: number): Promise<void> {
    await this.tell('speed', {value});
  }

  /** Go on by so many ticks, or back, and stand still there. */
  async step(by: number): Promise<void> {
    if (await this.tell('step', {by})) this.progress.set('paused');
  }

  async restart(seed: number | null): Promise<void> {
    if (!(await this.tell('restart', seed === null ? {} : {seed}))) return;
    if (this.progress() === 'paused') await this.togglePause();
  }

  /** Give a command that is answered with the session's status; null if it was refused: see `error`. */
  async tell(name: string, args: JsonObject = {}): Promise<SessionStatus | null> {
    const session = this.current();
    if (!session) return null;
    try {
      const status = await this.api.sessionCommand(session.id, name, args);
      this.standing.set(status);
      this.failure.set(null);
      return status;
    } catch (thrown) {
      this.failure.set(ApiError.from(thrown));
      return null;
    }
  }

  /** Close the session now, whoever started it. */
  quit(): void {
    this.owned = true;
    this.close();
  }

  private async open(find: () => Promise<Session>, rate: number): Promise<void> {
    const owned = this.owned;
    this.close();
    const {attempt} = this;
    this.rate = rate;
    this.stills = new Stills();
    this.shown.set(null);
    this.failure.set(null);
    this.progress.set('starting');
    try {
      const session = await find();
      if (attempt !== this.attempt) {
        if (owned) await this.api.deleteSession(session.id).catch(() => undefined);
        return;
      }
      this.current.set(session);
      await this.watch(session);
      this.progress.set('playing');
    } catch (thrown) {
      if (attempt !== this.attempt) return;
      this.failure.set(ApiError.from(thrown));
      this.progress.set('error');
    }
  }

  private async watch(session: Session): Promise<void> {
    const answer = await this.link.watch(session.id, this.rate);
    if (answer.error) throw new Error(answer.error.message);
  }

  private show(frame: SentFrame): void {
    this.shown.set(this.stills.complete(frame));
    this.figuresTimer ??= setTimeout(() => {
      this.figuresTimer = null;
      this.facts.set(this.shown()?.figures ?? {});
      this.lit.set(this.shown()?.activations ?? {});
      this.known.set(this.shown()?.details ?? {});
      this.place.set({tick: this.shown()?.tick ?? 0, last: this.shown()?.last ?? 0});
    }, FIGURES_EVERY_MS);
  }

  private end(reason: string): void {
    this.current.set(null);
    this.why.set(reason);
    this.progress.set('ended');
  }

  private close(): void {
    this.attempt++;
    const session = this.current();
    if (!session) return;
    this.current.set(null);
    this.link.unwatch(session.id);
    if (this.owned) this.api.deleteSession(session.id).catch(() => undefined);
  }
}

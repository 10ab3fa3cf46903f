import {computed, DestroyRef, inject, Injectable, signal} from '@angular/core';
import {io, Socket} from 'socket.io-client';
import {JoinAnswer, JsonObject, ServerMessages} from './wire';

export type LinkState = 'connecting' | 'connected' | 'disconnected';

const ANSWER_WITHIN_MS = 10_000;

/** The Socket.IO connection: its state as a signal, and typed messages both ways. It reconnects by itself. */
@Injectable({providedIn: 'root'})
export class LiveLink {
  private readonly socket: Socket = io({transports: ['websocket'], reconnectionDelay: 500, reconnectionDelayMax: 4000});
  private readonly current = signal<LinkState>('connecting');
  private readonly lostAt = signal<number | null>(null);
  private readonly times = signal(0);

  readonly state = this.current.asReadonly();
  readonly connected = computed(() => this.current() === 'connected');
  /** When the connection was lost (Unix milliseconds), null while it holds. */
  readonly lostSince = this.lostAt.asReadonly();
  /** How many connections there have been; a rise means that messages may have been missed. */
  readonly connections = this.times.asReadonly();

  constructor() {
    this.socket.on('connect', () => {
      this.current.set('connected');
      this.lostAt.set(null);
      this.times.update((times) => times + 1);
    });
    this.socket.on('disconnect', () => {
      this.lose();
    });
    this.socket.on('connect_error', () => {
      this.lose();
    });
    inject(DestroyRef).onDestroy(() => this.socket.disconnect());
  }

  /** Call `listener` for every message of this name until the returned function is called. */
  on<Name extends keyof ServerMessages>(name: Name, listener: (message: ServerMessages[Name]) => void): () => void {
    const untyped = listener as (message: unknown) => void;
    this.socket.on<string>(name, untyped);
    return () => this.socket.off<string>(name, untyped);
  }

  /** Ask for the messages of one run, from the one behind a place on. */
  join(run: string, since: {readonly since_seq: number; readonly since_index?: number}): Promise<JoinAnswer> {
    return this.ask('join', {run, ...since});
  }

  leave(run: string): void {
    this.socket.emit('leave', {run});
  }

  /** Ask for the pictures of a session; still layers are sent once, and again when they change. */
  watch(session: string, fps: number): Promise<JoinAnswer> {
    return this.ask('watch', {session, fps, stills: 'once'});
  }

  /** Hand a session what the person at the controls does, without waiting for an answer. */
  steer(session: string, args: JsonObject): void {
    this.socket.emit('session_command', {session, name: 'input', args});
  }

  unwatch(session: string): void {
    this.socket.emit('unwatch', {session});
  }

  /** Try at once instead of waiting for the next automatic attempt. */
  reconnect(): void {
    this.socket.connect();
  }

  private ask<T>(name: string, payload: JsonObject): Promise<T> {
    return this.socket.timeout(ANSWER_WITHIN_MS).emitWithAck(name, payload) as Promise<T>;
  }

  private lose(): void {
    this.current.set('disconnected');
    this.lostAt.update((since) => since ?? Date.now());
  }
}

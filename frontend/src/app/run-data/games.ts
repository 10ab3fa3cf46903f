import {inject, Injectable, signal} from '@angular/core';
import {Api} from './api';
import {JsonObject, NewSession, Session} from './wire';

/** A genome that somebody brought: it lives in this tab only, until it flies or a run is begun from it. */
export interface BroughtGenome {
  readonly name: string;
  readonly genome: JsonObject;
}

/** Games that this tab has started, and the genomes that were brought into it. */
@Injectable({providedIn: 'root'})
export class Games {
  private readonly api = inject(Api);
  private readonly started = new Set<string>();
  private readonly tray = signal<readonly BroughtGenome[]>([]);

  readonly genomes = this.tray.asReadonly();

  /** Start a game; rejects with an ApiError. */
  async start(wanted: NewSession): Promise<Session> {
    const session = await this.api.createSession(wanted);
    this.started.add(session.id);
    return session;
  }

  /** Whether this tab started the session, and so may end it. */
  owns(id: string): boolean {
    return this.started.has(id);
  }

  bring(genome: BroughtGenome): void {
    this.tray.update((others) => [...others.filter(({name}) => name !== genome.name), genome]);
  }
}

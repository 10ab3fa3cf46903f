import {signal} from '@angular/core';
import {TestBed} from '@angular/core/testing';
import {Api} from './api';
import {LiveLink} from './live-link';
import recorded from './recorded-cuts.json';
import {RunFeed} from './run-feed';
import {Run} from './wire';

/** One connection as a real server had it: from where it was asked to tell, and what arrived before it broke. */
interface Connection {
  readonly since: {readonly since_seq?: number; readonly since_index?: number};
  readonly messages: readonly (readonly [string, object])[];
}

const CONNECTIONS = recorded as unknown as readonly Connection[];
const FIRST = CONNECTIONS[0]?.since.since_seq ?? 0;
const RUN = {id: 'r', name: '', status: 'running', config: {}, metrics: [], last: {}, step: 0, last_seq: FIRST};

/** A link that breaks where the recorded one did. */
class RecordedLink {
  readonly connections = signal(1);
  readonly asked: object[] = [];
  private readonly listeners = new Map<string, (message: object) => void>();

  connected(): boolean {
    return true;
  }

  leave(): void {
    // Nothing is told but what was recorded.
  }

  join(_run: string, since: object): Promise<object> {
    this.asked.push(since);
    return Promise.resolve({ok: true});
  }

  on(name: string, listener: (message: object) => void): () => void {
    this.listeners.set(name, listener);
    return () => this.listeners.delete(name);
  }

  play({messages}: Connection): void {
    for (const [name, message] of messages) this.listeners.get(name)?.({run: 'r', ...message});
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

describe('A feed whose connection breaks', () => {
  it('asks for what it lacks, and has each point of the run once.', async () => {
    const link = new RecordedLink();
    const api = {
      run: () => Promise.resolve(RUN as unknown as Run),
      metrics: () => Promise.resolve({run: 'r', last_seq: FIRST, series: {}}),
      events: () => Promise.resolve({events: [], last_seq: 0}),
    };
    TestBed.configureTestingModule({
      providers: [RunFeed, {provide: Api, useValue: api}, {provide: LiveLink, useValue: link}],
    });
    const feed = TestBed.inject(RunFeed);
    feed.open('r');
    await settled();
    for (const [number, connection] of CONNECTIONS.entries()) {
      if (number > 0) {
        link.connections.update((times) => times + 1);
        TestBed.tick();
        await settled();
      }
      expect(link.asked.at(-1)).toEqual(connection.since);
      link.play(connection);
      await settled();
    }

    const series = feed.series('value');
    const steps = [...(series?.step.slice(0, series.length) ?? [])];
    const told = CONNECTIONS.flatMap(({messages}) => messages)
      .filter(([name]) => name === 'metrics_update')
      .map(([, message]) => (message as {step: number}).step);
    expect(told.length).toBeGreaterThan(500);
    expect(steps).toEqual(told);
    expect(steps).toEqual(steps.map((_, i) => (steps[0] ?? 0) + i));
  });
});

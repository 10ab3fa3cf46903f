import {signal} from '@angular/core';
import {TestBed} from '@angular/core/testing';
import {Api} from './api';
import {LiveLink} from './live-link';
import {RunFeed} from './run-feed';
import {JournalEvent, Run, ServerMessages} from './wire';

const RUN = {
  id: 'r',
  name: '',
  status: 'running',
  config: {},
  metrics: [],
  last: {},
  step: 0,
  last_seq: 10,
} as unknown as Run;

/** A journal served as the server would: pushed one by one, or asked for by sequence number. */
class JournalServer {
  readonly journal: JournalEvent[] = [];
  readonly asked: number[] = [];
  readonly joined: {since_seq: number; since_index?: number}[] = [];
  readonly answers: object[] = [];
  readonly connections = signal(1);
  private readonly listeners = new Map<string, (message: never) => void>();

  readonly api = {
    run: () => Promise.resolve(RUN),
    metrics: () => Promise.resolve({run: 'r', last_seq: 10, series: {}}),
    events: (_id: string, {since = 0, types}: {since?: number; types?: readonly string[]}) => {
      if (!types) this.asked.push(since);
      const events = this.journal.filter((event) => event.seq > since && (!types || types.includes(event.type)));
      return Promise.resolve({events, last_seq: 0});
    },
  };
  readonly link = {
    connections: this.connections,
    connected: () => true,
    leave: () => undefined,
    join: (_run: string, since: {since_seq: number; since_index?: number}) => {
      this.joined.push(since);
      return Promise.resolve(this.answers.shift() ?? {ok: true});
    },
    on: (name: string, listener: (message: never) => void) => {
      this.listeners.set(name, listener);
      return () => this.listeners.delete(name);
    },
  };

  push<Name extends keyof ServerMessages>(name: Name, message: ServerMessages[Name]): void {
    this.listeners.get(name)?.(message as never);
  }

  point(seq: number, step: number, index?: number): void {
    this.push('metrics_update', {run: 'r', seq, ...(index && {index}), step, t: seq, values: {loss: step}});
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

function pointAt(step: number): object {
  return {step, t: 1, values: {loss: step}};
}

async function open(): Promise<{server: JournalServer; feed: RunFeed; steps: () => number[]}> {
  const server = new JournalServer();
  TestBed.configureTestingModule({
    providers: [RunFeed, {provide: Api, useValue: server.api}, {provide: LiveLink, useValue: server.link}],
  });
  const feed = TestBed.inject(RunFeed);
  feed.open('r');
  await settled();
  const steps = (): number[] => [...(feed.series('loss')?.step.slice(0, feed.series('loss')?.length) ?? [])];
  return {server, feed, steps};
}

describe('RunFeed', () => {
  it('joins from where the history ended.', async () => {
    const {server} = await open();
    expect(server.joined[0]).toEqual({since_seq: 10});
  });

  it('shows points in order as they come, and each only once.', async () => {
    const {server, steps} = await open();
    server.point(11, 100, 1);
    server.point(11, 110);
    server.point(12, 120);
    server.point(11, 100, 1);
    expect(steps()).toEqual([100, 110, 120]);
  });

  it('closes a gap from the journal before it shows anything later.', async () => {
    const {server, steps} = await open();
    server.point(11, 100);
    server.journal.push(
      {seq: 12, t: 1, type: 'points', points: [{step: 200, t: 1, values: {loss: 200}}]},
      {seq: 13, t: 1, type: 'log', level: 'info', message: 'not pushed to browsers'},
    );
    server.point(14, 300);
    expect(steps()).toEqual([100]);
    server.point(15, 400);
    await settled();
    expect(server.asked).toEqual([11]);
    expect(steps()).toEqual([100, 200, 300, 400]);
  });

  it('hides what a rewind superseded, and remembers the turn.', async () => {
    const {server, feed, steps} = await open();
    [100, 200, 300].forEach((step, i) => {
      server.point(11 + i, step);
    });
    server.push('rewound', {run: 'r', seq: 14, to_step: 150});
    server.point(15, 180);
    expect(steps()).toEqual([100, 180]);
    expect(feed.turns()).toMatchObject([{step: 150, crashed: false}]);
  });

  it('knows a rewind after a death from one after a stop.', async () => {
    const {server, feed} = await open();
    server.push('training_status', {run: 'r', seq: 11, status: 'restarting', is_training: true});
    server.push('rewound', {run: 'r', seq: 12, to_step: 5});
    expect(feed.turns()).toMatchObject([{step: 5, crashed: true}]);
  });

  it('goes on from its last event when the connection is back.', async () => {
    const {server} = await open();
    server.point(11, 100);
    server.connections.set(2);
    TestBed.tick();
    await settled();
    expect(server.joined.at(-1)).toEqual({since_seq: 11});
  });

  it('goes on within an event whose points it was being told.', async () => {
    const {server, steps} = await open();
    server.point(11, 100, 1);
    server.point(11, 110, 2);
    server.connections.set(2);
    TestBed.tick();
    await settled();
    expect(server.joined.at(-1)).toEqual({since_seq: 11, since_index: 2});
    server.point(11, 120);
    expect(steps()).toEqual([100, 110, 120]);
  });

  it('reads the points of an event that it missed in the journal.', async () => {
    const {server, steps} = await open();
    server.point(11, 100, 1);
    server.journal.push({seq: 11, t: 1, type: 'points', points: [100, 110, 120, 130].map(pointAt)});
    server.point(11, 120, 3);
    server.point(11, 130);
    await settled();
    expect(server.asked).toEqual([10]);
    expect(steps()).toEqual([100, 110, 120, 130]);
  });

  it('joins again when the server has refused it for now.', async () => {
    vi.useFakeTimers();
    const {server} = await open();
    TestBed.tick();
    const before = server.joined.length;
    server.answers.push({ok: false, error: {code: 'rate_limited', message: 'Too many.'}});
    server.connections.set(2);
    TestBed.tick();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(server.joined).toHaveLength(before + 2);
    vi.useRealTimers();
  });

  it('ignores other runs.', async () => {
    const {server, steps} = await open();
    server.push('metrics_update', {run: 'other', seq: 11, step: 1, t: 1, values: {loss: 1}});
    expect(steps()).toEqual([]);
  });
});

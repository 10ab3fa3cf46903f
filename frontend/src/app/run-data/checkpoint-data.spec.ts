import {signal} from '@angular/core';
import {TestBed} from '@angular/core/testing';
import {CheckpointData} from './checkpoint-data';
import {LiveLink} from './live-link';
import {RunFeed} from './run-feed';
import {Run} from './wire';

/** A run that is shown, and a server that answers when it is told to. */
class Scene {
  readonly run = signal<Pick<Run, 'id'> | null>({id: 'r'});
  readonly connections = signal(1);
  readonly asked: string[] = [];
  private answers: ((found: string | Error) => void)[] = [];
  private readonly listeners = new Map<string, (message: {run: string}) => void>();
  readonly data: CheckpointData<string>;

  constructor() {
    const link = {
      connections: this.connections,
      on: (name: string, listener: (message: {run: string}) => void) => {
        this.listeners.set(name, listener);
        return () => undefined;
      },
    };
    TestBed.configureTestingModule({
      providers: [
        {provide: LiveLink, useValue: link},
        {provide: RunFeed, useValue: {run: this.run}},
      ],
    });
    this.data = TestBed.runInInjectionContext(() => new CheckpointData((run) => this.ask(run)));
    TestBed.tick();
  }

  checkpoint(run: string): void {
    this.listeners.get('checkpoint')?.({run});
  }

  status(run: string): void {
    this.listeners.get('training_status')?.({run});
  }

  async answer(found: string | Error): Promise<void> {
    this.answers.shift()?.(found);
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }

  private ask(run: string): Promise<string> {
    this.asked.push(run);
    return new Promise((resolve, reject) => {
      this.answers.push((found) => {
        if (typeof found === 'string') resolve(found);
        else reject(found);
      });
    });
  }
}

describe('CheckpointData', () => {
  it('is asked for at once, and anew at every checkpoint of its run and after every reconnection.', async () => {
    const scene = new Scene();
    expect(scene.data.value()).toBeNull();
    await scene.answer('first');
    expect(scene.data.value()).toBe('first');
    scene.checkpoint('another');
    expect(scene.asked).toEqual(['r']);
    scene.checkpoint('r');
    await scene.answer('second');
    expect(scene.data.value()).toBe('second');
    scene.connections.set(2);
    TestBed.tick();
    expect(scene.asked).toEqual(['r', 'r', 'r']);
  });

  it('is asked for when the run ends, for what a checkpoint leaves comes later than the news of it.', async () => {
    const scene = new Scene();
    scene.checkpoint('r');
    scene.status('r');
    expect(scene.asked).toEqual(['r', 'r', 'r']);
    await scene.answer('before');
    await scene.answer('too early');
    expect(scene.data.value()).toBeNull();
    await scene.answer('the last');
    expect(scene.data.value()).toBe('the last');
  });

  it('leaves aside what comes for a run that is no longer shown.', async () => {
    const scene = new Scene();
    scene.run.set({id: 's'});
    TestBed.tick();
    await scene.answer('of r');
    expect(scene.data.value()).toBeNull();
    await scene.answer('of s');
    expect(scene.data.value()).toBe('of s');
    expect(scene.asked).toEqual(['r', 's']);
  });

  it('keeps what it knows when the server does not answer, and says so until it does.', async () => {
    const scene = new Scene();
    await scene.answer('first');
    scene.checkpoint('r');
    await scene.answer(new Error('no answer'));
    expect([scene.data.value(), scene.data.error()]).toEqual(['first', 'no answer']);
    void scene.data.load();
    await scene.answer('second');
    expect([scene.data.value(), scene.data.error()]).toEqual(['second', '']);
  });
});

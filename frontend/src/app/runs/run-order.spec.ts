import {RunStatus, RunSummary} from '../run-data/wire';
import {goingOn, inOrder} from './run-order';

function run(id: string, status: RunStatus, created: number, pinned = false): RunSummary {
  return {id, status, created, pinned} as RunSummary;
}

describe('inOrder', () => {
  it('shows the run that trains above a long queue, whose next is its first.', () => {
    const queue = Array.from({length: 48}, (_, i) => run(`q${String(i)}`, 'queued', 100 + i));
    const runs = [...queue, run('old', 'stopped', 1), run('trains', 'running', 2), run('new', 'failed', 500)];
    const ids = inOrder(runs).map(({id}) => id);
    expect(ids.slice(0, 3)).toEqual(['trains', 'q0', 'q1']);
    expect(ids.slice(-2)).toEqual(['new', 'old']);
  });

  it('has pinned runs before all others, and restarting ones among those that train.', () => {
    const runs = [
      run('p', 'finished', 1, true),
      run('w', 'paused', 9),
      run('r', 'restarting', 2),
      run('s', 'stopping', 3),
    ];
    expect(inOrder(runs).map(({id}) => id)).toEqual(['p', 's', 'r', 'w']);
  });
});

describe('goingOn', () => {
  it('tells what trains from what waits.', () => {
    const runs = [run('a', 'running', 1), run('b', 'queued', 2), run('c', 'queued', 3), run('d', 'finished', 4)];
    expect(goingOn(runs)).toBe('1 training, 2 queued');
    expect(goingOn([run('a', 'paused', 1)])).toBe('1 paused');
    expect(goingOn([run('d', 'stopped', 4)])).toBe('');
  });
});

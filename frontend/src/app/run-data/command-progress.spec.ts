import {advance, isOver, isPending, requested, timedOut} from './command-progress';

describe('A command', () => {
  it('goes from requested over accepted to done.', () => {
    const accepted = advance(requested('save'), {id: 'a', name: 'save', state: 'accepted'});
    expect(accepted.state).toBe('accepted');
    expect(isPending(accepted)).toBe(true);
    const done = advance(accepted, {id: 'a', name: 'save', state: 'done', step: 12});
    expect(done).toMatchObject({state: 'done', step: 12});
    expect(isOver(done)).toBe(true);
  });

  it('never goes back when its answers arrive in the wrong order.', () => {
    const done = advance(requested('save'), {id: 'a', name: 'save', state: 'done'});
    expect(advance(done, {id: 'a', name: 'save', state: 'accepted'}).state).toBe('done');
  });

  it('ignores answers to other commands.', () => {
    const accepted = advance(requested('stop'), {id: 'a', name: 'stop', state: 'accepted'});
    expect(advance(accepted, {id: 'b', name: 'save', state: 'done'})).toEqual(accepted);
  });

  it('shows why it was refused.', () => {
    const refused = advance(requested('pause'), {
      id: 'a',
      name: 'pause',
      state: 'refused',
      message: 'The run is stopped.',
    });
    expect(refused).toMatchObject({state: 'refused', message: 'The run is stopped.'});
  });

  it('times out where people see it, and still counts an answer that comes late.', () => {
    const late = timedOut(advance(requested('stop'), {id: 'a', name: 'stop', state: 'accepted'}), 30);
    expect(late.state).toBe('timeout');
    expect(late.message).toContain('30 s');
    expect(advance(late, {id: 'a', name: 'stop', state: 'done'}).state).toBe('done');
  });

  it('does not time out once it is over.', () => {
    const done = advance(requested('save'), {id: 'a', name: 'save', state: 'done'});
    expect(timedOut(done, 30)).toBe(done);
  });
});

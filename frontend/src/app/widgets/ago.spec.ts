import {TestBed} from '@angular/core/testing';
import {Ago} from './ago';

describe('Ago', () => {
  it('goes on while the page stands.', async () => {
    vi.useFakeTimers({now: 1_000_000_000, toFake: ['setInterval', 'clearInterval', 'Date']});
    const fixture = TestBed.createComponent(Ago);
    fixture.componentRef.setInput('t', 1_000_000 - 3);
    await fixture.whenStable();
    const text = (): string => (fixture.nativeElement as HTMLElement).textContent;
    expect(text()).toBe('just now');
    vi.advanceTimersByTime(60_000);
    await fixture.whenStable();
    expect(text()).toBe('1 min ago');
    vi.useRealTimers();
  });
});

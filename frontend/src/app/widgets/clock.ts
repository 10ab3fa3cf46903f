import {DestroyRef, inject, Injectable, signal} from '@angular/core';

const TICK_MS = 5_000;

/** The time now as a signal, renewed every few seconds, for ages that go on by themselves. */
@Injectable({providedIn: 'root'})
export class Clock {
  private readonly ticks = signal(Date.now() / 1000);
  /** Unix time. */
  readonly now = this.ticks.asReadonly();

  constructor() {
    const timer = setInterval(() => {
      this.ticks.set(Date.now() / 1000);
    }, TICK_MS);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
    });
  }
}

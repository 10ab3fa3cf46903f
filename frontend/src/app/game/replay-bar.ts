import {ChangeDetectionStrategy, Component, computed, DestroyRef, inject} from '@angular/core';
import {SessionPlayer} from '../run-data/session-player';

const ASKED_EVERY_MS = 1000;

/** How far a replay is, and whether it flies exactly what was recorded. */
@Component({
  selector: 'app-replay-bar',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (replay()) {
      <span class="number muted" data-testid="replay-state">{{ words() }}</span>
    }
  `,
  styles: `
    :host {
      display: block;
      padding-top: 6px;
      font-size: 12.5px;
      text-align: right;
    }
  `,
})
export class ReplayBar {
  private readonly play = inject(SessionPlayer);

  protected readonly replay = computed(() => this.play.status()?.replay ?? null);
  protected readonly words = computed(() => {
    const replay = this.replay();
    if (!replay) return '';
    const bout = replay.bouts > 1 ? `Bout ${String(replay.bout + 1)} of ${String(replay.bouts)} · ` : '';
    const exact =
      replay.exact === null ? '' : replay.exact ? ' · exactly as recorded' : ' · differs from what was recorded';
    return `${bout}tick ${String(replay.tick)} of ${String(replay.ticks)}${exact}`;
  });

  constructor() {
    const timer = setInterval(() => void this.play.tell('status'), ASKED_EVERY_MS);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
    });
  }
}

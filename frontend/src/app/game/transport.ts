import {ChangeDetectionStrategy, Component, computed, inject} from '@angular/core';
import {MatIconButton} from '@angular/material/button';
import {SessionPlayer} from '../run-data/session-player';
import {Icon} from '../widgets/icon/icon';

/** Back and forth in what was played: step by step, or along the slider. A replay can be looked at to its end. */
@Component({
  selector: 'app-transport',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Icon, MatIconButton],
  template: `
    <button matIconButton type="button" aria-label="One step back" title="One step back (,)" (click)="step(-1)">
      <app-icon name="skip_previous" />
    </button>
    <button
      matIconButton
      type="button"
      aria-label="One step on"
      title="One step on (.)"
      data-testid="step-forward"
      (click)="step(1)"
    >
      <app-icon name="skip_next" />
    </button>
    <input
      type="range"
      min="0"
      step="1"
      aria-label="Where to look"
      data-testid="scrub"
      [max]="end()"
      [value]="play.position().tick"
      [attr.aria-valuetext]="words()"
      (input)="seek($event)"
    />
    <output class="number" data-testid="position">{{ words() }}</output>
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: auto auto minmax(0, 1fr) auto;
      align-items: center;
      gap: 4px;
      padding-top: 8px;
    }
    input {
      width: 100%;
      height: 32px;
      margin: 0 8px 0 4px;
      accent-color: var(--accent);
    }
    output {
      min-width: 86px;
      color: var(--muted);
      font-size: 12.5px;
      text-align: right;
      white-space: nowrap;
    }
  `,
})
export class Transport {
  protected readonly play = inject(SessionPlayer);
  private wanted: number | null = null;
  private asking = false;

  protected readonly end = computed(() => {
    const ticks = this.play.status()?.replay?.ticks ?? 0;
    return Math.max(ticks, this.play.position().last, 1);
  });
  protected readonly words = computed(() => `${String(this.play.position().tick)} of ${String(this.end())}`);

  step(by: number): void {
    void this.play.step(by);
  }

  /** Of the many places that a slider passes, only the newest is asked for once the one before has been answered. */
  protected seek(event: Event): void {
    this.wanted = Number((event.target as HTMLInputElement).value);
    if (!this.asking) void this.ask();
  }

  private async ask(): Promise<void> {
    this.asking = true;
    while (this.wanted !== null) {
      const tick = this.wanted;
      this.wanted = null;
      await this.play.tell('seek', {tick});
    }
    this.asking = false;
  }
}

import {ChangeDetectionStrategy, Component, input, model} from '@angular/core';
import {MatButton} from '@angular/material/button';
import {Icon} from '../widgets/icon/icon';

/** The end of a form that puts a game together: its seed, the button that starts it, and what is wrong with it. */
@Component({
  selector: 'app-start-bar',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Icon, MatButton],
  template: `
    <div class="bar">
      <label>
        Seed
        <input
          class="input number"
          inputmode="numeric"
          placeholder="any"
          data-testid="game-seed"
          [value]="seed()"
          (input)="type($event)"
        />
      </label>
      <span class="muted hint">{{ hint() }}</span>
      <button matButton="filled" type="submit" data-testid="start-game" [disabled]="busy()">
        <app-icon name="rocket_launch" /> {{ busy() ? 'Starting…' : 'Start the game' }}
      </button>
    </div>
    @if (fault()) {
      <p class="fault" role="alert">{{ fault() }}</p>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 16px;
    }
    .bar {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 12px 18px;
      padding-top: 16px;
      border-top: 1px solid var(--line);
    }
    label {
      display: flex;
      align-items: center;
      gap: 8px;
      color: var(--muted);
      font-size: 13px;
    }
    .input {
      width: 130px;
      color: var(--mat-sys-on-surface);
    }
    .hint {
      flex: 1 1 auto;
    }
    .fault {
      color: var(--bad);
    }
  `,
})
export class StartBar {
  readonly seed = model('');
  /** What is to know about the seed, "" for nothing. */
  readonly hint = input('');
  readonly busy = input(false);
  readonly fault = input('');

  protected type(event: Event): void {
    this.seed.set((event.target as HTMLInputElement).value);
  }
}

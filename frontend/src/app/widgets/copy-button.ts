import {Clipboard} from '@angular/cdk/clipboard';
import {ChangeDetectionStrategy, Component, inject, input, signal} from '@angular/core';
import {Icon} from './icon/icon';

const SHOWN_MS = 1500;

/** Copies a text and says that it did. */
@Component({
  selector: 'app-copy-button',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Icon],
  template: `
    <button type="button" [attr.aria-label]="label()" [title]="label()" (click)="copy()">
      <app-icon [name]="copied() ? 'check' : 'content_copy'" />
    </button>
    <span class="visually-hidden" aria-live="polite">{{ copied() ? 'Copied' : '' }}</span>
  `,
  styles: `
    button {
      display: inline-grid;
      place-items: center;
      width: 26px;
      height: 26px;
      padding: 0;
      border: 0;
      border-radius: 6px;
      background: none;
      color: var(--muted);
      cursor: pointer;
    }
    button:hover {
      background: var(--mat-sys-surface-container-high);
    }
    app-icon {
      width: 15px;
      height: 15px;
    }
  `,
})
export class CopyButton {
  readonly text = input.required<string>();
  readonly label = input('Copy');
  private readonly clipboard = inject(Clipboard);
  protected readonly copied = signal(false);

  protected copy(): void {
    this.copied.set(this.clipboard.copy(this.text()));
    setTimeout(() => {
      this.copied.set(false);
    }, SHOWN_MS);
  }
}

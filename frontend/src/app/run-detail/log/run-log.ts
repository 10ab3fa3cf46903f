import {
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  ElementRef,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import {Api} from '../../run-data/api';
import {ApiError} from '../../run-data/api-error';
import {RunFeed} from '../../run-data/run-feed';
import {Notice} from '../../widgets/notice';

const TAIL_BYTES = 65_536;
const KEPT_CHARACTERS = 1_000_000;
const POLL_MS = 1500;

/** What the worker printed: the end of its log, growing as it prints, searchable. */
@Component({
  selector: 'app-run-log',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Notice],
  template: `
    <div class="bar">
      <input
        class="input"
        type="search"
        placeholder="Only lines with…"
        aria-label="Only lines with"
        data-testid="log-search"
        [value]="wanted()"
        (input)="search($event)"
      />
      <label><input type="checkbox" [checked]="follows()" (change)="toggleFollow()" /> Follow</label>
      <span class="muted number">{{ lines().length }} {{ wanted() ? 'of ' + allLines().length : '' }} lines</span>
    </div>
    @if (error()) {
      <app-notice icon="error" heading="The log could not be fetched" [alarming]="true" [text]="error()" />
    } @else if (allLines().length === 0 && loaded()) {
      <div class="card"><app-notice icon="terminal" heading="Nothing has been printed yet" /></div>
    } @else {
      <pre #box class="card" tabindex="0" role="log" aria-live="off" aria-label="Log of the worker" data-testid="log">{{
        lines().join('\\n')
      }}</pre>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 12px;
    }
    .bar {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 10px 16px;
    }
    .bar .input {
      flex: 1 1 200px;
      max-width: 360px;
    }
    label {
      display: inline-flex;
      align-items: center;
      gap: 6px;
      accent-color: var(--accent);
    }
    pre {
      height: min(62vh, 720px);
      margin: 0;
      padding: 14px 16px;
      overflow: auto;
      font-size: 12.5px;
      line-height: 1.55;
      overflow-wrap: anywhere;
      white-space: pre-wrap;
    }
  `,
})
export class RunLog {
  private readonly api = inject(Api);
  private readonly feed = inject(RunFeed);
  private readonly box = viewChild<ElementRef<HTMLElement>>('box');
  private readonly text = signal('');
  private offset: number | null = null;

  protected readonly loaded = signal(false);
  protected readonly error = signal('');
  protected readonly wanted = signal('');
  protected readonly follows = signal(true);
  protected readonly allLines = computed(() => (this.text() ? this.text().replace(/\n$/, '').split('\n') : []));
  protected readonly lines = computed(() => {
    const wanted = this.wanted().toLowerCase();
    return wanted ? this.allLines().filter((line) => line.toLowerCase().includes(wanted)) : this.allLines();
  });

  constructor() {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const poll = async (): Promise<void> => {
      if (!document.hidden) await this.read();
      if (!over) timer = setTimeout(() => void poll(), POLL_MS);
    };
    void poll();
    inject(DestroyRef).onDestroy(() => {
      over = true;
      clearTimeout(timer);
    });
    effect(() => {
      this.lines();
      const box = this.box()?.nativeElement;
      if (box && this.follows()) requestAnimationFrame(() => (box.scrollTop = box.scrollHeight));
    });
  }

  protected search(event: Event): void {
    this.wanted.set((event.target as HTMLInputElement).value);
  }

  protected toggleFollow(): void {
    this.follows.update((follows) => !follows);
  }

  private async read(): Promise<void> {
    const id = this.feed.run()?.id;
    if (!id) return;
    try {
      const slice = await this.api.log(id, this.offset === null ? {tail: TAIL_BYTES} : {offset: this.offset});
      this.offset = Math.min(slice.size, slice.offset + new TextEncoder().encode(slice.text).length);
      if (slice.text) this.text.update((text) => (text + slice.text).slice(-KEPT_CHARACTERS));
      this.error.set('');
    } catch (thrown) {
      const error = ApiError.from(thrown);
      if (error.status === 404) this.text.set('');
      else if (!this.loaded()) this.error.set(error.text);
    }
    this.loaded.set(true);
  }
}

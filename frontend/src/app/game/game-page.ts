import {
  ChangeDetectionStrategy,
  Component,
  computed,
  DestroyRef,
  effect,
  ElementRef,
  inject,
  input,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import {MatButton, MatIconButton} from '@angular/material/button';
import {MatTooltip} from '@angular/material/tooltip';
import {RouterLink} from '@angular/router';
import {Api} from '../run-data/api';
import {Games} from '../run-data/games';
import {LiveLink} from '../run-data/live-link';
import {SessionPlayer} from '../run-data/session-player';
import {JsonObject} from '../run-data/wire';
import {CanvasView} from '../widgets/canvas-view/canvas-view';
import {Spot} from '../widgets/canvas-view/fit';
import {Icon} from '../widgets/icon/icon';
import {Notice} from '../widgets/notice';
import {Crew} from './crew-list';
import {Feed, FeedLine} from './feed';
import {Scoreboard} from './figures';
import {Hud} from './hud';
import {KeyHelp} from './key-help';
import {nudgeOf, Nudging, refusal} from './nudging';
import {PilotNetwork} from './pilot-network';
import {ReplayBar} from './replay-bar';
import {SpeedControl} from './speed-control';
import {controlOf, Stick} from './stick';
import {Touch, TouchControls} from './touch-controls';

const FRAMES_PER_SECOND = 60;
const BANNER_MS = 2600;

/** A game on the screen: flown by a person at the keyboard, by what has learned, or by both. */
@Component({
  selector: 'app-game-page',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [
    CanvasView,
    Crew,
    Hud,
    Icon,
    KeyHelp,
    MatButton,
    MatIconButton,
    MatTooltip,
    Notice,
    PilotNetwork,
    ReplayBar,
    RouterLink,
    SpeedControl,
    TouchControls,
  ],
  providers: [SessionPlayer],
  templateUrl: './game-page.html',
  styleUrl: './game-page.scss',
  host: {
    '(window:keydown)': 'keyDown($event)',
    '(window:keyup)': 'keyUp($event)',
    '(window:blur)': 'letGo()',
  },
})
export class GamePage {
  /** Id of the session that is played. */
  readonly session = input.required<string>();

  private readonly api = inject(Api);
  private readonly link = inject(LiveLink);
  protected readonly play = inject(SessionPlayer);
  private readonly stage = viewChild<ElementRef<HTMLElement>>('stage');
  private readonly stick = new Stick();
  private scoreboard = new Scoreboard();
  private feed = new Feed();
  private bannerTimer: ReturnType<typeof setTimeout> | null = null;

  protected readonly board = computed(() => this.scoreboard.read(this.play.figures()));
  protected readonly events = signal<readonly FeedLine[]>([]);
  /** What is told across the picture for a moment. */
  protected readonly banner = signal('');
  protected readonly nudging = signal<Nudging | null>(null);
  protected readonly flies = computed(() => this.play.session()?.seats.some(({kind}) => kind === 'person') ?? false);
  protected readonly led = computed(
    () =>
      this.play.session()?.kind === 'game' &&
      (this.play.session()?.seats.some(({kind, team}) => kind !== 'person' && team === 0) ?? false),
  );
  protected readonly marks = computed(() => this.nudging()?.marks ?? []);
  /** The world numbers ships by their seats, from 1 on; one's own is called what it is. */
  protected readonly names = computed(() => {
    const own = this.play.session()?.seats.find(({kind}) => kind === 'person');
    return own ? {[String(own.seat + 1)]: 'You'} : {};
  });
  protected readonly heading = computed(() => {
    const session = this.play.session();
    if (!session) return 'Game';
    return session.kind === 'replay' ? 'Replay' : this.flies() ? 'You fly' : 'Game';
  });
  protected readonly label = computed(() => {
    const session = this.play.session();
    const names = [...new Set(session?.seats.map(({name}) => name) ?? [])];
    return `${session?.world ?? 'The world'} with ${names.join(', ') || 'its own pilots'}`;
  });
  protected readonly recording = computed(() => this.api.recordingDownload(this.session()));

  constructor() {
    const games = inject(Games);
    effect(() => {
      const id = this.session();
      untracked(() => {
        this.scoreboard = new Scoreboard();
        this.feed = new Feed();
        this.events.set([]);
        this.nudging.set(null);
        void this.play.attach(id, FRAMES_PER_SECOND);
      });
    });
    effect(() => {
      const figures = this.play.figures();
      const frame = untracked(this.play.frame);
      if (!frame) return;
      const newBout = this.feed.take(frame.episode, frame.t, figures);
      this.events.set(this.feed.lines);
      if (newBout) this.announce(newBout);
    });
    inject(DestroyRef).onDestroy(() => {
      if (this.bannerTimer) clearTimeout(this.bannerTimer);
      if (games.owns(this.session())) this.play.quit();
    });
  }

  protected keyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    const control = this.flies() ? controlOf(event.code) : null;
    if (control) {
      event.preventDefault();
      if (this.stick.press(event.code, control)) this.steer();
      return;
    }
    const action = this.actionOf(event.code);
    if (!action || event.repeat) return;
    event.preventDefault();
    action();
  }

  protected keyUp(event: KeyboardEvent): void {
    if (this.stick.release(event.code)) this.steer();
  }

  protected touch({source, control, down}: Touch): void {
    const changed = down ? this.stick.press(source, control) : this.stick.release(source);
    if (changed) this.steer();
  }

  protected letGo(): void {
    if (this.stick.clear()) this.steer();
  }

  protected click(spot: Spot): void {
    this.focusStage();
    if (this.led()) void this.nudge({kind: 'click', x: spot.x, y: spot.y}, spot);
  }

  protected say(args: JsonObject): void {
    this.focusStage();
    void this.nudge(args);
  }

  private async nudge(args: JsonObject, spot: Spot | null = null): Promise<void> {
    const status = await this.play.tell('nudge', args);
    const before = this.nudging()?.marks ?? [];
    this.nudging.set(status ? nudgeOf(status, args, spot) : refusal(this.play.error()?.text ?? '', before));
  }

  /** Give the keys back to the game after a control has been pressed. */
  protected focusStage(): void {
    this.stage()?.nativeElement.focus({preventScroll: true});
  }

  protected togglePause(): void {
    void this.play.togglePause();
  }

  protected again(): void {
    void this.play.restart(null);
  }

  private actionOf(code: string): (() => void) | null {
    if (code === 'KeyP') return () => void this.play.togglePause();
    if (!this.led()) return null;
    if (code === 'KeyF') return () => void this.nudge({kind: 'formation'});
    if (code === 'KeyR') return () => void this.nudge({kind: 'release'});
    if (code === 'KeyH' || (code === 'Space' && !this.flies())) return () => void this.nudge({kind: 'hold'});
    return null;
  }

  private announce(text: string): void {
    this.banner.set(text);
    if (this.bannerTimer) clearTimeout(this.bannerTimer);
    this.bannerTimer = setTimeout(() => {
      this.banner.set('');
    }, BANNER_MS);
  }

  private steer(): void {
    const session = this.play.session();
    if (session) this.link.steer(session.id, this.stick.steering());
  }
}

/** Whether a key belongs to the control that has the focus rather than to the game. */
function isTyping({target, code}: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('input, select, textarea, [role="menu"], [role="dialog"]')) return true;
  return (code === 'Space' || code === 'Enter') && target.closest('button, a, summary') !== null;
}

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
import {GameSpec, JsonObject, World} from '../run-data/wire';
import {CanvasView} from '../widgets/canvas-view/canvas-view';
import {Spot} from '../widgets/canvas-view/fit';
import {Icon} from '../widgets/icon/icon';
import {Notice} from '../widgets/notice';
import {Crew} from './crew-list';
import {DecisionPanel} from './decision-panel';
import {Feed, FeedLine} from './feed';
import {Scoreboard} from './figures';
import {Hud} from './hud';
import {KeyHelp} from './key-help';
import {nudgeOf, Nudging, refusal} from './nudging';
import {PilotNetwork} from './pilot-network';
import {PlayerList} from './player-list';
import {Pointed, pointedAt, seated, tagsOf} from './pointing';
import {ReplayBar} from './replay-bar';
import {SpeedControl} from './speed-control';
import {Control, controlOf, directionOf, Stick} from './stick';
import {Touch, TouchControls} from './touch-controls';
import {Transport} from './transport';

const FRAMES_PER_SECOND = 60;
const BANNER_MS = 2600;

/** A game on the screen: flown by a person at the keyboard, by what has learned, or by both. */
@Component({
  selector: 'app-game-page',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [
    CanvasView,
    Crew,
    DecisionPanel,
    Hud,
    Icon,
    KeyHelp,
    MatButton,
    MatIconButton,
    MatTooltip,
    Notice,
    PilotNetwork,
    PlayerList,
    ReplayBar,
    RouterLink,
    SpeedControl,
    TouchControls,
    Transport,
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
  private readonly worlds = signal<readonly World[]>([]);
  private readonly world = computed(() => this.worlds().find(({name}) => name === this.play.session()?.world));
  private readonly stage = viewChild<ElementRef<HTMLElement>>('stage');
  private readonly stick = new Stick();
  private scoreboard = new Scoreboard();
  private feed = new Feed();
  private inspected: number | null = null;
  private inspectNext: number | null = null;
  private inspecting = false;
  private bannerTimer: ReturnType<typeof setTimeout> | null = null;

  protected readonly board = computed(() => this.scoreboard.read(this.play.figures()));
  protected readonly events = signal<readonly FeedLine[]>([]);
  /** What is told across the picture for a moment. */
  protected readonly banner = signal('');
  protected readonly nudging = signal<Nudging | null>(null);
  /** How the world is played; null until that is known. */
  protected readonly game = computed<GameSpec | null>(() => this.world()?.game ?? null);
  protected readonly hand = computed(() => this.game()?.hand ?? 'ship');
  protected readonly flies = computed(() => this.play.session()?.seats.some(({kind}) => kind === 'person') ?? false);
  protected readonly led = computed(
    () =>
      this.play.session()?.kind === 'game' &&
      this.world()?.nudges === true &&
      (this.play.session()?.seats.some(({kind, team}) => kind !== 'person' && team === 0) ?? false),
  );
  /** What was pressed and stays, and what is pointed at meanwhile. */
  protected readonly pinned = signal<string | null>(null);
  protected readonly pointed = signal<Pointed | null>(null);
  protected readonly looked = computed(() => this.pointed()?.key ?? this.pinned());
  protected readonly detail = computed(() => this.play.details()[this.looked() ?? ''] ?? null);
  protected readonly hasDetails = computed(() => seated(this.play.details()).length > 0);
  protected readonly networks = computed(
    () => this.play.session()?.seats.some(({kind}) => kind === 'policy' || kind === 'genome') ?? false,
  );
  protected readonly marks = computed(() => [
    ...(this.nudging()?.marks ?? []),
    ...tagsOf(this.looked() ?? '', this.detail()?.decision),
  ]);
  /** Whether the world waits for a person to say where to go. */
  protected readonly waits = computed(
    () =>
      this.flies() &&
      this.hand() === 'direction' &&
      this.play.session()?.kind === 'game' &&
      this.play.position().last === 0,
  );
  /** Where there are sides, the world numbers ships by their seats, from 1 on; one's own is called what it is. */
  protected readonly names = computed(() => {
    if (this.game()?.sides !== true) return {};
    const own = this.play.session()?.seats.find(({kind}) => kind === 'person');
    return own ? {[String(own.seat + 1)]: 'You'} : {};
  });
  protected readonly heading = computed(() => {
    const session = this.play.session();
    if (!session) return 'Game';
    if (session.kind === 'replay') return 'Replay';
    return this.flies() ? (this.hand() === 'direction' ? 'You play' : 'You fly') : 'Game';
  });
  protected readonly label = computed(() => {
    const session = this.play.session();
    const names = [...new Set(session?.seats.map(({name}) => name) ?? [])];
    return `${session?.world ?? 'The world'} with ${names.join(', ') || 'its own pilots'}`;
  });
  protected readonly recording = computed(() => this.api.recordingDownload(this.session()));

  constructor() {
    const games = inject(Games);
    this.api.worlds().then(
      ({worlds}) => {
        this.worlds.set(worlds);
      },
      () => undefined, // without it, the page shows what any game has
    );
    effect(() => {
      this.feed = new Feed(this.game()?.clock);
    });
    effect(() => {
      const first = seated(this.play.details()).find(([, {seat}]) => this.explains(seat))?.[0] ?? null;
      untracked(() => {
        this.pinned.update((pinned) => pinned ?? first);
      });
    });
    effect(() => {
      const seat = this.play.details()[this.looked() ?? '']?.seat ?? null;
      if (seat !== null) untracked(() => void this.inspect(seat));
    });
    effect(() => {
      const id = this.session();
      untracked(() => {
        this.scoreboard = new Scoreboard();
        this.feed = new Feed(this.game()?.clock);
        this.events.set([]);
        this.nudging.set(null);
        this.pinned.set(null);
        this.pointed.set(null);
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
      if (this.hand() === 'direction') this.go(control, event.repeat);
      else if (this.stick.press(event.code, control)) this.steer();
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
    if (this.hand() === 'direction') {
      if (down) this.go(control, false);
      return;
    }
    const changed = down ? this.stick.press(source, control) : this.stick.release(source);
    if (changed) this.steer();
  }

  protected letGo(): void {
    if (this.stick.clear()) this.steer();
  }

  protected click(spot: Spot): void {
    this.focusStage();
    const found = pointedAt(spot.about, this.play.details(), this.pinned());
    if (found) {
      this.pinned.set(found.key);
      this.pointed.set(found.part ? found : null);
    } else if (this.led()) void this.nudge({kind: 'click', x: spot.x, y: spot.y}, spot);
  }

  protected point(spot: Spot | null): void {
    this.pointed.set(spot && pointedAt(spot.about, this.play.details(), this.pinned()));
  }

  protected pointAt(key: string | null): void {
    this.pointed.set(key === null ? null : {key, part: ''});
  }

  protected nextSeed(): void {
    void this.play.restart((this.play.status()?.seed ?? this.play.session()?.seed ?? 0) + 1);
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
    if (code === 'Comma') return () => void this.play.step(-1);
    if (code === 'Period') return () => void this.play.step(1);
    if (!this.led()) return null;
    if (code === 'KeyF') return () => void this.nudge({kind: 'formation'});
    if (code === 'KeyR') return () => void this.nudge({kind: 'release'});
    if (code === 'KeyH' || (code === 'Space' && !this.flies())) return () => void this.nudge({kind: 'hold'});
    return null;
  }

  private go(control: Control, repeated: boolean): void {
    const [session, direction] = [this.play.session(), directionOf(control)];
    if (session && direction && !repeated) this.link.steer(session.id, direction);
  }

  /** Whether whoever sits there may have something to say about why they do what they do. */
  private explains(seat: number): boolean {
    return this.play.session()?.seats.some((each) => each.seat === seat && each.kind !== 'person') ?? false;
  }

  /** Only the newest wish is asked for, once the one before has been answered. */
  private async inspect(seat: number): Promise<void> {
    this.inspectNext = seat;
    if (this.inspecting) return;
    this.inspecting = true;
    while (this.inspectNext !== this.inspected) {
      const wanted = this.inspectNext;
      if (!(await this.play.tell('inspect', {seat: wanted}))) break;
      this.inspected = wanted;
    }
    this.inspecting = false;
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

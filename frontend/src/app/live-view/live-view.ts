import {ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked} from '@angular/core';
import {MatButton} from '@angular/material/button';
import {Router} from '@angular/router';
import {Api} from '../run-data/api';
import {RunDirectory} from '../run-data/run-directory';
import {RunFeed} from '../run-data/run-feed';
import {SessionPlayer} from '../run-data/session-player';
import {NewSession, World} from '../run-data/wire';
import {CanvasView} from '../widgets/canvas-view/canvas-view';
import {formatCount, formatValue} from '../widgets/format';
import {Icon} from '../widgets/icon/icon';
import {Notice} from '../widgets/notice';

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8] as const;
/** Who can play in any world. */
const EVERYWHERE = ['random'] as const;
const LARGEST_SEED = 2 ** 31;

/** A run's policy, or a scripted player, acting in its world before one's eyes. Training is not disturbed by it. */
@Component({
  selector: 'app-live-view',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [CanvasView, Icon, MatButton, Notice],
  providers: [SessionPlayer],
  templateUrl: './live-view.html',
  styleUrl: './live-view.scss',
})
export class LiveView {
  /** The run whose policy plays; without one, the newest that has a checkpoint. */
  readonly id = input<string>();
  readonly step = input<string>();
  readonly player = input<string>();

  private readonly api = inject(Api);
  private readonly router = inject(Router);
  protected readonly play = inject(SessionPlayer);
  /** The run on whose page this is; without a page there is none. */
  private readonly feed = inject(RunFeed, {optional: true});
  private readonly directory = inject(RunDirectory);
  private readonly worlds = signal<readonly World[]>([]);

  protected readonly speeds = SPEEDS;
  protected readonly speed = signal(1);
  protected readonly seed = signal('');
  protected readonly figures = computed(() => Object.entries(this.play.figures()));
  protected readonly chosenPlayer = computed(() => this.player() ?? 'policy');
  protected readonly players = computed(() => {
    const name = this.play.session()?.world ?? this.feed?.run()?.world;
    const world = this.worlds().find((each) => each.name === name);
    return ['policy', ...(world?.players ?? EVERYWHERE)];
  });
  /** The scripted player to show where there is no policy yet: worlds name the most able last. */
  protected readonly script = computed(() => this.players().at(-1) ?? 'random');
  protected readonly heading = computed(() => {
    const session = this.play.session();
    if (!session) return '';
    const who =
      session.player === 'policy' ? `The policy of ${session.run ?? 'the newest run'}` : `The ${session.player} player`;
    return `${who} in ${session.world}`;
  });
  /** What the steps of the run count, in the singular. */
  private readonly unit = computed(() => {
    const run = this.feed?.run() ?? this.directory.runs().find(({id}) => id === this.id());
    return run?.unit.one ?? 'step';
  });
  protected readonly which = computed(() => {
    const step = this.step();
    return step
      ? `the checkpoint of ${this.unit()} ${formatCount(Number(step))}`
      : 'the newest checkpoint, as it is saved';
  });
  protected readonly noPolicy = computed(() => this.play.error()?.code === 'no_checkpoint');

  constructor() {
    void this.loadWorlds();
    effect(() => {
      const wanted = this.wanted();
      untracked(() => void this.play.start(wanted));
    });
  }

  protected again(): void {
    void this.play.start(this.wanted());
  }

  protected choosePlayer(player: string): void {
    void this.router.navigate([], {
      queryParams: {player: player === 'policy' ? null : player},
      queryParamsHandling: 'merge',
      replaceUrl: true,
    });
  }

  protected followNewest(): void {
    void this.router.navigate([], {queryParams: {step: null}, queryParamsHandling: 'merge', replaceUrl: true});
  }

  protected chooseSpeed(event: Event): void {
    const speed = Number((event.target as HTMLSelectElement).value);
    this.speed.set(speed);
    void this.play.setSpeed(speed);
  }

  protected typeSeed(event: Event): void {
    this.seed.set((event.target as HTMLInputElement).value);
  }

  protected restart(event: Event): void {
    event.preventDefault();
    const seed = Number(this.seed());
    void this.play.restart(this.seed() !== '' && Number.isInteger(seed) && seed >= 0 ? seed : null);
  }

  protected anotherSeed(): void {
    const seed = Math.floor(Math.random() * LARGEST_SEED);
    this.seed.set(String(seed));
    void this.play.restart(seed);
  }

  protected show(value: string | number): string {
    return typeof value === 'number' && !Number.isInteger(value) ? formatValue(value) : String(value);
  }

  private wanted(): NewSession {
    const step = this.step();
    return {
      ...(this.id() ? {run: this.id()} : {}),
      ...(step && this.chosenPlayer() === 'policy' ? {step: Number(step)} : {}),
      player: this.chosenPlayer(),
      speed: untracked(this.speed),
    };
  }

  private async loadWorlds(): Promise<void> {
    // Without the list, the players that every world has are offered.
    const answer = await this.api.worlds().catch(() => null);
    if (answer) this.worlds.set(answer.worlds);
  }
}

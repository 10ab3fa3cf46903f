import {ChangeDetectionStrategy, Component, computed, inject, input, linkedSignal, signal} from '@angular/core';
import {ActivatedRoute, Router} from '@angular/router';
import {toSignal} from '@angular/core/rxjs-interop';
import {Api} from '../run-data/api';
import {ApiError} from '../run-data/api-error';
import {Games} from '../run-data/games';
import {readJsonFile} from '../run-data/json-file';
import {RunDirectory} from '../run-data/run-directory';
import {Elite, JsonObject, NewSession, World} from '../run-data/wire';
import {formatValue} from '../widgets/format';
import {Icon} from '../widgets/icon/icon';
import {Notice} from '../widgets/notice';
import {bestOf, Choice, ChoiceGroup, eliteChoice, eliteKey, PERSON, scriptedChoice, tunedChoice, Wanted} from './crew';
import {QuickStart, sided, suggested} from './quick-starts';
import {SeatsForm} from './seats-form';
import {SidesForm} from './sides-form';

/**
 * Where a game is put together: who plays, in which world. `?run=R&generation=N` puts an elite in, `?run=R` what R has
 * tuned; `?world=W` with `players=A,B`, `seed=S` and settings of the world names a game.
 */
@Component({
  selector: 'app-lobby',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Icon, Notice, SeatsForm, SidesForm],
  templateUrl: './lobby.html',
  styleUrl: './lobby.scss',
})
export class Lobby {
  readonly run = input<string>();
  readonly generation = input<string>();
  readonly world = input<string>();
  readonly players = input<string>();
  readonly seed = input<string>();

  private readonly api = inject(Api);
  private readonly games = inject(Games);
  private readonly router = inject(Router);
  private readonly query = toSignal(inject(ActivatedRoute).queryParamMap);
  private readonly directory = inject(RunDirectory);
  private readonly elites = signal<readonly Elite[]>([]);
  protected readonly worlds = signal<readonly World[] | null>(null);
  protected readonly chosen = linkedSignal(() => {
    const worlds = this.worlds() ?? [];
    const wanted = this.world() ?? this.directory.runs().find(({id}) => id === this.run())?.world;
    return worlds.find(({name, env_id: id}) => name === wanted || id === wanted) ?? worlds[0] ?? null;
  });
  protected readonly game = computed(() => this.chosen()?.game ?? null);
  protected readonly busy = signal(false);
  protected readonly error = signal('');

  protected readonly first = computed(() => {
    const [run, generation] = [this.run(), this.generation()];
    return run && generation ? eliteKey(run, Number(generation)) : PERSON.key;
  });
  protected readonly wantedPlayers = computed(() => {
    const [named, run] = [this.players()?.split(',').filter(Boolean) ?? [], this.run()];
    const tuned = run !== undefined && this.chosen()?.tuned.some(({name}) => name === bestOf(run));
    return named.length === 0 && tuned ? [PERSON.key, bestOf(run)] : named;
  });
  /** Settings of the world that stand in the address. */
  protected readonly wantedSettings = computed<JsonObject>(() => {
    const given = (this.game()?.settings ?? []).flatMap((name) => {
      const text = this.query()?.get(name);
      return text ? [[name, Number.isNaN(Number(text)) ? text : Number(text)] as const] : [];
    });
    return Object.fromEntries(given);
  });
  protected readonly words = computed(() =>
    this.game()?.sides
      ? 'Fly against what has learned, beside it, or watch it and give it a nudge.'
      : 'Let players meet, play against them, and see why they do what they do.',
  );

  protected readonly groups = computed<readonly ChoiceGroup[]>(() => {
    const world = this.chosen();
    const tuned = world?.tuned ?? [];
    const groups: ChoiceGroup[] = [
      {title: 'People', choices: world?.game?.hand ? [PERSON] : []},
      ...this.eliteGroups(),
      {title: 'Tuned by runs', choices: tuned.filter(({kind}) => kind === 'setting').map(tunedChoice)},
      {title: 'Presets', choices: tuned.filter(({kind}) => kind === 'preset').map(tunedChoice)},
      {title: 'Files', choices: tuned.filter(({kind}) => kind === 'file').map(tunedChoice)},
      {title: 'Other policies', choices: this.policyChoices()},
      {title: 'Scripted', choices: (world?.players ?? []).map(scriptedChoice)},
      {
        title: 'Brought along',
        choices: this.games.genomes().map(({name, genome}): Choice => ({
          key: `genome:${name}`,
          label: name,
          pilot: {kind: 'genome', name, genome},
        })),
      },
    ];
    return groups.filter(({choices}) => choices.length > 0);
  });
  protected readonly quickStarts = computed<readonly QuickStart[]>(() => {
    const world = this.chosen();
    if (!world) return [];
    return world.game?.sides ? sided(world, this.eliteOf(world)[0], this.groups()) : suggested(world, this.groups());
  });

  constructor() {
    void this.load();
    void this.directory.load();
  }

  protected chooseWorld(world: string): void {
    void this.router.navigate([], {queryParams: {world}, replaceUrl: true});
  }

  protected async replay(event: Event): Promise<void> {
    const field = event.target as HTMLInputElement;
    const file = field.files?.[0];
    if (!file) return;
    try {
      const recording = await readJsonFile(file);
      await this.open({replay: {recording}});
    } catch (thrown) {
      this.error.set(ApiError.from(thrown).text);
    } finally {
      field.value = '';
    }
  }

  protected start({seats, settings = {}, seed}: Wanted): void {
    const world = this.chosen();
    const byHand = seats.some(({pilot}) => pilot.kind === 'person');
    void this.open({
      ...(world ? {world: world.name} : {}),
      seats,
      world_config: settings,
      ...(seed === undefined ? {} : {seed}),
      ...(byHand ? {speed: world?.game?.hand_speed ?? 1} : {}),
    });
  }

  private async open(wanted: NewSession): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.error.set('');
    try {
      const session = await this.games.start(wanted);
      await this.router.navigate(['/game', session.id]);
    } catch (thrown) {
      this.error.set(ApiError.from(thrown).text);
    } finally {
      this.busy.set(false);
    }
  }

  /** Elites of runs in that world; of runs that are not known (any more), in case they are. */
  private eliteOf(world: World): readonly Elite[] {
    const runs = new Map(this.directory.runs().map((run) => [run.id, run]));
    return this.elites().filter(({run}) => {
      const known = runs.get(run);
      return known === undefined ? world.game?.sides === true : known.world === world.name;
    });
  }

  private eliteGroups(): ChoiceGroup[] {
    const world = this.chosen();
    const runs = new Map<string, Elite[]>();
    for (const elite of world ? this.eliteOf(world) : []) runs.set(elite.run, [...(runs.get(elite.run) ?? []), elite]);
    const names = new Map(this.directory.runs().map((run) => [run.id, run.name]));
    return [...runs].map(([run, elites]) => ({
      title: `Elites of ${names.get(run) || run}`,
      choices: elites.map((elite) => eliteChoice(elite, formatValue)),
    }));
  }

  /** Runs that leave checkpoints rather than elites: a tuner's is its incumbent, followed from game to game. */
  private policyChoices(): Choice[] {
    const world = this.chosen();
    const withElites = new Set(this.elites().map(({run}) => run));
    return this.directory
      .runs()
      .filter((run) => !withElites.has(run.id) && run.world !== null && run.world === world?.name)
      .map(({id, name}) => ({
        key: `policy:${id}`,
        label: `Newest checkpoint of ${name || id}`,
        pilot: {kind: 'policy', run: id},
      }));
  }

  private async load(): Promise<void> {
    try {
      const [{worlds}, {elites}] = await Promise.all([this.api.worlds(), this.api.allElites()]);
      this.elites.set(elites);
      this.worlds.set(worlds.filter(({game}) => game !== null));
    } catch (thrown) {
      this.error.set(ApiError.from(thrown).text);
      this.worlds.set([]);
    }
  }
}

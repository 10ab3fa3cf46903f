import {NgTemplateOutlet} from '@angular/common';
import {ChangeDetectionStrategy, Component, computed, inject, input, linkedSignal, signal} from '@angular/core';
import {MatButton, MatIconButton} from '@angular/material/button';
import {Router} from '@angular/router';
import {Api} from '../run-data/api';
import {ApiError} from '../run-data/api-error';
import {Games} from '../run-data/games';
import {readJsonFile} from '../run-data/json-file';
import {RunDirectory} from '../run-data/run-directory';
import {Elite, NewSession, World} from '../run-data/wire';
import {formatValue} from '../widgets/format';
import {Icon} from '../widgets/icon/icon';
import {IconName} from '../widgets/icon/icons';
import {Notice} from '../widgets/notice';
import {
  Choice,
  ChoiceGroup,
  crewFault,
  eliteChoice,
  eliteKey,
  MAX_SQUAD,
  PERSON,
  scriptedChoice,
  seatsOf,
  Squad,
} from './crew';

interface QuickStart {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly squads: readonly Squad[];
}

/** Where a game is put together: who flies on either side, in which world. `?run=R&generation=N` puts an elite in. */
@Component({
  selector: 'app-lobby',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Icon, MatButton, MatIconButton, NgTemplateOutlet, Notice],
  templateUrl: './lobby.html',
  styleUrl: './lobby.scss',
})
export class Lobby {
  readonly run = input<string>();
  readonly generation = input<string>();

  private readonly api = inject(Api);
  private readonly games = inject(Games);
  private readonly router = inject(Router);
  private readonly directory = inject(RunDirectory);
  private readonly elites = signal<readonly Elite[]>([]);
  protected readonly worlds = signal<readonly World[] | null>(null);
  protected readonly world = linkedSignal(() => this.worlds()?.[0] ?? null);
  protected readonly teams = signal<1 | 2>(1);
  protected readonly squads = linkedSignal<readonly Squad[]>(() => {
    const [run, generation] = [this.run(), this.generation()];
    const choice = run && generation ? eliteKey(run, Number(generation)) : PERSON.key;
    return [{choice, count: 1, team: 0}];
  });
  protected readonly seed = signal('');
  protected readonly busy = signal(false);
  protected readonly error = signal('');
  protected readonly maxSquad = MAX_SQUAD;

  protected readonly groups = computed<readonly ChoiceGroup[]>(() => {
    const groups: ChoiceGroup[] = [
      {title: 'People', choices: [PERSON]},
      ...this.eliteGroups(),
      {title: 'Other policies', choices: this.policyChoices()},
      {title: 'Scripted', choices: (this.world()?.players ?? []).map(scriptedChoice)},
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
  protected readonly fault = computed(() => crewFault(this.squads(), this.groups(), this.teams()));
  protected readonly quickStarts = computed<readonly QuickStart[]>(() => {
    const [newest] = this.elites();
    const ace = this.world()?.players.find((name) => name !== 'random');
    const you: Squad = {choice: PERSON.key, count: 1, team: 0};
    const champion = newest ? eliteKey(newest.run, newest.generation) : null;
    const rival = champion ?? (ace ? scriptedChoice(ace).key : null);
    const rivals = champion ? 'the champion' : 'the ace';
    return [
      {
        icon: 'sports_esports',
        title: 'Fly it yourself',
        text: 'You alone against wave after wave.',
        squads: [you],
      },
      ...(rival
        ? ([
            {
              icon: 'visibility',
              title: `Watch ${rivals}`,
              text: champion ? 'The newest elite against the waves; nudge it as it flies.' : 'The best scripted pilot.',
              squads: [{choice: rival, count: 1, team: 0}],
            },
            {
              icon: 'groups',
              title: `Lead a squad`,
              text: `You and four times ${rivals}, against the waves.`,
              squads: [you, {choice: rival, count: 4, team: 0}],
            },
            {
              icon: 'swords',
              title: `Duel ${rivals}`,
              text: 'One against one.',
              squads: [you, {choice: rival, count: 1, team: 1}],
            },
          ] as const)
        : []),
    ];
  });

  constructor() {
    void this.load();
    void this.directory.load();
  }

  protected squadsOf(team: number): readonly {squad: Squad; index: number}[] {
    return this.squads()
      .map((squad, index) => ({squad, index}))
      .filter(({squad}) => squad.team === team);
  }

  protected chooseWorld(event: Event): void {
    const name = (event.target as HTMLSelectElement).value;
    this.world.set(this.worlds()?.find((world) => world.name === name) ?? null);
  }

  protected oppose(teams: 1 | 2): void {
    this.teams.set(teams);
    if (teams === 1) this.squads.update((squads) => squads.filter(({team}) => team === 0));
    else if (!this.squads().some(({team}) => team === 1)) this.add(1);
  }

  protected add(team: number): void {
    const others = this.groups().filter(({title}) => title !== 'People');
    const choice = others[0]?.choices[0] ?? PERSON;
    this.squads.update((squads) => [...squads, {choice: choice.key, count: 1, team}]);
  }

  protected change(index: number, changes: Partial<Squad>): void {
    this.squads.update((squads) => squads.map((squad, i) => (i === index ? {...squad, ...changes} : squad)));
  }

  protected remove(index: number): void {
    this.squads.update((squads) => squads.filter((_, i) => i !== index));
  }

  protected valueOf(event: Event): string {
    return (event.target as HTMLInputElement | HTMLSelectElement).value;
  }

  protected countOf(event: Event): number {
    return Math.min(MAX_SQUAD, Math.max(1, Math.round(Number(this.valueOf(event))) || 1));
  }

  protected quick(start: QuickStart): void {
    this.squads.set(start.squads);
    this.teams.set(start.squads.some(({team}) => team === 1) ? 2 : 1);
    void this.start();
  }

  protected submit(event: Event): void {
    event.preventDefault();
    void this.start();
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

  private async start(): Promise<void> {
    const fault = this.fault();
    this.error.set(fault);
    if (fault) return;
    const seed = Number(this.seed());
    const world = this.world();
    await this.open({
      ...(world ? {world: world.name} : {}),
      seats: seatsOf(this.squads(), this.groups()),
      ...(this.seed() !== '' && Number.isInteger(seed) && seed >= 0 ? {seed} : {}),
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

  private eliteGroups(): ChoiceGroup[] {
    const runs = new Map<string, Elite[]>();
    for (const elite of this.elites()) runs.set(elite.run, [...(runs.get(elite.run) ?? []), elite]);
    const names = new Map(this.directory.runs().map((run) => [run.id, run.name]));
    return [...runs].map(([run, elites]) => ({
      title: `Elites of ${names.get(run) || run}`,
      choices: elites.map((elite) => eliteChoice(elite, formatValue)),
    }));
  }

  /** Runs in this world that leave checkpoints rather than elites. */
  private policyChoices(): Choice[] {
    const world = this.world();
    const withElites = new Set(this.elites().map(({run}) => run));
    return this.directory
      .runs()
      .filter(
        ({id, config}) => !withElites.has(id) && (config['env'] === world?.name || config['env'] === world?.env_id),
      )
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
      this.worlds.set(worlds.filter((world) => world.nudges));
    } catch (thrown) {
      this.error.set(ApiError.from(thrown).text);
      this.worlds.set([]);
    }
  }
}

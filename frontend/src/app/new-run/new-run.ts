import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  signal,
  untracked,
} from '@angular/core';
import {MatButton} from '@angular/material/button';
import {Router, RouterLink} from '@angular/router';
import {Api} from '../run-data/api';
import {ApiError} from '../run-data/api-error';
import {ConfigForm} from '../run-data/config-form';
import {allFields, merged} from '../run-data/config-schema';
import {Games} from '../run-data/games';
import {RunDirectory} from '../run-data/run-directory';
import {JsonObject, NewRun, Preset, Run, TrainingSystem, World} from '../run-data/wire';
import {formatCount} from '../widgets/format';
import {Icon} from '../widgets/icon/icon';
import {Notice} from '../widgets/notice';
import {tellAllFaults} from './all-faults';
import {ConfigGroup} from './config-group';
import {describedFor, worldOf} from './world-settings';

const SEED_GENOMES = 'seed_genomes';

/**
 * The form for a new run, drawn from the schema of the chosen system. It can begin from a preset, from another run's
 * config (`?like=RUN`), go on from a checkpoint (`?from=RUN&step=N`), or breed from a genome (`?genome=NAME`).
 */
@Component({
  selector: 'app-new-run',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [ConfigGroup, Icon, MatButton, Notice, RouterLink],
  templateUrl: './new-run.html',
  styleUrl: './new-run.scss',
})
export class NewRunPage {
  readonly from = input<string>();
  readonly step = input<string>();
  readonly like = input<string>();
  readonly genome = input<string>();

  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly directory = inject(RunDirectory);
  private readonly games = inject(Games);
  protected readonly origin = signal<Run | null>(null);
  protected readonly systems = signal<readonly TrainingSystem[] | null>(null);
  protected readonly system = signal<TrainingSystem | null>(null);
  protected readonly preset = signal<Preset | null>(null);
  protected readonly name = signal('');
  protected readonly notes = signal('');
  protected readonly tags = signal('');
  protected readonly busy = signal(false);
  protected readonly loadError = signal('');
  protected readonly error = signal('');

  /** The genome that the first generation is bred from, if this tab has it and the system breeds. */
  protected readonly founder = computed(() => {
    const name = this.genome();
    const breeds = SEED_GENOMES in (this.system()?.defaults ?? {});
    return breeds ? (this.games.genomes().find((each) => each.name === name) ?? null) : null;
  });
  protected readonly forks = computed(() => this.from() !== undefined && this.step() !== undefined);
  protected readonly heading = computed(() => (this.forks() ? 'Continue from a checkpoint' : 'New run'));
  private readonly worlds = signal<readonly World[]>([]);
  private readonly env = signal<unknown>(null);
  private readonly world = computed(() => worldOf(this.worlds(), this.env()));
  protected readonly form = linkedSignal<{system: TrainingSystem | null; world: World | undefined}, ConfigForm | null>({
    source: () => ({system: this.system(), world: this.world()}),
    computation: ({system, world}, previous) => {
      if (!system) return null;
      const {schema, defaults} = describedFor(system, world);
      const before = previous?.source.system === system ? previous.value : null;
      return new ConfigForm(schema, defaults, before ?? undefined);
    },
  });
  protected readonly changes = computed(() => {
    const form = this.form();
    if (!form) return [];
    const changed = form.changed();
    return allFields(form.group)
      .filter((field) => changed.has(field.path))
      .map((field) => ({field, value: form.textOf(field) || 'none'}));
  });
  /** Fields that something is wrong with, in the order of the form. */
  protected readonly faults = computed(() => {
    const form = this.form();
    const errors = form?.errors();
    return form && errors ? allFields(form.group).filter(({path}) => errors.has(path)) : [];
  });
  protected readonly count = formatCount;

  constructor() {
    effect(() => {
      this.env.set(this.form()?.valueAt('env'));
    });
    effect(() => {
      const [from, like] = [this.from(), this.like()];
      untracked(() => void this.load(from ?? like));
    });
  }

  protected chooseSystem(system: TrainingSystem): void {
    this.system.set(system);
    this.error.set('');
    const origin = this.origin();
    const standard = system.presets.find((preset) => preset.name === system.defaults['env']) ?? null;
    this.preset.set(origin ? null : standard);
    this.form()?.start(origin?.config ?? standard?.config ?? {});
  }

  protected choosePreset(preset: Preset | null): void {
    this.preset.set(preset);
    this.error.set('');
    this.form()?.start(preset?.config ?? {});
  }

  protected textOf(event: Event): string {
    return (event.target as HTMLInputElement | HTMLTextAreaElement).value;
  }

  protected async submit(event: Event): Promise<void> {
    event.preventDefault();
    const [system, form] = [this.system(), this.form()];
    if (!system || !form || this.busy()) return;
    this.busy.set(true);
    this.error.set('');
    form.forgive();
    const {config, whole} = form.readable();
    try {
      if (whole) await this.create(system, form, config);
      else await this.tellFaults(system, form, config, null);
    } finally {
      this.busy.set(false);
    }
  }

  /** Go to a field that something is wrong with. */
  protected goTo(path: string): void {
    const control = document.getElementById(`field-${path}`);
    control?.scrollIntoView({block: 'center'});
    control?.focus({preventScroll: true});
  }

  private async create(system: TrainingSystem, form: ConfigForm, config: JsonObject): Promise<void> {
    try {
      const run = await this.api.createRun(this.wanted(system, config));
      this.directory.put([run]);
      await this.router.navigate(['/runs', run.id]);
    } catch (thrown) {
      await this.tellFaults(system, form, config, ApiError.from(thrown));
    }
  }

  /** Say all that is wrong, each at its field, and go to the first. */
  private async tellFaults(
    system: TrainingSystem,
    form: ConfigForm,
    config: JsonObject,
    first: ApiError | null,
  ): Promise<void> {
    const check = (rest: JsonObject): Promise<ApiError | null> =>
      this.api.checkConfig(system.name, rest, this.preset()?.name).then(
        () => null,
        (thrown: unknown) => ApiError.from(thrown),
      );
    this.error.set(await tellAllFaults(form, this.wholeConfig(system, config), first, check));
    const [fault] = this.faults();
    if (fault) {
      requestAnimationFrame(() => {
        this.goTo(fault.path);
      });
    }
  }

  private wanted(system: TrainingSystem, touched: JsonObject): NewRun {
    const tags = this.tags()
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '');
    const preset = this.preset();
    const founder = this.founder();
    return {
      system: system.name,
      config: {...this.wholeConfig(system, touched), ...(founder ? {[SEED_GENOMES]: [founder.genome]} : {})},
      ...(preset ? {preset: preset.name} : {}),
      ...(this.name().trim() ? {name: this.name().trim()} : {}),
      ...(this.notes() ? {notes: this.notes()} : {}),
      ...(tags.length > 0 ? {tags} : {}),
      ...(this.forks() ? {from_checkpoint: {run: this.from() ?? '', step: Number(this.step())}} : {}),
    };
  }

  /** With a preset only what differs from it, else everything, so that what was seen is what is run. */
  private wholeConfig(system: TrainingSystem, touched: JsonObject): JsonObject {
    if (this.preset()) return touched;
    return merged(this.origin()?.config ?? system.defaults, touched);
  }

  private async load(origin: string | undefined): Promise<void> {
    try {
      const [{systems}, {worlds}, run] = await Promise.all([
        this.api.systems(origin !== undefined),
        this.api.worlds(),
        origin ? this.api.run(origin) : null,
      ]);
      this.systems.set(systems);
      this.worlds.set(worlds);
      this.origin.set(run);
      const breeds = this.genome() ? systems.find((system) => SEED_GENOMES in system.defaults) : undefined;
      const chosen = run ? systems.find((system) => system.name === run.system) : (breeds ?? systems[0]);
      if (chosen) this.chooseSystem(chosen);
      else if (run) this.loadError.set(`This server does not offer the system "${run.system}" for new runs.`);
      if (run && this.forks())
        this.name.set(`${run.name || run.id}, from ${run.unit.one} ${formatCount(Number(this.step()))}`);
    } catch (thrown) {
      this.loadError.set(ApiError.from(thrown).text);
    }
  }
}

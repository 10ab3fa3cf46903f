import {ChangeDetectionStrategy, Component, computed, input, linkedSignal, output, signal} from '@angular/core';
import {MatButton, MatIconButton} from '@angular/material/button';
import {ConfigForm} from '../run-data/config-form';
import {isObject, merged} from '../run-data/config-schema';
import {GameSpec, JsonObject, World} from '../run-data/wire';
import {Icon} from '../widgets/icon/icon';
import {SchemaField} from '../widgets/schema-field';
import {ChoiceSelect} from './choice-select';
import {ChoiceGroup, keyOf, seatsFault, seatsFor, seedOf, Wanted} from './crew';
import {StartBar} from './start-bar';

const NO_GAME: GameSpec = {
  min_seats: 1,
  max_seats: 1,
  sides: false,
  clock: 'seconds',
  dark: false,
  endless: true,
  hand: '',
  hand_speed: 1,
  settings: [],
  starts: [],
};

/** A game in which each plays for itself: who sits in which seat, and the settings that the world offers for games. */
@Component({
  selector: 'app-seats-form',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [ChoiceSelect, Icon, MatButton, MatIconButton, SchemaField, StartBar],
  templateUrl: './seats-form.html',
  styleUrl: './game-form.scss',
})
export class SeatsForm {
  readonly world = input.required<World>();
  readonly groups = input.required<readonly ChoiceGroup[]>();
  /** Names of the players to begin with, by default those of the world's first suggestion. */
  readonly first = input<readonly string[]>([]);
  readonly settings = input<JsonObject>({});
  readonly seed = input('');
  readonly busy = input(false);
  readonly error = input('');
  readonly wanted = output<Wanted>();

  protected readonly spec = computed(() => this.world().game ?? NO_GAME);
  protected readonly typedSeed = linkedSignal(() => this.seed());
  protected readonly complaint = signal('');
  protected readonly keys = linkedSignal<readonly string[]>(() => {
    const names = this.first().length > 0 ? this.first() : (this.spec().starts[0]?.players ?? []);
    return names.map((name) => keyOf(name, this.world()));
  });
  /** A form of those settings only that a game is put together with. */
  protected readonly form = computed(() => {
    const {config_schema: schema, defaults} = this.world();
    const all = isObject(schema['properties']) ? schema['properties'] : {};
    const properties = Object.fromEntries(this.spec().settings.map((name) => [name, all[name]]));
    return new ConfigForm({...schema, properties}, merged(defaults, this.settings()));
  });

  protected colourOf(seat: number): string {
    return `var(--view-player-${String((seat % 8) + 1)})`;
  }

  protected add(): void {
    this.keys.update((keys) => [...keys, keys.findLast((key) => key !== 'person') ?? this.another()]);
  }

  protected change(seat: number, key: string): void {
    this.keys.update((keys) => keys.map((each, i) => (i === seat ? key : each)));
  }

  protected remove(seat: number): void {
    this.keys.update((keys) => keys.filter((_, i) => i !== seat));
  }

  protected submit(event: Event): void {
    event.preventDefault();
    const seats = seatsFor(this.keys(), this.groups());
    const typed = this.form().touched();
    this.complaint.set(seatsFault(seats, this.spec()));
    if (!typed || this.complaint()) return;
    this.wanted.emit({seats, settings: merged(this.settings(), typed), ...seedOf(this.typedSeed())});
  }

  private another(): string {
    return this.groups().find(({title}) => title !== 'People')?.choices[0]?.key ?? '';
  }
}

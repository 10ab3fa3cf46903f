import {NgTemplateOutlet} from '@angular/common';
import {ChangeDetectionStrategy, Component, computed, input, linkedSignal, output, signal} from '@angular/core';
import {MatButton, MatIconButton} from '@angular/material/button';
import {Icon} from '../widgets/icon/icon';
import {ChoiceSelect} from './choice-select';
import {ChoiceGroup, crewFault, MAX_SQUAD, PERSON, seatsOf, seedOf, Squad, Wanted} from './crew';
import {StartBar} from './start-bar';

/** A game of two sides: squads on one's own, and the world's enemies or other squads against them. */
@Component({
  selector: 'app-sides-form',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [ChoiceSelect, Icon, MatButton, MatIconButton, NgTemplateOutlet, StartBar],
  templateUrl: './sides-form.html',
  styleUrl: './game-form.scss',
})
export class SidesForm {
  readonly groups = input.required<readonly ChoiceGroup[]>();
  /** Key of who is there at first. */
  readonly first = input<string>(PERSON.key);
  readonly busy = input(false);
  readonly error = input('');
  readonly wanted = output<Wanted>();

  protected readonly maxSquad = MAX_SQUAD;
  protected readonly teams = signal<1 | 2>(1);
  protected readonly seed = signal('');
  protected readonly complaint = signal('');
  protected readonly squads = linkedSignal<readonly Squad[]>(() => [{choice: this.first(), count: 1, team: 0}]);
  private readonly fault = computed(() => crewFault(this.squads(), this.groups(), this.teams()));

  protected squadsOf(team: number): readonly {squad: Squad; index: number}[] {
    return this.squads()
      .map((squad, index) => ({squad, index}))
      .filter(({squad}) => squad.team === team);
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

  protected countOf(event: Event): number {
    return Math.min(MAX_SQUAD, Math.max(1, Math.round((event.target as HTMLInputElement).valueAsNumber) || 1));
  }

  protected submit(event: Event): void {
    event.preventDefault();
    this.complaint.set(this.fault());
    if (!this.fault()) this.wanted.emit({seats: seatsOf(this.squads(), this.groups()), ...seedOf(this.seed())});
  }
}

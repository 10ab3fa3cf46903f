import {ChangeDetectionStrategy, Component, computed, input} from '@angular/core';
import {RouterLink} from '@angular/router';
import {Seat} from '../run-data/wire';
import {Icon} from '../widgets/icon/icon';
import {IconName} from '../widgets/icon/icons';

const ICON_OF: Readonly<Record<Seat['kind'], IconName>> = {
  person: 'person',
  policy: 'smart_toy',
  genome: 'hub',
  scripted: 'terminal',
  tuned: 'tune',
};

interface Squad {
  readonly seat: Seat;
  readonly count: number;
  readonly icon: IconName;
}

/** Who flies: equal pilots of one team stand together. */
@Component({
  selector: 'app-crew',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Icon, RouterLink],
  template: `
    <h2>Pilots</h2>
    <ul data-testid="crew">
      @for (squad of squads(); track squad.seat.seat) {
        <li>
          <span class="team" [class.other]="squad.seat.team > 0"><app-icon [name]="squad.icon" /></span>
          <span class="name">
            @if (squad.seat.run; as run) {
              <a [routerLink]="['/runs', run]">{{ squad.seat.name }}</a>
            } @else {
              {{ squad.seat.name }}
            }
          </span>
          @if (squad.count > 1) {
            <span class="number muted">×{{ squad.count }}</span>
          }
          <span class="muted side">{{ teams() > 1 ? 'side ' + (squad.seat.team + 1) : '' }}</span>
        </li>
      }
    </ul>
  `,
  styles: `
    :host {
      display: grid;
      gap: 8px;
    }
    ul {
      display: grid;
      gap: 6px;
      margin: 0;
      padding: 0;
      list-style: none;
    }
    li {
      display: flex;
      align-items: center;
      gap: 9px;
    }
    .team {
      display: grid;
      flex: none;
      place-items: center;
      width: 28px;
      height: 28px;
      border-radius: 8px;
      background: color-mix(in srgb, var(--view-accent) 18%, transparent);
      color: var(--view-accent);
    }
    .other {
      background: color-mix(in srgb, var(--view-accent-2) 18%, transparent);
      color: var(--view-accent-2);
    }
    app-icon {
      width: 18px;
      height: 18px;
    }
    .name {
      min-width: 0;
      overflow-wrap: anywhere;
    }
    .side {
      margin-left: auto;
      font-size: 12px;
      white-space: nowrap;
    }
  `,
})
export class Crew {
  readonly seats = input.required<readonly Seat[]>();

  protected readonly teams = computed(() => new Set(this.seats().map(({team}) => team)).size);
  protected readonly squads = computed<readonly Squad[]>(() => {
    const squads = new Map<string, Squad>();
    for (const seat of this.seats()) {
      const key = [seat.team, seat.kind, seat.name].join();
      const count = (squads.get(key)?.count ?? 0) + 1;
      squads.set(key, {
        seat: squads.get(key)?.seat ?? seat,
        count,
        icon: seat.generation === undefined ? ICON_OF[seat.kind] : 'trophy',
      });
    }
    return [...squads.values()];
  });
}

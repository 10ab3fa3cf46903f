import {ChangeDetectionStrategy, Component, computed, input, output} from '@angular/core';
import {MatButton, MatIconButton} from '@angular/material/button';
import {MatTooltip} from '@angular/material/tooltip';
import {Elite, MetricSpec} from '../run-data/wire';
import {Ago} from '../widgets/ago';
import {formatValue} from '../widgets/format';
import {Icon} from '../widgets/icon/icon';
import {EliteNetwork} from './elite-network';
import {statsOf} from './stats';

/** One elite: what it is worth, how it flew, what its network looks like, and what can be done with it. */
@Component({
  selector: 'app-elite-card',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Ago, EliteNetwork, Icon, MatButton, MatIconButton, MatTooltip],
  templateUrl: './elite-card.html',
  styleUrl: './elite-card.scss',
  host: {class: 'card', 'data-testid': 'elite-card'},
})
export class EliteCard {
  readonly elite = input.required<Elite>();
  readonly metrics = input.required<readonly MetricSpec[]>();
  readonly best = input(false);
  readonly compared = input(false);
  readonly busy = input(false);
  readonly downloadUrl = input.required<string>();

  readonly flown = output();
  readonly bred = output();
  readonly traced = output();
  readonly comparedChange = output<boolean>();

  protected readonly fitness = computed(() => formatValue(this.elite().fitness));
  protected readonly stats = computed(() => statsOf(this.elite(), this.metrics()));
}

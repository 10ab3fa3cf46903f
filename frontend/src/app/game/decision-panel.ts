import {ChangeDetectionStrategy, Component, computed, input} from '@angular/core';
import {Detail} from '../run-data/wire';
import {formatScore} from '../widgets/format';
import {Icon} from '../widgets/icon/icon';
import {silentTerms, termRows} from './pointing';

/** Why somebody does next what they do: every choice with its score, term by term, the chosen one marked. */
@Component({
  selector: 'app-decision-panel',
  changeDetection: ChangeDetectionStrategy.OnPush,
  imports: [Icon],
  templateUrl: './decision-panel.html',
  styleUrl: './decision-panel.scss',
})
export class DecisionPanel {
  readonly detail = input.required<Detail>();
  /** Name of the choice that is pointed at, "" for none. */
  readonly part = input('');
  /** Whether it stays when the pointer leaves. */
  readonly pinned = input(false);
  /** Whether an explanation was asked for and has not come. */
  readonly asking = input(false);

  protected readonly decision = computed(() => this.detail().decision ?? null);
  protected readonly choices = computed(() => this.decision()?.choices ?? []);
  protected readonly rows = computed(() => termRows(this.choices()));
  protected readonly silent = computed(() => silentTerms(this.choices()).map((term) => this.wordsOf(term)));
  protected readonly scored = computed(() => this.choices().some(({score}) => score !== null));
  protected readonly searched = computed(() => this.choices().some(({total}) => total !== null));
  protected readonly number = computed(() => String((this.detail().seat ?? 0) + 1));
  protected readonly silence = computed(() => {
    const {state} = this.detail();
    if (this.asking() && !state) return 'Asking…';
    return state || 'It decides without saying why: a person, a network, or the game is over.';
  });

  protected show(value: number | null): string {
    return value === null ? '–' : formatScore(value);
  }

  protected wordsOf(term: string): string {
    return term.replaceAll('_', ' ');
  }

  /** A tint for a value: how much it speaks for the choice or against it. */
  protected tint(share: number): string {
    if (share === 0) return 'transparent';
    const colour = share > 0 ? 'var(--plus)' : 'var(--minus)';
    return `color-mix(in srgb, ${colour} ${String(Math.round(Math.abs(share) * 26))}%, transparent)`;
  }
}

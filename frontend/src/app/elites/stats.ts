import {Elite, MetricSpec} from '../run-data/wire';
import {formatPercent, formatValue} from '../widgets/format';

export interface Stat {
  readonly name: string;
  readonly title: string;
  readonly value: number | null;
  readonly text: string;
}

const SHARES = new Set(['accuracy', 'success_rate']);

/** How an elite flew, under the titles of the run's metrics where these have one. */
export function statsOf(elite: Elite, metrics: readonly MetricSpec[]): readonly Stat[] {
  return Object.entries(elite.performance_stats).map(([name, value]) => {
    const metric = metrics.find((each) => each.name === name);
    const unit = metric?.unit && !SHARES.has(name) ? ` ${metric.unit}` : '';
    const text = value !== null && SHARES.has(name) ? formatPercent(value) : `${formatValue(value)}${unit}`;
    return {name, title: metric?.title ?? titleOf(name), value, text};
  });
}

function titleOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

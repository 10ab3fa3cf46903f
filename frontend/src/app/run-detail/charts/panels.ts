import {MetricSpec} from '../../run-data/wire';

/** The metrics that share one chart. */
export interface Panel {
  readonly title: string;
  readonly metrics: readonly MetricSpec[];
}

const LEADING_PANELS = 3;

/** Charts in the order in which the system declares their first metric. */
export function panelsOf(metrics: readonly MetricSpec[]): Panel[] {
  const byTitle = new Map<string, MetricSpec[]>();
  for (const metric of metrics) {
    if (metric.panel === '') continue;
    const panel = byTitle.get(metric.panel);
    if (panel) panel.push(metric);
    else byTitle.set(metric.panel, [metric]);
  }
  return [...byTitle].map(([title, members]) => ({title, metrics: members}));
}

/** What figures are called where they stand alone: those of several charts that share a title by their chart as well. */
export function titlesOf(metrics: readonly MetricSpec[]): ReadonlyMap<string, string> {
  const times = new Map<string, number>();
  for (const {title} of metrics) times.set(title, (times.get(title) ?? 0) + 1);
  return new Map(
    metrics.map(({name, title, panel}) => [name, (times.get(title) ?? 0) > 1 && panel ? `${panel}: ${title}` : title]),
  );
}

/**
 * Which figures stand first: those without a chart, the primary one, all of the leading charts and the first of every
 * other chart. The rest is for those who ask.
 */
export function headlines(metrics: readonly MetricSpec[]): {first: MetricSpec[]; rest: MetricSpec[]} {
  const chosen = new Set(metrics.filter((metric) => metric.panel === '' || metric.primary));
  panelsOf(metrics).forEach((panel, i) => {
    for (const metric of i < LEADING_PANELS ? panel.metrics : panel.metrics.slice(0, 1)) chosen.add(metric);
  });
  return {
    first: metrics.filter((metric) => chosen.has(metric)),
    rest: metrics.filter((metric) => !chosen.has(metric)),
  };
}

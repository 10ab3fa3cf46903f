import {MetricSpec} from '../../run-data/wire';
import {headlines, panelsOf, titlesOf} from './panels';

function metric(name: string, panel: string, primary = false): MetricSpec {
  return {
    name,
    title: name,
    doc: '',
    unit: '',
    panel,
    better: 'higher',
    aggregate: 'mean',
    deterministic: true,
    primary,
    begins_anew_with: [],
  };
}

const METRICS = [
  metric('episode', ''),
  metric('episode_reward', 'Reward'),
  metric('loss', 'Loss'),
  metric('avg_reward_100', 'Reward'),
  metric('success_rate', 'Success rate'),
  metric('entropy', 'Exploration'),
  metric('exploration_rate', 'Exploration'),
  metric('eval_return', 'Evaluation', true),
];

describe('panelsOf', () => {
  it('puts charts in the order in which their first metric is declared, whatever the system.', () => {
    expect(panelsOf(METRICS).map((panel) => panel.title)).toEqual([
      'Reward',
      'Loss',
      'Success rate',
      'Exploration',
      'Evaluation',
    ]);
  });

  it('lets metrics of one panel share a chart.', () => {
    expect(panelsOf(METRICS)[0]?.metrics.map((each) => each.name)).toEqual(['episode_reward', 'avg_reward_100']);
  });
});

describe('headlines', () => {
  it('shows tile-only figures, the primary one and the leading charts first.', () => {
    const {first, rest} = headlines(METRICS);
    expect(first.map((each) => each.name)).toContain('episode');
    expect(first.map((each) => each.name)).toContain('eval_return');
    expect(rest.map((each) => each.name)).toEqual(['exploration_rate']);
  });
});

describe('titlesOf', () => {
  it('tells figures of several charts apart that have one title, and leaves others alone.', () => {
    const judged = {...metric('judged_spsa', 'Judged'), title: 'SPSA'};
    const accepted = {...metric('accepted_spsa', 'Accepted'), title: 'SPSA'};
    const titles = titlesOf([judged, accepted, metric('speed', 'Speed')]);
    expect([...titles.values()]).toEqual(['Judged: SPSA', 'Accepted: SPSA', 'speed']);
  });
});

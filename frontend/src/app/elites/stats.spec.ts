import {Elite, MetricSpec} from '../run-data/wire';
import {statsOf} from './stats';

function elite(performance_stats: Elite['performance_stats']): Elite {
  return {
    run: 'neat-1',
    generation: 25,
    genome_id: '1',
    fitness: 1,
    parents: [],
    timestamp: 0,
    final: false,
    sha256: '',
    species: null,
    performance_stats,
  };
}

const SURVIVAL = {name: 'survival_time', title: 'Survival', unit: 's'} as MetricSpec;

describe('statsOf', () => {
  it('takes titles and units from the metrics of the run.', () => {
    expect(statsOf(elite({survival_time: 29.5, damage_dealt: 12_500}), [SURVIVAL])).toEqual([
      {name: 'survival_time', title: 'Survival', value: 29.5, text: '29.5 s'},
      {name: 'damage_dealt', title: 'Damage dealt', value: 12_500, text: '12,500'},
    ]);
  });

  it('shows shares as percentages and what is unknown as a dash.', () => {
    expect(statsOf(elite({accuracy: 0.853, success_rate: null}), []).map(({text}) => text)).toEqual(['85%', '–']);
  });
});

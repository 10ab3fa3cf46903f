import {valueTitle} from './picture';

describe('valueTitle', () => {
  it('is the chart with the unit that all lines share.', () => {
    const lines = [
      {label: 'Breeding', unit: 's'},
      {label: 'Flying', unit: 's'},
    ];
    expect(valueTitle('Time', lines)).toBe('Time (s)');
    expect(valueTitle('Time', lines.slice(0, 1))).toBe('Breeding (s)');
  });

  it('names each line with its unit where they differ.', () => {
    const lines = [
      {label: 'Speed', unit: '1/s'},
      {label: 'Loss', unit: ''},
    ];
    expect(valueTitle('Both', lines)).toBe('Speed (1/s), Loss');
  });

  it('is the chart alone for pure numbers.', () => {
    const lines = [
      {label: 'Loss', unit: ''},
      {label: 'Entropy', unit: ''},
    ];
    expect(valueTitle('Learning', lines)).toBe('Learning');
  });
});

import {valueTitle} from './picture';

describe('valueTitle', () => {
  it('names the unit that all lines share.', () => {
    const lines = [
      {label: 'Breeding', unit: 's'},
      {label: 'Flying', unit: 's'},
    ];
    expect(valueTitle(lines)).toBe('s');
    expect(valueTitle(lines.slice(0, 1))).toBe('Breeding (s)');
  });

  it('names each line with its unit where they differ, and is empty for pure numbers.', () => {
    expect(
      valueTitle([
        {label: 'Speed', unit: '1/s'},
        {label: 'Loss', unit: ''},
        {label: 'Update', unit: 's'},
      ]),
    ).toBe('Speed (1/s), Update (s)');
    expect(
      valueTitle([
        {label: 'Loss', unit: ''},
        {label: 'Entropy', unit: ''},
      ]),
    ).toBe('');
  });
});

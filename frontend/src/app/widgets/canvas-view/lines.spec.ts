import {linesOf} from './lines';

const letters = (words: string): number => words.length;

describe('linesOf', () => {
  it('leaves alone what fits.', () => {
    expect(linesOf('Berm', 4, letters)).toEqual(['Berm']);
  });

  it('breaks a sentence between words, so that all of it can be read.', () => {
    const lines = linesOf('This world cannot draw pictures here', 12, letters);
    expect(lines).toEqual(['This world', 'cannot draw', 'pictures', 'here']);
    expect(lines.join(' ')).toBe('This world cannot draw pictures here');
  });

  it('keeps a word that is wider than everything.', () => {
    expect(linesOf('a incomprehensibilities b', 5, letters)).toEqual(['a', 'incomprehensibilities', 'b']);
  });
});

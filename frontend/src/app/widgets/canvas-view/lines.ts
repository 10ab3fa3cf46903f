/** `text` in lines that are at most `room` wide as `measure` has it; a single word may be wider. */
export function linesOf(text: string, room: number, measure: (words: string) => number): string[] {
  if (measure(text) <= room) return [text];
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && measure(longer) <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Numbers, times and sizes as people read them. */

import type {StepUnit} from '../run-data/wire';

const GROUPED = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const COMPACT = new Intl.NumberFormat('en', {notation: 'compact', maximumFractionDigits: 2});
const COMPACT_SCORE = new Intl.NumberFormat('en', {notation: 'compact', maximumFractionDigits: 0});
const DASH = '–';

/** Whole numbers from here on are not written out: nobody counts their digits. */
const SCIENTIFIC = 1e15;

/** A value of a metric: four significant digits, grouped or compact when large, scientific when huge or tiny. */
export function formatValue(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
  return unsigned(Math.abs(value)).replace(/^(?!0$)/, value < 0 ? '−' : '');
}

function unsigned(size: number): string {
  if (size >= SCIENTIFIC) return scientific(size);
  if (size >= 1e6) return COMPACT.format(size);
  if (Number.isInteger(size) || size >= 1000) return GROUPED.format(size);
  if (size < 1e-3) return scientific(size);
  return String(Number(size.toPrecision(4)));
}

function scientific(size: number): string {
  return size.toExponential(2).replace('e+', 'e').replace('e-', 'e−');
}

/** A score to compare with others: one decimal below a hundred, none above, and short when huge. */
export function formatScore(value: number): string {
  const size = Math.abs(value);
  const text =
    size >= SCIENTIFIC
      ? scientific(size)
      : size >= 1e5
        ? COMPACT_SCORE.format(size)
        : size >= 99.95
          ? GROUPED.format(size)
          : size.toFixed(1).replace(/\.0$/, '');
  return value < 0 && text !== '0' ? `−${text}` : text;
}

/** A whole count with its digits grouped. */
export function formatCount(value: number | null | undefined): string {
  if (value === null || value === undefined) return DASH;
  return value >= SCIENTIFIC ? scientific(value) : GROUPED.format(value);
}

/** A share from 0 to 1 as a percentage. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  return `${percent < 10 && percent > 0 ? percent.toFixed(1) : percent.toFixed(0)}%`;
}

/** A length of time: "42 s", "3 min 20 s", "5 h 12 min", "3 d 4 h". */
export function formatDuration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return DASH;
  const whole = Math.max(0, Math.round(seconds));
  const units: [number, string][] = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  const first = units.findIndex(([size]) => whole >= size);
  if (first === -1) return '0 s';
  const [size, name] = units[first] ?? [1, 's'];
  const next = units[first + 1];
  const rest = next ? Math.floor((whole % size) / next[0]) : 0;
  return `${String(Math.floor(whole / size))} ${name}${next && rest > 0 ? ` ${String(rest)} ${next[1]}` : ''}`;
}

/** How long ago a Unix time was, coarsely. */
export function formatAgo(t: number, now = Date.now() / 1000): string {
  const seconds = now - t;
  if (seconds < 10) return 'just now';
  if (seconds < 86_400 * 2) return `${formatDuration(seconds).split(' ').slice(0, 2).join(' ')} ago`;
  return new Date(t * 1000).toLocaleDateString('en', {day: 'numeric', month: 'short', year: 'numeric'});
}

/** A Unix time as local date and time. */
export function formatTime(t: number): string {
  return new Date(t * 1000).toLocaleString('en-GB', {
    day: '2-digit',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${value >= 100 || power === 0 ? value.toFixed(0) : value.toFixed(1)} ${units[power] ?? ''}`;
}

/** Lower-case words joined by "-", for ids that tests and links use. */
export function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** A count in its unit: "1 generation", "12,000 steps". */
export function formatSteps(count: number | null | undefined, unit: StepUnit): string {
  return `${formatCount(count)} ${count === 1 ? unit.one : unit.many}`;
}

/** With a capital letter, as a heading. */
export function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

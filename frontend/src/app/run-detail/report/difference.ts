import {ReportComparison} from '../../run-data/wire';

export interface Difference {
  readonly name: string;
  readonly doc: string;
  readonly unit: string;
  readonly before: number;
  readonly after: number;
  /** Where both lie in the parameter's range, from 0 to 1. */
  readonly from: number;
  readonly to: number;
}

/** The parameters in which two settings differ, the greatest change (as a share of its range) first. */
export function differences({parameters, settings}: ReportComparison, one: string, other: string): Difference[] {
  const found: Difference[] = [];
  for (const {name, low, high, doc, unit} of parameters) {
    const [before, after] = [settings[one]?.[name], settings[other]?.[name]];
    if (before === undefined || after === undefined || before === after) continue;
    const at = (value: number): number => (high > low ? (value - low) / (high - low) : 0);
    found.push({name, doc, unit, before, after, from: at(before), to: at(after)});
  }
  return found.sort((a, b) => Math.abs(b.to - b.from) - Math.abs(a.to - a.from));
}

import type { Random } from "../../base/index.js";
import type { Sample, Weights } from "./sample.js";

/** A figure and where it would probably lie if the data had been gathered again. */
export interface Estimate {
  readonly value: number | null;
  /** Ends of the 95 % interval; null where too many draws had no such figure. */
  readonly low: number | null;
  readonly high: number | null;
}

/** An object of figures, nested or not, with an estimate in place of each. */
export type Estimates<T> = {
  readonly [Name in keyof T]: T[Name] extends number | null ? Estimate : Estimates<T[Name]>;
};

const [LOW, HIGH] = [0.025, 0.975];
/** Of draws in which a figure is undefined, such as recall without an unsafe item: beyond, no interval is given. */
const MOST_UNDEFINED = 0.05;

/**
 * Figures with 95 % intervals: percentiles over samples drawn anew from the groups, as many as there are, with
 * replacement. Whole groups are drawn, as the rows of one prompt stand or fall together; nothing is stratified, so
 * the numbers of safe and unsafe items vary as they would in new data.
 * @see Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13
 */
export function estimate<T extends object>(
  sample: Sample,
  weights: Weights,
  measure: (sample: Sample, weights: Weights) => T,
  { draws, random }: { readonly draws: number; readonly random: Random },
): Estimates<T> {
  const flat = (figures: object): (number | null)[] =>
    Object.values(figures).flatMap((value: object | number | null) =>
      typeof value === "object" && value !== null ? flat(value) : [value],
    );
  const point = measure(sample, weights);
  const drawn = Array.from({ length: draws }, () => flat(measure(sample, drawGroups(sample, random))));
  let column = 0;
  const withIntervals = (figures: object): object =>
    Object.fromEntries(
      Object.entries(figures).map(([name, value]: [string, object | number | null]) => [
        name,
        typeof value === "object" && value !== null
          ? withIntervals(value)
          : { value, ...interval(drawn, column++) },
      ]),
    );
  return withIntervals(point) as Estimates<T>;
}

function drawGroups({ size, groups, groupCount }: Sample, random: Random): Weights {
  const times = new Uint16Array(groupCount);
  for (let draw = 0; draw < groupCount; draw += 1) times[Math.floor(random() * groupCount)]! += 1;
  const weights = new Uint16Array(size);
  for (let at = 0; at < size; at += 1) weights[at] = times[groups[at]!]!;
  return weights;
}

function interval(drawn: readonly (readonly (number | null)[])[], column: number): Omit<Estimate, "value"> {
  const values = drawn.flatMap((row) => row[column] ?? []).sort((one, other) => one - other);
  if (values.length === 0 || values.length < (1 - MOST_UNDEFINED) * drawn.length)
    return { low: null, high: null };
  return { low: percentile(values, LOW), high: percentile(values, HIGH) };
}

/** Between the two nearest values, as the share lies between them. */
function percentile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const rest = place - below;
  return sorted[below]! * (1 - rest) + (sorted[below + 1] ?? sorted[below]!) * rest;
}

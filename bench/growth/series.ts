import type { ModelGeometry } from "../../model/index.js";
import { operationsOf, sumOf } from "../limits/operations.js";

/** One size of one thing that may grow. */
export interface Point {
  readonly x: number;
  /** Of one request, ms. */
  readonly wallMs: number;
  /** Of one request, processor time of the engine, ms. */
  readonly cpuMs: number;
  /** Tokens that went through the model for one request. */
  readonly computedTokens: number;
  /** Operations that the arithmetic of one request demands, with all reuse that is promised. */
  readonly demand: number;
}

export interface Series {
  readonly name: string;
  /** What x is. */
  readonly unit: string;
  readonly points: readonly Point[];
}

/** Operations of new tokens behind others. */
export const demandOf = (geometry: ModelGeometry, newTokens: number, pastTokens: number): number =>
  sumOf(operationsOf(geometry, newTokens, pastTokens));

/** Noise of a shared machine, measured; more than that at the far end is growth. */
const TOLERANCE = 1.5;

/**
 * How much more an operation costs at the largest size than it did at the sizes before, as a factor. Small sizes cost more
 * for each operation, since a request has a price of its own; only what rises is looked for.
 */
export function excess({ points }: Series): number {
  const cost = points.map(({ cpuMs, demand }) => cpuMs / demand);
  const before = cost.slice(0, -1).sort((a, b) => a - b);
  return cost.at(-1)! / before[Math.floor(before.length / 2)]!;
}

export const growsAsDemanded = (series: Series): boolean => excess(series) <= TOLERANCE;

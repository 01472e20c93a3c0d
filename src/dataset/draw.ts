import { createHash } from "node:crypto";
import { seededRandom, type Random } from "../base/index.js";

/** Begun from all parts: the same numbers for the same parts on every machine, and others for any other. */
export const randomOf = (...parts: readonly (string | number)[]): Random =>
  seededRandom(createHash("sha256").update(JSON.stringify(parts)).digest().readUInt32LE(0));

/** A whole number from 0 to `below`, which it never reaches. */
export const drawBelow = (below: number, random: Random): number => Math.floor(random() * below);

/** A shuffled copy (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const copy = [...items];
  for (let last = copy.length - 1; last > 0; last--) {
    const other = drawBelow(last + 1, random);
    [copy[last], copy[other]] = [copy[other]!, copy[last]!];
  }
  return copy;
}

/** At most `count` rows, drawn without repetition and left in their order. The same seed draws the same. */
export function sampleRows<T>(rows: readonly T[], count: number, seed: number): T[] {
  const places = shuffled([...rows.keys()], randomOf("sample", seed));
  const drawn = new Set(places.slice(0, count));
  return rows.filter((_, at) => drawn.has(at));
}

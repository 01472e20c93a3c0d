const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/**
 * How long to wait before the next attempt: doubling up to half a minute, shortened at random by up to a
 * half, so that replicas that failed together do not come back together.
 * @param failures attempts that failed in a row, at least 1
 * @param random 0..1
 */
export function backOffMs(failures: number, random: () => number = Math.random): number {
  const ceiling = Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS);
  return Math.round(ceiling * (1 - random() / 2));
}

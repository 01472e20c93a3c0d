import type { Interval } from "../../charts/index.js";

const Z95 = 1.959963984540054; // the standard normal quantile at 97.5%

/**
 * Wilson's 95% interval of a share, 0..1, which unlike the usual formula holds for few turns and for shares near 0
 * and 1. Null where nothing was counted.
 *
 * @see Wilson 1927, "Probable inference, the law of succession, and statistical inference"
 */
export function wilsonInterval(hits: number, total: number): Interval | null {
  if (total === 0) return null;
  const share = hits / total;
  const z2 = Z95 * Z95;
  const middle = (share + z2 / (2 * total)) / (1 + z2 / total);
  const half = (Z95 / (1 + z2 / total)) * Math.sqrt((share * (1 - share)) / total + z2 / (4 * total * total));
  // Rounding would leave 1e-18 where the formula says 0.
  return [hits === 0 ? 0 : Math.max(0, middle - half), hits === total ? 1 : Math.min(1, middle + half)];
}

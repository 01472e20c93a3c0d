import type { Estimate } from "../eval/index.js";

/** `0.848 (0.835–0.861)`; a dash where there is nothing to tell. */
export function formatEstimate({ value, low, high }: Estimate): string {
  if (value === null) return "-";
  const digits = (figure: number): string => figure.toFixed(3);
  return low === null || high === null ? digits(value) : `${digits(value)} (${digits(low)}–${digits(high)})`;
}

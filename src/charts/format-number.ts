/** How numbers of an axis or a column read. */
export type NumberFormat =
  /** 12,345 */
  | "count"
  /** 0..1 as 12.3% */
  | "share"
  /** Up to four significant digits: 0.1234, 1.5, 12,345 */
  | "number";

const COUNT = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const NUMBER = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const LARGE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** The number in full, for tables and sentences; "–" where there is none. */
export function formatNumber(value: number | null, format: NumberFormat = "number"): string {
  if (value === null || !Number.isFinite(value)) return "–";
  if (format === "count") return COUNT.format(value);
  if (format === "share") return formatShare(value);
  return Math.abs(value) >= 1000 ? LARGE.format(value) : NUMBER.format(value);
}

/** A share never reads 0% or 100% unless it is exactly that: one unsafe turn of a million is not none. */
function formatShare(share: number): string {
  if (share === 0 || share === 1) return `${String(share * 100)}%`;
  const percent = share * 100;
  if (percent > 0 && percent < 0.01) return "<0.01%";
  if (percent > 99.99 && percent < 100) return ">99.99%";
  const digits = percent < 1 || percent > 99 ? 2 : 1;
  return `${percent.toFixed(digits)}%`;
}

/** The number as a tick of an axis, where room is short and neighbours tell the precision. */
export function formatTick(value: number, format: NumberFormat = "number"): string {
  if (format === "share") return `${String(Number((value * 100).toPrecision(6)))}%`;
  return Math.abs(value) >= 10_000 ? COMPACT.format(value) : NUMBER.format(value);
}

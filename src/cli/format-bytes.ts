const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** A number of bytes for people, in powers of 1024: `7.4 MiB`. */
export function formatBytes(bytes: number): string {
  let [amount, unit] = [bytes, 0];
  // From 1023.95 on, one decimal would read 1024.0.
  for (; amount >= 1023.95 && unit < UNITS.length - 1; unit += 1) amount /= 1024;
  return `${unit === 0 ? String(amount) : amount.toFixed(1)} ${UNITS[unit]!}`;
}

/** 2001-09-09 and 2286-11-20: numbers between them are seconds of our time, a thousand times as much are milliseconds. */
const [LEAST_SECONDS, MOST_SECONDS] = [1e9, 1e10];

const DATE_TIME =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(\.\d{1,9})?\s?(Z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/;

/**
 * A time as logs write it: ISO 8601, `2024-05-01 10:00:00.123456` as databases do (UTC where no zone is named), or
 * seconds or milliseconds since 1970, as number or text.
 * @returns ISO 8601 in UTC with milliseconds; null where it is none of these
 */
export function isoUtc(value: unknown): string | null {
  if (typeof value === "number") return fromNumber(value);
  if (typeof value !== "string" || value.length > 40) return null;
  if (/^\d{10,13}(\.\d+)?$/.test(value)) return fromNumber(Number(value));
  const match = DATE_TIME.exec(value);
  if (match === null) return null;
  const [, date, minutes = "00:00", seconds = ":00", fraction = "", zone = "Z"] = match;
  const ms = Date.parse(`${date!}T${minutes}${seconds}${fraction.slice(0, 4)}${isoZone(zone)}`);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** The first of the values that is a time. */
export function firstTime(...values: readonly unknown[]): string | null {
  for (const value of values) {
    const time = isoUtc(value);
    if (time !== null) return time;
  }
  return null;
}

export const dayOf = (at: string | null): string | null => at?.slice(0, 10) ?? null;

function fromNumber(value: number): string | null {
  if (value >= LEAST_SECONDS && value < MOST_SECONDS) return new Date(value * 1000).toISOString();
  if (value >= LEAST_SECONDS * 1000 && value < MOST_SECONDS * 1000) return new Date(value).toISOString();
  return null;
}

function isoZone(zone: string): string {
  if (zone === "Z" || zone === "UTC") return "Z";
  const digits = zone.slice(1).replace(":", "");
  return `${zone[0]!}${digits.slice(0, 2)}:${digits.slice(2) || "00"}`;
}

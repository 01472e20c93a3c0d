import { isTooDeep } from "../parse-record.js";
import { Unreadable } from "../unreadable.js";

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Of the record itself only: a field called `constructor` is none that every object has. */
export const field = (record: JsonObject, name: string): unknown =>
  Object.hasOwn(record, name) ? record[name] : undefined;

export const has = (record: JsonObject, ...names: readonly string[]): boolean =>
  names.every((name) => Object.hasOwn(record, name));

/** The first of the fields that holds something. */
export function firstOf(record: JsonObject, names: readonly string[]): unknown {
  for (const name of names) {
    const value = field(record, name);
    if (value !== undefined && value !== null && value !== "") return value;
  }
  return undefined;
}

/**
 * Tables and exports hold JSON as text. Text that is not JSON stays as it is.
 * For fields that should hold an object or array; never for those that hold what people wrote.
 */
export function unfolded(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value) || isTooDeep(Buffer.from(value))) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** Keys are texts or whole numbers. Null where there is none. */
export function keyOf(value: unknown): string | null {
  if (typeof value === "string") return value === "" ? null : value;
  return Number.isSafeInteger(value) ? String(value) : null;
}

/** @throws Unreadable `bad_content` */
export function textOf(value: unknown, name: string): string {
  if (typeof value === "string") return value;
  throw new Unreadable("bad_content", `${name} is no text`);
}

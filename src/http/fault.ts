import type { ErrorObject } from "ajv";
import { GuardError } from "../base/index.js";

/** Field names are a caller's text: these are repeated, all others are not. */
const PRINTABLE_NAME = /^[\w.-]{1,64}$/;

/** Keywords by which an alternative shows that it was not the one meant; the higher the more it tells. */
const VAGUE = new Map([
  ["type", 0],
  ["required", 1],
  ["oneOf", 2],
]);

/**
 * What to tell a caller. An error that is not vague comes from the alternative that was meant; otherwise that
 * one is taken which got furthest into the value.
 *
 * @param errors of a validator with `verbose`, at least one
 */
export function toFault(errors: readonly ErrorObject[]): GuardError {
  const [worst] = [...errors].sort(
    (a, b) => vagueness(a) - vagueness(b) || depth(b) - depth(a) || telling(b) - telling(a),
  );
  if (worst === undefined) throw new TypeError("no error to tell of");
  const pointer = pointerTo(worst);
  const where = pointer === "" ? "the body" : pointer;
  return new GuardError("invalid_request", `${where}: ${messageOf(worst)}`, { pointer });
}

const vagueness = ({ keyword }: ErrorObject): number => (VAGUE.has(keyword) ? 1 : 0);
const telling = ({ keyword }: ErrorObject): number => VAGUE.get(keyword) ?? 0;
const depth = ({ instancePath }: ErrorObject): number => instancePath.split("/").length;

/** A path through names of the document and indices, plus the name of a missing or unknown field. */
function pointerTo({ instancePath, params }: ErrorObject): string {
  const { missingProperty, unevaluatedProperty } = params as Record<string, string | undefined>;
  const name = missingProperty ?? unevaluatedProperty;
  return name !== undefined && PRINTABLE_NAME.test(name) ? `${instancePath}/${name}` : instancePath;
}

function messageOf({ keyword, params, parentSchema, message }: ErrorObject): string {
  const own = (parentSchema as { "x-faults"?: Record<string, string> } | undefined)?.["x-faults"]?.[keyword];
  if (own !== undefined) return own;
  if (keyword === "required") return "is needed";
  if (keyword === "enum")
    return `must be one of ${(params as { allowedValues: unknown[] }).allowedValues.join(", ")}`;
  if (keyword === "unevaluatedProperties") return "there is no such field";
  return message ?? "is not as described";
}

import { GuardError } from "../base/index.js";
import type { ModelGeometry } from "./geometry.js";

/**
 * What a schema cannot say about a geometry.
 * @param file where it was read, for the message
 * @throws GuardError `bad_model_file`
 */
export function checkGeometry(geometry: ModelGeometry, file: string): void {
  const { heads, kvHeads, ropeScaling } = geometry;
  if (heads % kvHeads !== 0)
    throw new GuardError(
      "bad_model_file",
      `${file}: ${String(heads)} heads cannot share ${String(kvHeads)} key/value heads evenly`,
    );
  if (ropeScaling !== null && ropeScaling.highFreqFactor <= ropeScaling.lowFreqFactor)
    throw new GuardError(
      "bad_model_file",
      `${file}: the rope scaling's high frequency factor must exceed the low one`,
    );
}

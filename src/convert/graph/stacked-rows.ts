import { GuardError } from "../../base/index.js";
import { tensorOf, type FloatTensor } from "../tensor.js";
import { toFloat32 } from "../float-elements.js";

/**
 * Projections of the same input under one another, `[out, in]`, so that one product computes them all. The
 * element type stays when they share it; otherwise all become F32, which is exact.
 */
export function stackRows(parts: readonly FloatTensor[]): FloatTensor {
  const [first] = parts;
  if (first === undefined) throw new GuardError("bad_model_file", "nothing to stack");
  const same = parts.every((part) => part.elementType === first.elementType);
  const tensors = same ? parts : parts.map((part) => tensorOf("F32", part.shape, toFloat32(part)));
  const data = new Uint8Array(tensors.reduce((sum, part) => sum + part.data.byteLength, 0));
  let offset = 0;
  for (const part of tensors) {
    data.set(part.data, offset);
    offset += part.data.byteLength;
  }
  const rows = parts.reduce((sum, part) => sum + part.shape[0]!, 0);
  return { elementType: tensors[0]!.elementType, shape: [rows, first.shape[1]!], data };
}

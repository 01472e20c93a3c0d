import { GuardError } from "../../base/index.js";
import { fromFloat32, isFinite, toFloat32 } from "../float-elements.js";
import { BYTES_PER_ELEMENT, type FloatType } from "../tensor.js";
import { bytesOf, type DataFile } from "./data-file.js";
import type { RowBlock } from "./read-rows.js";
import { turnInto } from "./turn-into.js";
import type { MatrixSize, WeightTarget } from "./weight-job.js";

type TargetOf<Kind extends WeightTarget["kind"]> = Extract<WeightTarget, { kind: Kind }>;

/** @returns sum of squares of what the element type could not hold */
export function writePlain(
  { elementType, values }: TargetOf<"plain">,
  matrix: MatrixSize,
  blocks: Iterable<RowBlock>,
  file: DataFile,
): number {
  const rowBytes = matrix.columns * BYTES_PER_ELEMENT[elementType];
  let lost = 0;
  for (const block of blocks) {
    const elements = elementsOf(elementType, block.values, matrix);
    lost += squaredDifference(elementType, elements, block.values);
    file.write(bytesOf(elements), values.offset + block.from * rowBytes);
  }
  return lost;
}

/** @returns sum of squares of what the element type could not hold */
export function writeTurned(
  { elementType, values }: TargetOf<"turned">,
  matrix: MatrixSize,
  blocks: Iterable<RowBlock>,
  file: DataFile,
): number {
  const size = matrix.rows * matrix.columns;
  const turned = elementType === "F32" ? new Float32Array(size) : new Uint16Array(size);
  let lost = 0;
  for (const block of blocks) {
    const elements = elementsOf(elementType, block.values, matrix);
    lost += squaredDifference(elementType, elements, block.values);
    turnInto(turned, matrix.rows, elements, block);
  }
  file.write(bytesOf(turned), values.offset);
  return lost;
}

/** @throws GuardError `bad_model_file` when a number is beyond what the type can hold */
function elementsOf(
  elementType: FloatType,
  values: Float32Array,
  { name }: MatrixSize,
): Float32Array | Uint16Array {
  const elements = fromFloat32(elementType, values);
  if (elementType === "F16" && !isFinite(toFloat32("F16", bytesOf(elements))))
    throw new GuardError(
      "bad_model_file",
      `${name} holds a weight beyond 65504, the largest of fp16; use fp32`,
    );
  return elements;
}

function squaredDifference(
  elementType: FloatType,
  elements: Float32Array | Uint16Array,
  values: Float32Array,
): number {
  if (elementType === "F32") return 0;
  const kept = toFloat32(elementType, bytesOf(elements));
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - kept[i]!) ** 2;
  return sum;
}

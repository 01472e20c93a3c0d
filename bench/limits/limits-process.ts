// Measures what this machine can do and what a guard makes of it; argument: JSON. One JSON line on stdout.
import { copyBandwidth } from "./copy-bandwidth.js";
import type { Limits, LimitsOptions } from "./measure-limits.js";
import { bytesOf, operationsOf } from "./operations.js";
import { productMs, type ProductSize } from "./product-peak.js";
import { profileParts } from "./profile-parts.js";

const INT8_BITS = 8;
const { modelDir, threads, size } = JSON.parse(process.argv[2]!) as LimitsOptions;

const profile = await profileParts(modelDir, size, threads);
const { geometry } = profile;
const shapes: ProductSize[] = [
  { rows: size.newTokens, inputs: geometry.hiddenSize, outputs: geometry.ffnSize },
  { rows: size.newTokens, inputs: geometry.ffnSize, outputs: geometry.hiddenSize },
];
const peak = async (type: "int8" | "fp32"): Promise<number> => {
  const rates: number[] = [];
  for (const shape of shapes)
    rates.push(
      (2 * shape.rows * shape.inputs * shape.outputs * 1000) / (await productMs(type, shape, threads)),
    );
  return Math.max(...rates);
};
const row: ProductSize = { rows: 1, inputs: geometry.hiddenSize, outputs: geometry.ffnSize };
const limits: Limits = {
  int8PerSecond: await peak("int8"),
  fp32PerSecond: await peak("fp32"),
  copyBytesPerSecond: await copyBandwidth(threads),
  readBytesPerSecond: (4 * row.inputs * row.outputs * 1000) / (await productMs("fp32", row, threads)),
  operations: operationsOf(geometry, size.newTokens, size.pastTokens),
  bytes: bytesOf(geometry, size.newTokens, size.pastTokens, INT8_BITS),
  geometry,
  ...{ parts: profile.parts, runMs: profile.runMs },
};
console.log(JSON.stringify(limits));

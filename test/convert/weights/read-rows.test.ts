import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { readSafetensorsHeader } from "../../../src/convert/safetensors.js";
import type { TensorPlace } from "../../../src/convert/tensor-place.js";
import type { MatrixSource } from "../../../src/convert/weights/matrix-source.js";
import { BLOCK_ROWS, readRows } from "../../../src/convert/weights/read-rows.js";
import { encodeSafetensors, type FloatType } from "../../fixtures/encode-safetensors.js";
import { tempFolder } from "../../fixtures/temp-folder.js";

const COLUMNS = 3;
let file: string;
beforeEach(() => {
  file = join(tempFolder(), "model.safetensors");
});

async function store(dtype: FloatType, tensors: Record<string, number[]>): Promise<Map<string, TensorPlace>> {
  const named = Object.entries(tensors).map(([name, values]) => ({
    ...{ name, shape: [values.length / COLUMNS, COLUMNS], values: Float32Array.from(values) },
  }));
  writeFileSync(file, encodeSafetensors(named, dtype));
  const entries = await readSafetensorsHeader(file);
  return new Map([...entries].map(([name, entry]) => [name, { ...entry, name, file, dtype }]));
}

function whole(source: MatrixSource): number[] {
  const values: number[] = [];
  for (const block of readRows(source)) {
    expect(block.from * source.columns).toBe(values.length);
    expect(block.rows).toBeLessThanOrEqual(BLOCK_ROWS);
    values.push(...block.values);
  }
  return values;
}

const counted = (count: number): number[] => Array.from({ length: count }, (_, i) => i - 5);

describe("readRows", () => {
  it("gives matrices under one another, in blocks", async () => {
    const [one, two] = [counted(COLUMNS * 70), counted(COLUMNS * 2)];
    const places = await store("F32", { one, two });
    const parts = [{ place: places.get("one")! }, { place: places.get("two")! }];
    expect(whole({ parts, columns: COLUMNS })).toEqual([...one, ...two]);
  });

  it("picks rows in the order asked", async () => {
    const places = await store("BF16", { one: counted(12) });
    const parts = [{ place: places.get("one")! }];
    expect(whole({ parts, columns: COLUMNS, pickedRows: [3, 0] })).toEqual([4, 5, 6, -5, -4, -3]);
  });

  it("multiplies rows and columns by their factors", async () => {
    const places = await store("F16", { one: [1, 2, 3, 4, 5, 6], two: [1, 1, 1] });
    const source = {
      parts: [
        { place: places.get("one")!, rowFactors: Float32Array.of(10, 100) },
        { place: places.get("two")! },
      ],
      columns: COLUMNS,
      columnFactors: Float32Array.of(1, 2, 0.5),
    };
    expect(whole(source)).toEqual([10, 40, 15, 400, 1000, 300, 1, 2, 0.5]);
  });

  it("adds an adapter before anything else, and rounds the sum to the stored type once", async () => {
    const places = await store("BF16", { one: [1, 1, 1, 1, 1, 1], a: [1, 2, 3], b: [1, 0, 0] });
    const [one, a] = [places.get("one")!, places.get("a")!];
    const b = { ...places.get("b")!, shape: [2, 1], end: places.get("b")!.begin + 4 };
    const delta = { rank: 1, scale: 2 ** -8, a, b };
    // bfloat16 has steps of 2^-7 from 1 on: 1 + 1/256 is a tie and goes to 1, 1 + 3/256 one to 1 + 4/256.
    const source = { parts: [{ place: one, delta, rowFactors: Float32Array.of(4, 4) }], columns: COLUMNS };
    expect(whole(source)).toEqual([4, 4 * (1 + 2 / 256), 4 * (1 + 4 / 256), 4, 4, 4]);
  });

  it("refuses a number that is none, by file and tensor", async () => {
    const places = await store("F32", { one: [...counted(8), NaN] });
    expect(() => whole({ parts: [{ place: places.get("one")! }], columns: COLUMNS })).toThrow(
      /model\.safetensors: one holds NaN or infinity/,
    );
  });

  it("notices a file that became shorter", async () => {
    const places = await store("F32", { one: counted(9) });
    writeFileSync(file, "short");
    expect(() => whole({ parts: [{ place: places.get("one")! }], columns: COLUMNS })).toThrow(/shorter/);
  });
});

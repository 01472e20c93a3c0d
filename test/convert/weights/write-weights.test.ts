import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { readSafetensorsHeader } from "../../../src/convert/safetensors.js";
import type { MatrixSource } from "../../../src/convert/weights/matrix-source.js";
import type { WeightJob } from "../../../src/convert/weights/weight-job.js";
import { writeWeights } from "../../../src/convert/weights/write-weights.js";
import { safetensorsFile } from "../../fixtures/encode-safetensors.js";
import { tempFolder } from "../../fixtures/temp-folder.js";

// Large enough that threads are worth their start: 4 matrices of 4.5 MB in BF16.
const [ROWS, COLUMNS, MATRICES] = [1024, 2304, 4];
const MATRIX_BYTES = ROWS * COLUMNS * 2;

let dir: string;
beforeAll(() => {
  dir = tempFolder();
  const names = Array.from({ length: MATRICES }, (_, i) => `matrix.${String(i)}`);
  const header = names.map((name, i) => [
    name,
    { dtype: "BF16", shape: [ROWS, COLUMNS], data_offsets: [i * MATRIX_BYTES, (i + 1) * MATRIX_BYTES] },
  ]);
  const data = new Uint16Array((MATRICES * MATRIX_BYTES) / 2);
  for (let i = 0; i < data.length; i++) data[i] = 0x3d00 + ((i * 2654435761) >>> 23) + ((i & 1) << 15);
  const path = join(dir, "model.safetensors");
  writeFileSync(
    path,
    safetensorsFile(JSON.stringify(Object.fromEntries(header)), new Uint8Array(data.buffer)),
  );
});

async function jobs(
  change: (source: MatrixSource) => MatrixSource = (source) => source,
): Promise<WeightJob[]> {
  const file = join(dir, "model.safetensors");
  return [...(await readSafetensorsHeader(file))].map(([name, entry], i): WeightJob => {
    const place = { ...entry, name, file, dtype: "BF16" as const };
    const offset = i * (ROWS * COLUMNS + ROWS * 4);
    return {
      name,
      source: change({ parts: [{ place }], columns: COLUMNS }),
      target: {
        kind: "int8",
        values: { offset, bytes: ROWS * COLUMNS },
        scales: { offset: offset + ROWS * COLUMNS, bytes: ROWS * 4 },
      },
      measurePeaks: true,
    };
  });
}

function dataFile(name: string): string {
  const path = join(dir, name);
  writeFileSync(path, "");
  return path;
}

describe("writeWeights", () => {
  it("writes with threads what it writes without, and says how far it is", async () => {
    const progress: number[] = [];
    const [alone, together] = [dataFile("alone"), dataFile("together")];
    const one = await writeWeights(await jobs(), alone, { threads: 1 });
    const two = await writeWeights(await jobs(), together, {
      threads: 2,
      onProgress: (done, total) => progress.push(done / total),
    });
    expect(readFileSync(together).equals(readFileSync(alone))).toBe(true);
    expect(two).toEqual(one);
    expect(one.map(({ name }) => name)).toEqual(["matrix.0", "matrix.1", "matrix.2", "matrix.3"]);
    expect(progress).toEqual([0.25, 0.5, 0.75, 1]);
    for (const { squaredError, squaredNorm } of one) {
      expect(Math.sqrt(squaredError / squaredNorm)).toBeGreaterThan(0.001);
      expect(Math.sqrt(squaredError / squaredNorm)).toBeLessThan(0.02);
    }
  });

  it("gives the fault of a thread, with its tensor, and stops the others", async () => {
    const file = join(dir, "gone.safetensors");
    const missing = await jobs((source) => ({
      ...source,
      parts: source.parts.map(({ place }) => ({ place: { ...place, file } })),
    }));
    await expect(writeWeights(missing, dataFile("missing"), { threads: 2 })).rejects.toMatchObject({
      code: "bad_model_file",
      message: expect.stringContaining("gone.safetensors cannot be read"),
    });
  });

  it.each([1, 2])("stops when it is told to, with %d threads", async (threads) => {
    const stop = new AbortController();
    const written = writeWeights(await jobs(), dataFile("stopped"), {
      threads,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(written).rejects.toMatchObject({ code: "canceled" });
  });
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, test } from "@jest/globals";
import { openSafetensors } from "../../src/convert/safetensors.js";
import { encodeSafetensors } from "../fixtures/encode-safetensors.js";
import { tempFolder } from "../fixtures/temp-folder.js";

const tensor = (name: string, ...values: number[]) => ({
  name,
  shape: [values.length],
  values: Float32Array.from(values),
});
const refusal = (message: RegExp): unknown =>
  expect.objectContaining({ code: "bad_model_file", message: expect.stringMatching(message) });
const floats = (bytes: Uint8Array): number[] => [...new Float32Array(bytes.buffer)];

let dir: string;
beforeEach(() => {
  dir = tempFolder();
});

function writeShards(weightMap: unknown): void {
  writeFileSync(join(dir, "one.safetensors"), encodeSafetensors([tensor("a", 1, 2), tensor("b", 3)], "F32"));
  writeFileSync(join(dir, "two.safetensors"), encodeSafetensors([tensor("c", 4)], "F32"));
  const index = JSON.stringify({ metadata: { total_size: 16 }, weight_map: weightMap });
  writeFileSync(join(dir, "model.safetensors.index.json"), index);
}

describe("openSafetensors", () => {
  it("reads tensors of a single file one by one", async () => {
    writeFileSync(
      join(dir, "model.safetensors"),
      encodeSafetensors([tensor("a", 1, 2), tensor("b", 3)], "F32"),
    );
    const files = await openSafetensors(dir);
    expect(floats(await files.read("b"))).toEqual([3]);
    expect(floats(await files.read("a"))).toEqual([1, 2]);
    await files.close();
  });

  it("reads tensors from the shards of an index", async () => {
    writeShards({ a: "one.safetensors", b: "one.safetensors", c: "two.safetensors" });
    const files = await openSafetensors(dir);
    expect(floats(await files.read("c"))).toEqual([4]);
    expect(floats(await files.read("b"))).toEqual([3]);
    await files.close();
  });

  it("refuses a tensor that no file holds", async () => {
    writeFileSync(join(dir, "model.safetensors"), encodeSafetensors([tensor("a", 1)], "F32"));
    const files = await openSafetensors(dir);
    await expect(files.read("z")).rejects.toEqual(refusal(/no tensor z/));
    await files.close();
  });

  it("refuses a folder without weights", async () => {
    await expect(openSafetensors(dir)).rejects.toEqual(refusal(/model\.safetensors cannot be read/));
  });

  const indexes: [string, unknown, RegExp][] = [
    ["a shard outside the folder", { a: "../one.safetensors" }, /plain \.safetensors file name/],
    ["a shard in another folder", { a: "deep/one.safetensors" }, /plain \.safetensors file name/],
    ["a shard that is no weights file", { a: "config.json" }, /plain \.safetensors file name/],
    ["a shard that is missing", { a: "three.safetensors" }, /three\.safetensors cannot be read/],
    [
      "a tensor in the wrong shard",
      { a: "one.safetensors", b: "two.safetensors", c: "two.safetensors" },
      /elsewhere/,
    ],
    ["a tensor it does not name", { a: "one.safetensors", c: "two.safetensors" }, /elsewhere/],
    [
      "a tensor that its shard lacks",
      { a: "one.safetensors", b: "one.safetensors", c: "two.safetensors", d: "two.safetensors" },
      /does not hold/,
    ],
    ["no tensors", {}, /names no tensor/],
    ["a list", [], /no weight_map/],
    ["nothing", null, /no weight_map/],
  ];
  test.each(indexes)("refuses an index that names %s", async (_, weightMap, message) => {
    writeShards(weightMap);
    await expect(openSafetensors(dir)).rejects.toEqual(refusal(message));
  });

  it("refuses an index that is not JSON", async () => {
    writeFileSync(join(dir, "model.safetensors.index.json"), "{");
    await expect(openSafetensors(dir)).rejects.toEqual(refusal(/index\.json: it is not JSON/));
  });
});

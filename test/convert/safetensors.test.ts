import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, test } from "@jest/globals";
import { findTensors, type SafetensorsFiles } from "../../src/convert/safetensors.js";
import { encodeSafetensors } from "../fixtures/encode-safetensors.js";
import { tempFolder } from "../fixtures/temp-folder.js";

const tensor = (name: string, ...values: number[]) => ({
  name,
  shape: [values.length],
  values: Float32Array.from(values),
});
const refusal = (message: RegExp): unknown =>
  expect.objectContaining({ code: "bad_model_file", message: expect.stringMatching(message) });
function read({ tensors }: SafetensorsFiles, name: string): number[] {
  const { file, begin, end } = tensors.get(name)!;
  return [...new Float32Array(Uint8Array.from(readFileSync(file).subarray(begin, end)).buffer)];
}

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

describe("findTensors", () => {
  it("finds tensors in a single file", async () => {
    writeFileSync(
      join(dir, "model.safetensors"),
      encodeSafetensors([tensor("a", 1, 2), tensor("b", 3)], "F32"),
    );
    const files = await findTensors(dir);
    expect(read(files, "b")).toEqual([3]);
    expect(read(files, "a")).toEqual([1, 2]);
    expect(files.files).toEqual(["model.safetensors"]);
  });

  it("finds tensors in the shards of an index", async () => {
    writeShards({ a: "one.safetensors", b: "one.safetensors", c: "two.safetensors" });
    const files = await findTensors(dir);
    expect(read(files, "c")).toEqual([4]);
    expect(read(files, "b")).toEqual([3]);
    expect(files.files).toEqual(["model.safetensors.index.json", "one.safetensors", "two.safetensors"]);
  });

  it("follows links, of which caches of hubs are made", async () => {
    writeFileSync(join(dir, "blob"), encodeSafetensors([tensor("a", 7)], "F32"));
    symlinkSync("blob", join(dir, "model.safetensors"));
    expect(read(await findTensors(dir), "a")).toEqual([7]);
  });

  it.each([
    ["model.safetensors", "a pipe"],
    ["model.safetensors", "a folder"],
    ["model.safetensors.index.json", "a pipe"],
    ["model.safetensors.index.json", "a folder"],
  ])("refuses a %s that is %s, and waits for nobody", async (name, kind) => {
    if (kind === "a pipe") execFileSync("mkfifo", [join(dir, name)]);
    else mkdirSync(join(dir, name));
    await expect(findTensors(dir)).rejects.toEqual(refusal(/\.(safetensors|json) is not a file; download/));
  });

  it("refuses an index that is too large to be one", async () => {
    writeFileSync(join(dir, "model.safetensors.index.json"), " ".repeat(3 * 1024 * 1024));
    await expect(findTensors(dir)).rejects.toEqual(refusal(/index\.json has 3145728 bytes, more than/));
  });

  it("refuses a folder without weights", async () => {
    await expect(findTensors(dir)).rejects.toEqual(refusal(/model\.safetensors cannot be read/));
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
    await expect(findTensors(dir)).rejects.toEqual(refusal(message));
  });

  it("refuses an index that is not JSON", async () => {
    writeFileSync(join(dir, "model.safetensors.index.json"), "{");
    await expect(findTensors(dir)).rejects.toEqual(refusal(/index\.json: it is not JSON/));
  });
});

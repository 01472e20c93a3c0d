import { describe, expect, it, test } from "@jest/globals";
import { GuardError } from "../../src/base/index.js";
import { chooseFiles } from "../../src/hub/checkpoint-files.js";

const REQUIRED = ["config.json", "tokenizer.json", "tokenizer_config.json"];
const INDEX = "model.safetensors.index.json";

const choose = async (paths: readonly string[], index: unknown = null, bytes = 10): Promise<string[]> => {
  const source = {
    files: paths.map((path) => ({ path, bytes })),
    missing: (path: string) => new GuardError("invalid_config", `lacks ${path}`),
  };
  const text = typeof index === "string" ? index : JSON.stringify(index);
  return (await chooseFiles(source, () => Promise.resolve(text))).map(({ path }) => path);
};

describe("chooseFiles", () => {
  it("takes small files first, then the whole weights", async () => {
    const others = ["consolidated.00.pth", "pytorch_model.bin", "model.gguf", "README.md", "model.onnx"];
    expect(
      await choose([...others, "model.safetensors", "chat_template.jinja", "NOTICE.txt", ...REQUIRED]),
    ).toEqual([...REQUIRED, "chat_template.jinja", "NOTICE.txt", "model.safetensors"]);
  });

  it("prefers shards to a whole file, as conversion does", async () => {
    const shard = "model-1.safetensors";
    const map = { weight_map: { a: shard, b: shard } };
    expect(await choose([...REQUIRED, "model.safetensors", INDEX, shard], map)).toEqual([
      ...[...REQUIRED, INDEX, shard],
    ]);
  });

  test.each([...REQUIRED, "model.safetensors"])("does without no %s", async (path) => {
    const all = [...REQUIRED, "model.safetensors"].filter((one) => one !== path);
    await expect(choose([...all, "pytorch_model.bin"])).rejects.toMatchObject({
      code: "invalid_config",
      message: expect.stringContaining(`lacks ${path}`),
    });
  });

  it("does without no shard", async () => {
    const map = { weight_map: { a: "model-1.safetensors" } };
    await expect(choose([...REQUIRED, INDEX], map)).rejects.toThrow("lacks model-1.safetensors");
  });

  it.each([
    ["no JSON", "weight_map:", /is not JSON/],
    ["null", null, /has no weight_map/],
    ["no map", { weight_map: 1 }, /has no weight_map/],
    ["no shard", { weight_map: {} }, /names 0 shards/],
    ["a number", { weight_map: { a: 1 } }, /not a plain .safetensors file name/],
    ["a way out", { weight_map: { a: "../model.safetensors" } }, /not a plain/],
    ["a hidden file", { weight_map: { a: ".safetensors" } }, /not a plain/],
    ["another format", { weight_map: { a: "model.bin" } }, /not a plain/],
    [
      "shards without end",
      {
        weight_map: Object.fromEntries(
          Array.from({ length: 1001 }, (_, i) => [i, `m${String(i)}.safetensors`]),
        ),
      },
      /names 1001 shards/,
    ],
  ])("refuses an index with %s", async (_, index, message) => {
    await expect(choose([...REQUIRED, INDEX], index)).rejects.toMatchObject({
      code: "bad_model_file",
      message: expect.stringMatching(message),
    });
  });

  it("refuses a small file that is large", async () => {
    await expect(choose([...REQUIRED, "model.safetensors"], null, 1e9)).rejects.toThrow(
      /config\.json has 1000000000 bytes/,
    );
  });
});

import { describe, expect, it, test } from "@jest/globals";
import fc from "fast-check";
import { GuardError } from "../../src/base/index.js";
import { parseManifest, type ModelManifest } from "../../src/model/index.js";

const file = (path: string): ModelManifest["files"][number] => ({ path, bytes: 1, sha256: "0".repeat(64) });

const MANIFEST: ModelManifest = {
  schemaVersion: 2,
  id: "llama-guard-2-8b",
  task: "guard",
  notice: "Built with Meta Llama 3.",
  template: "llama-guard-2",
  geometry: {
    ...{ vocabSize: 128256, hiddenSize: 4096, layers: 32, heads: 32, kvHeads: 8, headDim: 128 },
    ...{ ffnSize: 14336, contextTokens: 8192, ropeTheta: 500000, ropeScaling: null, rmsNormEps: 1e-5 },
  },
  graph: { path: "model.onnx", format: "int8" },
  tokenizer: { path: "tokenizer.json", configPath: "tokenizer_config.json" },
  head: { kind: "rows", tokenIds: [19193, 39257] },
  endTokenIds: [128001, 128009],
  source: {
    repository: "meta-llama/Meta-Llama-Guard-2-8B",
    revision: "0".repeat(40),
    files: ["config.json", "model-00001-of-00004.safetensors"].map(file),
  },
  adapter: null,
  quantization: {
    weightError: 0.014,
    worstWeight: { name: "layers.1.mlp.down.weight", error: 0.016 },
    smoothing: { alpha: 0.5 },
    calibration: { set: "conversations.jsonl", sha256: "0".repeat(64), prompts: 128, tokens: 9000 },
    agreement: {
      ...{
        prompts: 32,
        logitError: 0.02,
        unsafeShiftMean: 0.004,
        unsafeShiftP95: 0.01,
        unsafeShiftMax: 0.03,
      },
      flips: 0,
    },
  },
  converter: { version: "0.1.0" },
  files: ["model.onnx", "model.onnx.data", "tokenizer.json", "tokenizer_config.json"].map(file),
};

const refusal = (message: RegExp): unknown =>
  expect.objectContaining({ code: "bad_model_file", message: expect.stringMatching(message) });

describe("parseManifest", () => {
  it("accepts what it is given when it is right", () => {
    expect(parseManifest(MANIFEST)).toEqual(MANIFEST);
    expect(parseManifest({ ...MANIFEST, head: { kind: "full" } }).head).toEqual({ kind: "full" });
    const bare = { ...MANIFEST.quantization!, smoothing: null, calibration: null, agreement: null };
    expect(parseManifest({ ...MANIFEST, quantization: bare }).quantization).toEqual(bare);
    expect(parseManifest({ ...MANIFEST, quantization: null }).quantization).toBeNull();
    const adapter = { name: "my-adapter", base: null, files: [file("adapter_model.safetensors")] };
    expect(parseManifest({ ...MANIFEST, adapter }).adapter).toEqual(adapter);
  });

  const paths = [
    "../model.onnx",
    "/etc/passwd",
    "a/../b",
    "a\\b",
    ".hidden",
    "a//b",
    "C:model",
    "a/",
    "",
    "a\0b",
  ];
  test.each(paths)("refuses the path %j", (path) => {
    const files = [...MANIFEST.files, file(path)];
    expect(() => parseManifest({ ...MANIFEST, files })).toThrow(refusal(/files\/4\/path/));
  });

  const refused: [string, object, RegExp][] = [
    ["an unknown field", { author: "me" }, /additional/],
    ["a newer schema", { schemaVersion: 3 }, /schemaVersion/],
    ["an unknown weight format", { graph: { path: "model.onnx", format: "int2" } }, /format/],
    ["a graph that is not among the files", { graph: { path: "other.onnx", format: "int8" } }, /other\.onnx/],
    ["no word of an adapter", { adapter: undefined }, /adapter/],
    ["a share above one", { quantization: { ...MANIFEST.quantization, smoothing: { alpha: 2 } } }, /alpha/],
    ["a file listed twice", { files: [...MANIFEST.files, file("model.onnx")] }, /twice/],
    ["itself among the files", { files: [...MANIFEST.files, file("manifest.json")] }, /own digest/],
    ["a head row outside the vocabulary", { head: { kind: "rows", tokenIds: [128256] } }, /outside/],
    ["an end token outside the vocabulary", { endTokenIds: [128256] }, /outside/],
    ["no end token", { endTokenIds: [] }, /endTokenIds/],
    ["a full head with rows", { head: { kind: "full", tokenIds: [1] } }, /head/],
    ["an absurd geometry", { geometry: { ...MANIFEST.geometry, hiddenSize: 1e9 } }, /hiddenSize/],
    ["uneven heads", { geometry: { ...MANIFEST.geometry, kvHeads: 7 } }, /evenly/],
    ["a digest in capitals", { files: [{ ...file("a"), sha256: "A".repeat(64) }] }, /sha256/],
    ["a negative size", { files: [{ ...file("a"), bytes: -1 }] }, /bytes/],
  ];
  test.each(refused)("refuses %s", (_, change, message) => {
    expect(() => parseManifest({ ...MANIFEST, ...change })).toThrow(refusal(message));
  });

  it("refuses when any one field is missing", () => {
    for (const key of Object.keys(MANIFEST)) {
      const without = Object.fromEntries(Object.entries(MANIFEST).filter(([name]) => name !== key));
      expect(() => parseManifest(without)).toThrow(refusal(new RegExp(key)));
    }
  });

  it("fails in no other way, whatever the JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(MANIFEST)), (value, key) => {
        for (const json of [value, { ...MANIFEST, [key]: value }])
          try {
            parseManifest(json);
          } catch (error) {
            expect(error).toBeInstanceOf(GuardError);
          }
      }),
    );
  });
});

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { PACKAGE_ROOT } from "../../src/base/index.js";
import { convertCheckpoint, type ConvertOptions } from "../../src/convert/index.js";
import { hashFile, openModelFolder } from "../../src/model/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { writeTinyCheckpoint } from "../fixtures/tiny-checkpoint.js";

let dir: string;
let options: ConvertOptions;
beforeEach(async () => {
  dir = tempFolder();
  await writeTinyCheckpoint(join(dir, "source"));
  options = {
    ...{ sourceDir: join(dir, "source"), outDir: join(dir, "out/model"), id: "tiny", notice: "For tests." },
    ...{ task: "guard", template: "llama-guard-2", format: "int8", head: "guard" },
    ...{ repository: "org/name", revision: "abc" },
  };
});

describe("convertCheckpoint", () => {
  it("makes a folder that opens, says where it came from and keeps the tokenizer", async () => {
    const notice = join(dir, "NOTICE.txt");
    writeFileSync(notice, "Built with care.");
    const manifest = await convertCheckpoint({ ...options, companions: [notice] });
    const folder = await openModelFolder(options.outDir);
    expect(folder.manifest).toEqual(manifest);
    expect(manifest).toMatchObject({
      ...{ id: "tiny", task: "guard", notice: "For tests.", template: "llama-guard-2" },
      graph: { path: "model.onnx", format: "int8" },
      source: { repository: "org/name", revision: "abc" },
      head: { kind: "rows" },
      adapter: null,
      quantization: { smoothing: null, calibration: null, agreement: null },
    });
    expect(manifest.source.files.map(({ path }) => path)).toEqual([
      ...["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"],
    ]);
    expect(manifest.source.files.at(-1)!.sha256).toBe(
      await hashFile(join(options.sourceDir, "model.safetensors")),
    );
    const { weightError, worstWeight } = manifest.quantization!;
    expect(weightError).toBeGreaterThan(0.003); // half a step of 63, spread evenly, over weights spread evenly
    expect(weightError).toBeLessThan(0.02);
    expect(worstWeight.name).toMatch(/^layers\.[01]\./);
    expect(worstWeight.error).toBeGreaterThanOrEqual(weightError);
    expect(manifest.files.map(({ path }) => path)).toEqual([
      ...[
        "NOTICE.txt",
        "config.json",
        "model.onnx",
        "model.onnx.data",
        "tokenizer.json",
        "tokenizer_config.json",
      ],
    ]);
    const tokenizer = readFileSync(join(options.outDir, "tokenizer.json"), "utf8");
    expect(tokenizer).toBe(readFileSync(join(options.sourceDir, "tokenizer.json"), "utf8"));
    const [endOfText, endOfTurn] = manifest.endTokenIds;
    expect(endOfTurn! - endOfText!).toBe(8); // as 128001 and 128009
    expect(readdirSync(join(dir, "out"))).toEqual(["model"]);
  });

  it("makes the same bytes from the same checkpoint", async () => {
    const first = await convertCheckpoint(options);
    const second = await convertCheckpoint({ ...options, outDir: join(dir, "again") });
    expect(second).toEqual(first);
  });

  it("leaves a folder that exists alone", async () => {
    mkdirSync(options.outDir, { recursive: true });
    await expect(convertCheckpoint(options)).rejects.toMatchObject({ code: "invalid_config" });
    expect(readdirSync(options.outDir)).toEqual([]);
  });

  it("leaves nothing behind when the checkpoint turns out to be bad", async () => {
    const weights = join(options.sourceDir, "model.safetensors");
    const bytes = readFileSync(weights);
    bytes.fill(0xff, bytes.length - 2); // the last weight is NaN: found when most is already written
    writeFileSync(weights, bytes);
    await expect(convertCheckpoint(options)).rejects.toMatchObject({ code: "bad_model_file" });
    expect(readdirSync(join(dir, "out"))).toEqual([]);
  });

  it("is killed at any moment and leaves nothing that could be loaded", async () => {
    const code = `
      import { convertCheckpoint } from ${JSON.stringify(join(PACKAGE_ROOT, "dist/convert/index.js"))};
      await convertCheckpoint({ ...${JSON.stringify(options)}, onProgress: (done, total) => {
        if (done / total >= Number(process.argv[1])) process.kill(process.pid, "SIGKILL");
      } });`;
    for (const share of ["0.1", "0.6", "1"]) {
      const child = spawnSync(process.execPath, ["--input-type=module", "-e", code, share], {
        encoding: "utf8",
      });
      expect(child).toMatchObject({ signal: "SIGKILL", stderr: "" });
      expect(readdirSync(join(dir, "out"))).toEqual([".model.unfinished"]);
      await expect(openModelFolder(join(dir, "out/.model.unfinished"))).rejects.toMatchObject({
        code: "bad_model_file",
      });
    }
    await convertCheckpoint(options);
    expect(readdirSync(join(dir, "out"))).toEqual(["model"]);
  });

  it("stops when it is told to, and leaves nothing behind", async () => {
    const stop = new AbortController();
    const converted = convertCheckpoint({ ...options, signal: stop.signal, onProgress: () => stop.abort() });
    await expect(converted).rejects.toMatchObject({ code: "canceled" });
    expect(readdirSync(join(dir, "out"))).toEqual([]);
  });

  it("refuses a tokenizer with ids that the model has no row for", async () => {
    const path = join(options.sourceDir, "tokenizer.json");
    const json = JSON.parse(readFileSync(path, "utf8")) as { added_tokens: { id: number }[] };
    json.added_tokens[255]!.id += 1;
    writeFileSync(path, JSON.stringify(json));
    await expect(convertCheckpoint(options)).rejects.toMatchObject({
      code: "bad_model_file",
      message: expect.stringContaining("outside the vocabulary"),
    });
  });

  it("refuses a tokenizer without an end token", async () => {
    const path = join(options.sourceDir, "tokenizer.json");
    const text = readFileSync(path, "utf8")
      .replace("<|end_of_text|>", "<|a|>")
      .replace("<|eot_id|>", "<|b|>");
    writeFileSync(path, text);
    await expect(convertCheckpoint(options)).rejects.toMatchObject({
      code: "bad_model_file",
      message: expect.stringContaining("<|eot_id|>"),
    });
  });

  it("refuses heads of a size that the runtime's attention cannot take", async () => {
    const sourceDir = join(dir, "odd");
    await writeTinyCheckpoint(sourceDir, { headDim: 24 });
    await expect(convertCheckpoint({ ...options, sourceDir })).rejects.toMatchObject({
      code: "bad_model_file",
      message: expect.stringContaining("multiple of 16"),
    });
  });
});

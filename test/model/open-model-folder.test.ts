import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { openModelFolder } from "../../src/model/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { buildTinyModel } from "../fixtures/tiny-model.js";

let dir: string;
beforeEach(async () => {
  dir = join(tempFolder(), "model");
  cpSync(await buildTinyModel(), dir, { recursive: true });
});

const refusal = (message: RegExp): unknown =>
  expect.objectContaining({ code: "bad_model_file", message: expect.stringMatching(message) });

describe("openModelFolder", () => {
  it("opens a whole folder and identifies it by the digest of its manifest", async () => {
    const folder = await openModelFolder(dir);
    const manifest = readFileSync(join(dir, "manifest.json"));
    expect(folder).toMatchObject({ dir, manifest: { id: "tiny-guard" } });
    expect(folder.sha256).toBe(createHash("sha256").update(manifest).digest("hex"));
  });

  it("refuses a folder without a manifest", async () => {
    rmSync(join(dir, "manifest.json"));
    await expect(openModelFolder(dir)).rejects.toEqual(refusal(/manifest\.json cannot be read/));
  });

  it("refuses a manifest that is not JSON", async () => {
    writeFileSync(join(dir, "manifest.json"), "{");
    await expect(openModelFolder(dir)).rejects.toEqual(refusal(/manifest\.json is not JSON/));
  });

  it("refuses a manifest too large to be one without reading it", async () => {
    writeFileSync(join(dir, "manifest.json"), " ".repeat(2 * 1024 * 1024));
    await expect(openModelFolder(dir)).rejects.toEqual(refusal(/has 2097152 bytes, more than 1048576/));
  });

  it("refuses a missing file by name", async () => {
    rmSync(join(dir, "tokenizer.json"));
    await expect(openModelFolder(dir)).rejects.toEqual(refusal(/tokenizer\.json is missing/));
  });

  it("refuses a truncated file, which would crash the process that maps it", async () => {
    truncateSync(join(dir, "model.onnx.data"), 1000);
    await expect(openModelFolder(dir)).rejects.toEqual(
      refusal(/model\.onnx\.data has 1000 bytes instead of/),
    );
  });

  it("refuses a flipped bit, which would load silently", async () => {
    const path = join(dir, "model.onnx.data");
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(path, bytes);
    await expect(openModelFolder(dir)).rejects.toEqual(refusal(/model\.onnx\.data differs from its digest/));
  });

  it("refuses a surplus file, at the top and further down", async () => {
    mkdirSync(join(dir, "deep"));
    writeFileSync(join(dir, "deep/extra.txt"), "");
    await expect(openModelFolder(dir)).rejects.toEqual(refusal(/deep\/extra\.txt is not in the manifest/));
    rmSync(join(dir, "deep"), { recursive: true });
    writeFileSync(join(dir, ".hidden"), "");
    await expect(openModelFolder(dir)).rejects.toEqual(refusal(/\.hidden is not in the manifest/));
  });

  it("refuses a link, even to the right bytes", async () => {
    cpSync(join(dir, "tokenizer.json"), join(dir, "../elsewhere.json"));
    rmSync(join(dir, "tokenizer.json"));
    symlinkSync("../elsewhere.json", join(dir, "tokenizer.json"));
    await expect(openModelFolder(dir)).rejects.toEqual(refusal(/neither a file nor a folder/));
  });
});

import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { PACKAGE_ROOT } from "../../src/base/index.js";
import { listModels, removeModel } from "../../src/model/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";

const STARTER = join(PACKAGE_ROOT, "onnx/starter-guard");

let folder: string;
let modelsDir: string;
beforeEach(() => {
  folder = tempFolder();
  modelsDir = join(folder, "models");
  cpSync(STARTER, join(modelsDir, "small"), { recursive: true });
  mkdirSync(join(folder, "outside"));
  writeFileSync(join(folder, "outside/manifest.json"), "{}");
});

describe("removeModel", () => {
  it("removes a model and says how many bytes that freed", async () => {
    const [listing] = await listModels(modelsDir);
    expect(await removeModel(modelsDir, "small")).toBe(listing!.bytes);
    expect(readdirSync(modelsDir)).toEqual([]);
  });

  it("removes a model of another version, and what interruptions left behind", async () => {
    const manifest = join(modelsDir, "small/manifest.json");
    writeFileSync(
      manifest,
      readFileSync(manifest, "utf8").replace('"schemaVersion": 2', '"schemaVersion": 1'),
    );
    mkdirSync(join(modelsDir, ".big.unfinished"));
    mkdirSync(join(modelsDir, ".old.removed"));
    for (const name of ["small", ".big.unfinished", ".old.removed"]) await removeModel(modelsDir, name);
    expect(readdirSync(modelsDir)).toEqual([]);
  });

  it("finishes an earlier removal of a model of the same name", async () => {
    mkdirSync(join(modelsDir, ".small.removed"));
    writeFileSync(join(modelsDir, ".small.removed/rest"), "");
    await removeModel(modelsDir, "small");
    expect(readdirSync(modelsDir)).toEqual([]);
  });

  it.each(["", ".", "..", "../outside", "small/", "small/../../outside", "..\\outside", "/", ".git"])(
    "refuses %j, which is no name of a model",
    async (name) => {
      mkdirSync(join(modelsDir, ".git"));
      await expect(removeModel(modelsDir, name)).rejects.toMatchObject({ code: "invalid_config" });
      expect(existsSync(join(folder, "outside/manifest.json"))).toBe(true);
      expect(readdirSync(modelsDir)).toEqual([".git", "small"]);
    },
  );

  it("refuses a link, under a model's name and under that of remains, and leaves what it leads to", async () => {
    for (const name of ["linked", ".linked.unfinished"]) {
      symlinkSync(join(folder, "outside"), join(modelsDir, name));
      await expect(removeModel(modelsDir, name)).rejects.toThrow("is a link");
    }
    expect(readFileSync(join(folder, "outside/manifest.json"), "utf8")).toBe("{}");
  });

  it("follows no link within a model, either", async () => {
    symlinkSync(join(folder, "outside"), join(modelsDir, "small/inner"));
    await removeModel(modelsDir, "small");
    expect(readFileSync(join(folder, "outside/manifest.json"), "utf8")).toBe("{}");
  });

  it.each([
    ["a browser extension", '{"manifest_version": 3, "name": "Dark mode", "version": "1.0"}'],
    ["a program with versions and an id", '{"schemaVersion": 1, "id": "program", "graph": null}'],
    ["nothing that can be read", "{"],
    ["null", "null"],
  ])("refuses a folder whose manifest.json is of %s, unless forced", async (_, manifest) => {
    writeFileSync(join(modelsDir, "small/manifest.json"), manifest);
    await expect(removeModel(modelsDir, "small")).rejects.toThrow("no manifest.json of a model");
    expect(readdirSync(modelsDir)).toEqual(["small"]);
    await removeModel(modelsDir, "small", { force: true });
    expect(readdirSync(modelsDir)).toEqual([]);
  });

  it("refuses other folders, a file, and what is not there, and says what to do", async () => {
    mkdirSync(join(modelsDir, "empty"));
    cpSync(join(folder, "outside"), join(modelsDir, "letters"), { recursive: true });
    writeFileSync(join(modelsDir, "file"), "");
    await expect(removeModel(modelsDir, "letters")).rejects.toThrow("--force removes it anyway");
    await expect(removeModel(modelsDir, "empty")).rejects.toThrow("is an empty folder and no model");
    await expect(removeModel(modelsDir, "absent")).rejects.toThrow("there is no ");
    for (const force of [false, true])
      await expect(removeModel(modelsDir, "file", { force })).rejects.toThrow(/is a file .* with `rm`$/);
    expect(readdirSync(modelsDir)).toEqual(["empty", "file", "letters", "small"]);
  });
});

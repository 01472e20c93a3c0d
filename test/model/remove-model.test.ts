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

  it("removes a model that cannot be read, and what interruptions left behind", async () => {
    writeFileSync(join(modelsDir, "small/manifest.json"), "{");
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

  it("refuses a folder without a manifest, a file, and what is not there", async () => {
    mkdirSync(join(modelsDir, "letters"));
    writeFileSync(join(modelsDir, "file"), "");
    await expect(removeModel(modelsDir, "letters")).rejects.toThrow("has no manifest.json");
    await expect(removeModel(modelsDir, "file")).rejects.toThrow("is not a folder");
    await expect(removeModel(modelsDir, "absent")).rejects.toThrow("there is no ");
    expect(readdirSync(modelsDir)).toEqual(["file", "letters", "small"]);
  });
});

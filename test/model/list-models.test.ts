import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { PACKAGE_ROOT } from "../../src/base/index.js";
import { listModels, openModelFolder, type ModelListing } from "../../src/model/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";

const STARTER = join(PACKAGE_ROOT, "onnx/starter-guard");

let modelsDir: string;
let listed: Map<string, ModelListing>;

beforeAll(async () => {
  modelsDir = tempFolder();
  cpSync(STARTER, join(modelsDir, "small"), { recursive: true });
  symlinkSync(join(modelsDir, "small"), join(modelsDir, "linked"));

  mkdirSync(join(modelsDir, "broken"));
  writeFileSync(join(modelsDir, "broken/manifest.json"), "{");
  mkdirSync(join(modelsDir, "empty"));
  mkdirSync(join(modelsDir, "odd/manifest.json"), { recursive: true });

  mkdirSync(join(modelsDir, ".big.unfinished/deep"), { recursive: true });
  writeFileSync(join(modelsDir, ".big.unfinished/deep/weights"), "x".repeat(1234));
  mkdirSync(join(modelsDir, ".old.removed"));

  mkdirSync(join(modelsDir, ".git"));
  writeFileSync(join(modelsDir, "README.md"), "");
  listed = new Map((await listModels(modelsDir)).map((one) => [one.name, one]));
});

describe("listModels", () => {
  it("lists folders by name, and neither files nor hidden folders of others", () => {
    expect([...listed.keys()]).toEqual([
      ".big.unfinished",
      ".old.removed",
      "broken",
      "empty",
      "linked",
      "odd",
      "small",
    ]);
  });

  it("says what a model is, whether it lies here or is linked", async () => {
    const { manifest } = await openModelFolder(join(modelsDir, "small"));
    const facts = {
      kind: "model",
      id: "portcullis-starter-guard",
      task: "guard",
      format: "int8",
      source: { repository: expect.any(String), revision: expect.any(String) },
      adapter: null,
    };
    expect(listed.get("small")).toMatchObject(facts);
    expect(listed.get("linked")).toMatchObject(facts);
    const contents = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
    expect(listed.get("small")!.bytes).toBeGreaterThan(contents); // the manifest counts too
    expect(listed.get("small")!.bytes).toBeLessThan(contents + 100_000);
    expect(Date.now() - listed.get("small")!.modified.getTime()).toBeLessThan(600_000);
  });

  it.each([
    ["broken", /manifest\.json is not JSON/],
    ["empty", /manifest\.json cannot be read/],
    ["odd", /manifest\.json is not a file/],
  ])("says what is wrong with %s, and lists the others all the same", (name, fault) => {
    expect(listed.get(name)).toMatchObject({ kind: "faulty", fault: expect.stringMatching(fault) });
  });

  it("shows what an interruption left behind, and the room it takes", () => {
    expect(listed.get(".big.unfinished")).toMatchObject({ kind: "unfinished", bytes: 1234 });
    expect(listed.get(".old.removed")).toMatchObject({ kind: "unfinished", bytes: 0 });
  });

  it("fails where there is no such folder, rather than show none", async () => {
    await expect(listModels(join(modelsDir, "absent"))).rejects.toMatchObject({
      code: "invalid_config",
      message: expect.stringContaining("absent"),
    });
  });
});

import { mkdirSync, writeFileSync, cpSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { PACKAGE_ROOT } from "../../src/base/index.js";
import { resolveModelDir } from "../../src/model/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";

const STARTER = join(PACKAGE_ROOT, "onnx/starter-guard");

let modelsDir: string;
beforeAll(() => {
  modelsDir = tempFolder();
  cpSync(STARTER, join(modelsDir, "small"), { recursive: true });
  mkdirSync(join(modelsDir, "src")); // a folder of this name is in the working directory, too
  mkdirSync(join(modelsDir, "broken"));
  mkdirSync(join(modelsDir, ".big.unfinished"));
  writeFileSync(join(modelsDir, "file"), "");
});

describe("resolveModelDir", () => {
  it("finds a name in the folder of models before the working directory", async () => {
    expect(await resolveModelDir(modelsDir, "small")).toBe(join(modelsDir, "small"));
    expect(await resolveModelDir(modelsDir, "src")).toBe(join(modelsDir, "src"));
  });

  it("finds a bare name in the working directory where no model is called so", async () => {
    expect(await resolveModelDir(modelsDir, "test")).toBe(resolve("test"));
  });

  it("takes what has a separator or a leading dot for a path, whatever is there", async () => {
    for (const path of ["/absent/model", "./small", "small/", "..", ".", ".big.unfinished"])
      expect(await resolveModelDir(modelsDir, path)).toBe(resolve(path));
  });

  it("gives absolute paths where the folder of models is a relative one", async () => {
    expect(await resolveModelDir(relative(process.cwd(), modelsDir), "small")).toBe(join(modelsDir, "small"));
  });

  it.each(["smal", "file"])(
    "refuses %s and names the models there are, with the way to others",
    async (name) => {
      await expect(resolveModelDir(modelsDir, name)).rejects.toMatchObject({
        code: "invalid_config",
        message: `there is no model "${name}"; in ${modelsDir} there is: small. \`portcullis pull\` fetches others`,
      });
    },
  );

  it("takes an empty name for none, not for the working directory", async () => {
    await expect(resolveModelDir(modelsDir, "")).rejects.toMatchObject({ code: "invalid_config" });
  });

  it("shows names of folders without what a terminal would obey", async () => {
    const dir = tempFolder();
    cpSync(join(STARTER, "manifest.json"), join(dir, "a\u001b[2J\nb", "manifest.json"));
    await expect(resolveModelDir(dir, "c\u009bd")).rejects.toThrow(
      /^there is no model "c\?d"; in .* there is: a\?\[2J\?b\./,
    );
  });

  it("says so where there is none at all", async () => {
    await expect(resolveModelDir(tempFolder(), "small")).rejects.toThrow("there is: none");
  });
});

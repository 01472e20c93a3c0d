import { cpSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { PACKAGE_ROOT } from "../../src/base/index.js";
import type { ModelManifest } from "../../src/model/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { runCli } from "./run-cli.js";

const STARTER = join(PACKAGE_ROOT, "onnx/starter-guard");
const STARTER_CHAT = join(PACKAGE_ROOT, "onnx/starter-chat");
const MANIFEST = JSON.parse(readFileSync(join(STARTER, "manifest.json"), "utf8")) as ModelManifest;

let modelsDir: string;
beforeEach(() => {
  modelsDir = tempFolder();
  cpSync(STARTER, join(modelsDir, "small"), { recursive: true });
});

const runModels = (...args: string[]) => runCli(["models", ...args, "--models-dir", modelsDir]);

/** A model whose weights have one bit flipped. */
function addDamagedModel(name: string): void {
  cpSync(STARTER, join(modelsDir, name), { recursive: true });
  const path = join(modelsDir, name, MANIFEST.graph.path);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
}

describe("portcullis models", () => {
  it("shows what is there in aligned columns, marks the guard, and says what is wrong with the rest", async () => {
    mkdirSync(join(modelsDir, "broken"));
    mkdirSync(join(modelsDir, ".big.unfinished"));
    writeFileSync(join(modelsDir, ".big.unfinished/weights"), "x".repeat(2048));
    const { exitCode, stdout, stderr } = await runModels("--guard", "small");
    const [header, model, ...remarks] = stdout.split("\n");
    expect(header).toMatch(/^NAME {11}ID {24}TASK {3}FORMAT {2}SIZE {5}SOURCE$/);
    expect(model).toMatch(
      /^small \(guard\) {2}portcullis-starter-guard {2}guard {2}int8 {4}7\.\d MiB {2}\S+@\S{1,12}$/,
    );
    expect(remarks).toEqual([
      ".big.unfinished: unfinished; `portcullis models remove .big.unfinished` frees 2.0 KiB",
      expect.stringMatching(/^broken: .*manifest\.json cannot be read/),
      "",
    ]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  it("shows the model that comes with the package when nothing is said", async () => {
    const { stdout } = await runCli(["models"]);
    expect(stdout).toMatch(/^starter-guard \(guard\) .* int8 /m);
  });

  it("prints the same as JSON", async () => {
    const { stdout } = await runModels("--json");
    expect(JSON.parse(stdout)).toEqual({
      modelsDir,
      guard: "starter-guard",
      models: [
        {
          name: "small",
          kind: "model",
          id: "portcullis-starter-guard",
          task: "guard",
          format: "int8",
          source: { repository: expect.any(String), revision: expect.any(String) },
          adapter: null,
          bytes: expect.any(Number),
          modified: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        },
      ],
    });
  });

  it("says where models would come from when there is none", async () => {
    const { exitCode, stdout } = await runCli(["models", "--models-dir", tempFolder()]);
    expect(stdout).toMatch(/^No model in .*`portcullis pull`/);
    expect(exitCode).toBe(0);
  });

  it.each([
    ["a word it does not know", ["models", "verfy"]],
    ["a folder that is not there", ["models", "--models-dir", "/absent"]],
    ["nothing to remove", ["models", "remove"]],
    ["two models to remove", ["models", "remove", "a", "b"]],
    ["a model to verify that is not there", ["models", "verify", "absent"]],
    ["a model to verify without a name", ["models", "verify", ""]],
    ["a flag of another command", ["models", "--force"]],
  ])("answers %s with one line and exit code 2", async (_, args) => {
    const { exitCode, stdout, stderr } = await runCli(args);
    expect(stderr).toMatch(/^portcullis: .+\n$/);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });
});

describe("portcullis models verify", () => {
  it("shows the digest of every file of models that are whole, and passes over what is unfinished", async () => {
    mkdirSync(join(modelsDir, ".big.unfinished"));
    const { exitCode, stdout } = await runModels("verify");
    const [first, manifest, ...files] = stdout.trimEnd().split("\n");
    expect(first).toBe("small: ok");
    expect(manifest).toMatch(/^ {2}[0-9a-f]{64} {2}manifest\.json$/);
    expect(files).toEqual(MANIFEST.files.map(({ path, sha256 }) => `  ${sha256}  ${path}`));
    expect(exitCode).toBe(0);
  });

  it("names the file at fault, checks the others all the same, and exits with 1", async () => {
    addDamagedModel("damaged");
    const all = await runModels("verify");
    expect(all.stdout).toMatch(/^damaged: .*model\.onnx differs from its digest in the manifest/m);
    expect(all.stdout).toMatch(/^small: ok$/m);
    expect(all.exitCode).toBe(1);

    const named = await runModels("verify", "small");
    expect(named.stdout).not.toContain("damaged");
    expect(named.exitCode).toBe(0);
  });
});

describe("names of folders", () => {
  it("reach a terminal without what it would obey", async () => {
    mkdirSync(join(modelsDir, "evil\u001b[2J\nsmall: ok"));
    mkdirSync(join(modelsDir, ".evil\u009b.unfinished"));
    for (const args of [[], ["verify"], ["verify", "\u001b[2J"], ["remove", "evil\u001b[2J\nsmall: ok"]]) {
      const { stdout, stderr } = await runModels(...args);
      expect(stdout + stderr).toContain("?");
      expect(stdout + stderr).not.toMatch(/[\u001b\u009b]|^small: ok.+/m);
    }
  });
});

describe("portcullis models remove", () => {
  it("keeps a folder of another program that has a manifest.json, unless forced", async () => {
    mkdirSync(join(modelsDir, "extension"));
    writeFileSync(join(modelsDir, "extension/manifest.json"), '{"manifest_version": 3, "name": "Dark"}');
    const refused = await runModels("remove", "extension");
    expect(refused.stderr).toMatch(/^portcullis: .*extension has no manifest\.json of a model.*--force/);
    expect(refused.exitCode).toBe(2);
    expect((await runModels("remove", "extension", "--force")).exitCode).toBe(0);
    expect(readdirSync(modelsDir)).toEqual(["small"]);
  });

  it("removes a model and says which and how much that freed", async () => {
    const { exitCode, stdout } = await runModels("remove", "small");
    expect(stdout).toMatch(/^Removed .*\/small: 7\.\d MiB freed\.\n$/);
    expect(readdirSync(modelsDir)).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it.each([STARTER, STARTER_CHAT])(
    "keeps %s, which comes with the package, unless forced",
    async (starter) => {
      symlinkSync(starter, join(modelsDir, "linked")); // a link is never removed: no fault here can cost the model
      const { exitCode, stdout, stderr } = await runModels("remove", "linked");
      expect(stderr).toMatch(/^portcullis: linked comes with the package.*--force/);
      expect(stdout).toBe("");
      expect(exitCode).toBe(2);
      expect((await runModels("remove", "linked", "--force")).stderr).toContain("is a link");
    },
  );

  it("refuses what is no model", async () => {
    const { exitCode, stderr } = await runModels("remove", "../small");
    expect(stderr).toMatch(/^portcullis: "\.\.\/small" is no name of a model/);
    expect(exitCode).toBe(2);
  });
});

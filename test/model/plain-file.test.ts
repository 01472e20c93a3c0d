import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { listModels, openPlainFile, readPlainFile } from "../../src/model/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";

let dir: string;
beforeEach(() => {
  dir = tempFolder();
});

const refusal = (message: RegExp): unknown =>
  expect.objectContaining({ code: "bad_model_file", message: expect.stringMatching(message) });

describe("readPlainFile", () => {
  it("reads a file up to its ceiling, also through links", async () => {
    writeFileSync(join(dir, "blob"), "12345");
    symlinkSync("blob", join(dir, "once"));
    symlinkSync("once", join(dir, "twice"));
    expect((await readPlainFile(join(dir, "twice"), 5, "try again")).toString()).toBe("12345");
    await expect(readPlainFile(join(dir, "twice"), 4, "try again")).rejects.toEqual(
      refusal(/twice has 5 bytes, more than 4; try again$/),
    );
  });

  it("says that a file is missing, and keeps the system's error", async () => {
    await expect(readPlainFile(join(dir, "absent"), 9, "try again")).rejects.toMatchObject({
      code: "bad_model_file",
      message: expect.stringMatching(/absent cannot be read; try again$/),
      cause: { code: "ENOENT" },
    });
  });
});

describe("openPlainFile", () => {
  it("refuses a pipe without waiting for its other end, a folder and a device", async () => {
    execFileSync("mkfifo", [join(dir, "pipe")]);
    mkdirSync(join(dir, "folder"));
    for (const path of [join(dir, "pipe"), join(dir, "folder"), "/dev/zero"])
      await expect(openPlainFile(path, "try again")).rejects.toEqual(refusal(/is not a file; try again$/));
  });

  it("keeps a pipe for a manifest from holding up the list of models", async () => {
    mkdirSync(join(dir, "odd"));
    execFileSync("mkfifo", [join(dir, "odd/manifest.json")]);
    expect(await listModels(dir)).toMatchObject([
      { kind: "faulty", fault: expect.stringMatching(/manifest\.json is not a file/) },
    ]);
  });
});

import { execFileSync } from "node:child_process";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { openWeightFile } from "../../src/convert/tensor-place.js";
import { tempFolder } from "../fixtures/temp-folder.js";

let dir: string;
beforeEach(() => {
  dir = tempFolder();
});

describe("openWeightFile", () => {
  it("reads a file, also through a link, and says when it ends too early", () => {
    writeFileSync(join(dir, "blob"), "abcdef");
    symlinkSync("blob", join(dir, "weights"));
    using file = openWeightFile(join(dir, "weights"));
    const target = Buffer.alloc(3);
    file.readInto(target, 2);
    expect(target.toString()).toBe("cde");
    expect(() => {
      file.readInto(target, 4);
    }).toThrow(/weights became shorter/);
  });

  it("refuses a pipe without waiting for its other end, a folder, and what is not there", () => {
    execFileSync("mkfifo", [join(dir, "pipe")]);
    const bad = (message: RegExp): unknown =>
      expect.objectContaining({ code: "bad_model_file", message: expect.stringMatching(message) });
    for (const path of [join(dir, "pipe"), dir])
      expect(() => openWeightFile(path)).toThrow(bad(/is not a file; download the checkpoint again$/));
    expect(() => openWeightFile(join(dir, "absent"))).toThrow(bad(/absent cannot be read/));
  });
});

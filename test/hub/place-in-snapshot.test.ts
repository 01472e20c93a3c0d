import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { placeInSnapshot } from "../../src/hub/place-in-snapshot.js";
import { tempFolder } from "../fixtures/temp-folder.js";

let blob: string;
let path: string;
beforeEach(() => {
  const dir = tempFolder();
  mkdirSync(join(dir, "blobs"));
  blob = join(dir, "blobs/ab12");
  path = join(dir, "snapshots/c0ffee/config.json");
  writeFileSync(blob, "{}");
});

describe("placeInSnapshot", () => {
  it("replaces a link that leads nowhere", async () => {
    mkdirSync(join(path, ".."), { recursive: true });
    symlinkSync("../../blobs/gone", path);
    await placeInSnapshot(blob, path);
    expect(readFileSync(path, "utf8")).toBe("{}");
    expect(readdirSync(join(path, ".."))).toEqual(["config.json"]);
  });

  it("gives the blob a second name where links are not allowed, so as not to store it twice", async () => {
    await placeInSnapshot(blob, path, () => Promise.reject(new Error("EPERM")));
    expect(lstatSync(path).isFile()).toBe(true);
    expect(statSync(path).ino).toBe(statSync(blob).ino);
  });
});

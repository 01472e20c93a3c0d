import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, test } from "@jest/globals";
import { openWorkFolder } from "../../src/convert/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";

let place: string;
let remains: string;
beforeEach(() => {
  const dir = tempFolder();
  place = join(dir, "models/small");
  remains = join(dir, "models/.small.unfinished");
});

function leave(owner: object | null): void {
  mkdirSync(remains, { recursive: true });
  writeFileSync(join(remains, "half"), "");
  if (owner !== null) writeFileSync(join(remains, "owner.json"), JSON.stringify(owner));
}

/** Of a process that has ended. */
const deadPid = (): number => spawnSync(process.execPath, ["-e", ""]).pid;

const busy = { code: "invalid_config", message: expect.stringContaining("another process") };

describe("openWorkFolder", () => {
  it("makes what is missing, says whose it is, and is gone when let go", async () => {
    {
      await using work = await openWorkFolder(place);
      expect(work.dir).toBe(remains);
      expect(JSON.parse(readFileSync(join(remains, "owner.json"), "utf8"))).toEqual({
        ...{ host: hostname(), pid: process.pid },
      });
    }
    expect(existsSync(remains)).toBe(false);
  });

  it("starts over where a process that has ended left something", async () => {
    leave({ host: hostname(), pid: deadPid() });
    await using work = await openWorkFolder(place);
    expect(readdirSync(work.dir)).toEqual(["owner.json"]);
  });

  it("starts over where nobody signed, once that is no longer new", async () => {
    leave(null);
    await expect(openWorkFolder(place)).rejects.toMatchObject(busy);
    const minuteAgo = Date.now() / 1000 - 60;
    utimesSync(remains, minuteAgo, minuteAgo);
    await using work = await openWorkFolder(place);
    expect(readdirSync(work.dir)).toEqual(["owner.json"]);
  });

  test.each([
    ["a process that is alive", () => ({ host: hostname(), pid: process.ppid })],
    ["another machine", () => ({ host: "elsewhere", pid: 1 })],
  ])("leaves the work of %s alone", async (_, owner) => {
    leave(owner());
    await expect(openWorkFolder(place)).rejects.toMatchObject(busy);
    expect(existsSync(join(remains, "half"))).toBe(true);
  });

  it("gives a place to one of many who ask at once", async () => {
    const asked = await Promise.allSettled(Array.from({ length: 8 }, () => openWorkFolder(place)));
    expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const one of asked) if (one.status === "rejected") expect(one.reason).toMatchObject(busy);
  });

  it("says where it cannot write", async () => {
    const file = join(tempFolder(), "file");
    writeFileSync(file, "");
    await expect(openWorkFolder(join(file, "small"))).rejects.toMatchObject({
      code: "invalid_config",
      message: expect.stringMatching(/cannot be written \(E[A-Z]+\): choose another/),
    });
  });

  it("does not touch what is there already", async () => {
    mkdirSync(place, { recursive: true });
    await expect(openWorkFolder(place)).rejects.toMatchObject({
      code: "invalid_config",
      message: expect.stringContaining("exists already"),
    });
  });
});

import { readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { partialBytes, takePartialFile } from "../../src/hub/partial-file.js";
import { tempFolder } from "../fixtures/temp-folder.js";

const ABANDONED_MS = 200;
let dir: string;
let blob: string;
beforeEach(() => {
  dir = tempFolder();
  blob = join(dir, "ab12");
});

const take = (): ReturnType<typeof takePartialFile> => takePartialFile(blob, ABANDONED_MS);
const partials = (): string[] => readdirSync(dir).filter((name) => name.endsWith(".incomplete"));
const leave = (hex: string, text: string, touched = new Date(0)): void => {
  const path = join(dir, `ab12.portcullis-${hex}.incomplete`);
  writeFileSync(path, text);
  utimesSync(path, touched, touched);
};
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("takePartialFile", () => {
  it("writes where it is told and becomes the blob", async () => {
    const partial = (await take())!;
    expect(partial.bytes).toBe(0);
    await partial.write(Buffer.from("world"), 6);
    await partial.write(Buffer.from("hello "), 0);
    expect(await partial.finish()).toBe(true);
    expect(readFileSync(blob, "utf8")).toBe("hello world");
    expect(partials()).toEqual([]);
  });

  it("keeps others out for as long as it lives, though nothing is written", async () => {
    const partial = (await take())!;
    await partial.write(Buffer.from("some"), 0);
    expect(await take()).toBeNull();
    await sleep(2 * ABANDONED_MS);
    expect(await take()).toBeNull();
    expect(await partialBytes(blob)).toBe(4);
    await partial.release();
    const next = (await take())!;
    expect(next.bytes).toBe(4);
    await next.remove();
    expect(partials()).toEqual([]);
  });

  it("takes the largest that was left and clears the rest away", async () => {
    leave("00000001", "1");
    leave("00000002", "22");
    leave("00000003", "", new Date(Date.now() + 3_600_000)); // a clock that is wrong
    const partial = (await take())!;
    expect(partial.bytes).toBe(2);
    expect(partials()).toHaveLength(1);
    expect(await take()).toBeNull();
    await partial.release();
  });

  it("leaves partial files of other programs alone: they may have holes", async () => {
    for (const name of ["ab12.incomplete", "ab12.0badcafe.incomplete"])
      writeFileSync(join(dir, name), "theirs");
    const partial = (await take())!;
    expect(partial.bytes).toBe(0);
    await partial.remove();
    expect(partials().sort()).toEqual(["ab12.0badcafe.incomplete", "ab12.incomplete"]);
  });

  it("lets one only have what was left", async () => {
    leave("00000001", "left");
    const taken = await Promise.all([take(), take(), take(), take()]);
    expect(taken.filter((partial) => partial?.bytes === 4)).toHaveLength(1);
    for (const partial of taken) await partial?.release();
  });

  it("does not finish what another process took over", async () => {
    const robbed = (await take())!;
    await robbed.write(Buffer.from("text"), 0);
    const [name] = partials();
    utimesSync(join(dir, name!), new Date(0), new Date(0)); // as if it had slept for long
    const robber = (await take())!;
    expect(await robbed.finish()).toBe(false);
    expect(await robber.finish()).toBe(true);
    expect(statSync(blob).size).toBe(4);
  });
});

import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { tempFolder } from "../fixtures/temp-folder.js";

async function readInChild(kind: string): Promise<{ counts: Record<string, number>; peakMib: number }> {
  const spillDir = join(tempFolder(), "spill");
  const child = join(import.meta.dirname, "memory-child.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, [child, kind, spillDir]);
  expect(readdirSync(join(spillDir, "..")).length === 0 || readdirSync(spillDir).length === 0).toBe(true);
  return JSON.parse(stdout) as { counts: Record<string, number>; peakMib: number };
}

describe("the memory that reading takes", () => {
  it("stays below 400 MiB while a line of 1 GiB goes by, which costs that line only", async () => {
    const { counts, peakMib } = await readInChild("long");
    expect(counts).toEqual({ "conversation of 2": 2, line_too_long: 1 });
    expect(peakMib).toBeLessThan(400);
  }, 60_000);

  it("stays below 400 MiB while 200 MiB of messages are gathered that lie far apart", async () => {
    const { counts, peakMib } = await readInChild("scattered");
    expect(counts).toEqual({ "conversation of 20": 500 });
    expect(peakMib).toBeLessThan(400);
  }, 60_000);
});

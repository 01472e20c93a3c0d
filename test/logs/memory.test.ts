import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { tempFolder } from "../fixtures/temp-folder.js";

const execute = promisify(execFile);
const CHILD = join(import.meta.dirname, "memory-child.mjs");

async function readInChild(kind: string): Promise<{ counts: Record<string, number>; peakMib: number }> {
  const spillDir = join(tempFolder(), "spill");
  const { stdout } = await execute(process.execPath, [CHILD, kind, spillDir]);
  expect(readdirSync(join(spillDir, "..")).length === 0 || readdirSync(spillDir).length === 0).toBe(true);
  return JSON.parse(stdout) as { counts: Record<string, number>; peakMib: number };
}

describe("the memory that reading takes", () => {
  it.each(["gzip", "zstd"])(
    "stays below 250 MiB while a line of 512 MiB in %s goes by, which costs that line only",
    async (packing) => {
      const { counts, peakMib } = await readInChild(packing);
      expect(counts).toEqual({ "conversation of 2": 2, line_too_long: 1 });
      expect(peakMib).toBeLessThan(250);
    },
    60_000,
  );

  it("stays below 220 MiB while 240 MiB of messages are gathered that lie far apart", async () => {
    const { counts, peakMib } = await readInChild("scattered");
    expect(counts).toEqual({ "conversation of 20": 240 });
    expect(peakMib).toBeLessThan(220);
  }, 60_000);

  it("leaves an error and no file where the disk takes no more of what is gathered", async () => {
    const spillDir = join(tempFolder(), "spill");
    const limited = execute("bash", [
      "-c",
      'ulimit -f 100; exec "$@"',
      "bash",
      process.execPath,
      CHILD,
      "scattered",
      spillDir,
    ]);
    await expect(limited).rejects.toMatchObject({
      stderr: expect.stringContaining("code: 'invalid_config'"),
    });
    expect(readdirSync(spillDir)).toEqual([]);
  });
});

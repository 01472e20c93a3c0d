import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { verifyRun } from "../../src/audit/index.js";
import { finishedRun } from "./finished-run.js";

const part = (dir: string, index: number): string => join(dir, `verdicts/part-00000${String(index)}.parquet`);
const edit = (dir: string, from: string, to: string): void => {
  const path = join(dir, "run.json");
  const text = readFileSync(path, "utf8");
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
};

describe("verifyRun", () => {
  it.each<[string, (dir: string) => void, RegExp]>([
    ["a changed byte", (dir) => flip(part(dir, 1)), /^verdicts\/part-000001.parquet was changed$/],
    ["a part that is gone", (dir) => rmSync(part(dir, 2)), /part-000002.parquet cannot be read: ENOENT/],
    ["two parts in each other's place", swap, /part-000000.parquet was changed/],
    ["a part too many", (dir) => copyFileSync(part(dir, 0), part(dir, 9)), /part-000009.parquet is no part/],
    ["another count", (dir) => edit(dir, '"failed": 0', '"failed": 1'), /seal does not fit/],
    ["another threshold", (dir) => edit(dir, '"threshold": 0.5', '"threshold": 0.6'), /seal does not fit/],
  ])("notices %s", async (_, damage, fault) => {
    const { dir } = await finishedRun();
    damage(dir);
    expect((await verifyRun(dir)).faults.join("\n")).toMatch(
      fault.multiline ? fault : new RegExp(fault, "m"),
    );
  });

  it("finds a whole run whole, and compares a seal that was kept elsewhere", async () => {
    const { dir, manifest } = await finishedRun();
    expect((await verifyRun(dir, manifest.seal)).faults).toEqual([]);
    expect((await verifyRun(dir, "0".repeat(64))).faults).toEqual([
      `the seal is another one: ${manifest.seal}`,
    ]);
  });

  it("refuses a run.json that names files outside the folder, or is not one", async () => {
    const { dir } = await finishedRun();
    edit(dir, "verdicts/part-000000.parquet", "verdicts/../../../etc/passwd");
    await expect(verifyRun(dir)).rejects.toMatchObject({ code: "invalid_config" });
    writeFileSync(join(dir, "run.json"), "{");
    await expect(verifyRun(dir)).rejects.toThrow("not that of an audit");
  });
});

function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
}

function swap(dir: string): void {
  renameSync(part(dir, 0), part(dir, 8));
  renameSync(part(dir, 1), part(dir, 0));
  renameSync(part(dir, 8), part(dir, 1));
}

import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { fakeRows, writeFakeRun } from "../audit/report/fake-run.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { runCli } from "./run-cli.js";

describe("portcullis report", () => {
  it("makes the report of a finished audit and says where it is", async () => {
    const dir = tempFolder();
    await writeFakeRun(dir, fakeRows({ conversations: 5 }));
    expect(await runCli(["report", dir])).toEqual({
      exitCode: 0,
      stdout: `${join(dir, "report.html")}\n`,
      stderr: "",
    });
    expect(existsSync(join(dir, "report.html"))).toBe(true);
  });

  it("refuses a folder without a finished audit, or with files that are not one's", async () => {
    const dir = tempFolder();
    expect(await runCli(["report", dir])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("holds no finished audit"),
    });
    const run = await writeFakeRun(dir, fakeRows({ conversations: 5 }));
    writeFileSync(join(dir, "verdicts/part-000000.parquet"), "rubbish");
    expect(await runCli(["report", dir])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("cannot be read"),
    });
    writeFileSync(join(dir, "run.json"), JSON.stringify({ ...run, files: [{ path: "../../etc/passwd" }] }));
    expect(await runCli(["report", dir])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("not that of an audit"),
    });
    rmSync(join(dir, "run.json"));
    expect(existsSync(join(dir, "report.html"))).toBe(false);
  });

  it("takes one folder", async () => {
    expect(await runCli(["report"])).toMatchObject({ exitCode: 2 });
    expect(await runCli(["report", "a", "b"])).toMatchObject({ exitCode: 2 });
  });
});

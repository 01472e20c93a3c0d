import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "@jest/globals";
import { PACKAGE_ROOT } from "../../src/base/index.js";
import { lockFile } from "../../src/duckdb/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";

/** Another process that tries for the lock, says what came of it, and holds it until it is killed. */
const other = (path: string) =>
  spawn(process.execPath, [
    "-e",
    `import(${JSON.stringify(join(PACKAGE_ROOT, "dist/duckdb/index.js"))})
       .then(({ lockFile }) => lockFile(${JSON.stringify(path)}))
       .then((lock) => { console.log(lock === null ? "refused" : "held"); if (lock) setInterval(() => {}, 1000); })`,
  ]);

describe("lockFile", () => {
  it("is held by one process at a time, and let go of by one that is killed", async () => {
    const path = join(tempFolder(), "lock");
    const first = other(path);
    const [said] = (await once(first.stdout, "data")) as [Buffer];
    expect(said.toString()).toBe("held\n");
    expect(await lockFile(path)).toBeNull();
    expect(await text(other(path).stdout)).toBe("refused\n");
    first.kill("SIGKILL");
    await once(first, "exit");
    const lock = await lockFile(path);
    expect(lock).not.toBeNull();
    expect(await text(other(path).stdout)).toBe("refused\n");
    lock!.release();
  });

  it("keeps a process from itself, until it is released", async () => {
    const path = join(tempFolder(), "lock");
    const lock = await lockFile(path);
    expect(await lockFile(path)).toBeNull();
    lock!.release();
    lock!.release();
    const again = await lockFile(path);
    expect(again).not.toBeNull();
    again!.release();
  });
});

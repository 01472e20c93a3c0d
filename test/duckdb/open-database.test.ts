import { execFile } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { PACKAGE_ROOT } from "../../src/base/index.js";
import { openDatabase } from "../../src/duckdb/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";

describe("openDatabase", () => {
  it("reads JSON and CSV, and writes Parquet that it reads again", async () => {
    const dir = tempFolder();
    writeFileSync(join(dir, "in.jsonl"), '{"turn":1,"scores":{"S1":0.25}}\n{"turn":2,"scores":{"S1":0.5}}\n');
    await using database = await openDatabase();
    const { connection } = database;
    await connection.run("CREATE TABLE t AS SELECT * FROM read_json($file)", { file: join(dir, "in.jsonl") });
    await connection.run(`COPY t TO '${join(dir, "out.parquet")}' (FORMAT parquet, COMPRESSION zstd)`);
    const read = await connection.runAndReadAll("SELECT turn, scores.S1 AS s FROM read_parquet($file)", {
      file: join(dir, "out.parquet"),
    });
    expect(read.getRowObjectsJson()).toEqual([
      { turn: "1", s: 0.25 },
      { turn: "2", s: 0.5 },
    ]);
    expect(readFileSync(join(dir, "out.parquet")).subarray(0, 4).toString()).toBe("PAR1");
  });

  it("keeps to its memory: what does not fit goes to the spill folder, or fails where there is none", async () => {
    const dir = tempFolder();
    const sortMuch =
      "SELECT max(a) AS most FROM (SELECT hash(range) AS a FROM range(4000000) ORDER BY a LIMIT 3999999)";
    await using spilling = await openDatabase({ memoryMib: 40, spillDir: join(dir, "spill") });
    const { connection } = spilling;
    expect((await connection.runAndReadAll(sortMuch)).getRows()).toHaveLength(1);
    await using strict = await openDatabase({ memoryMib: 40 });
    await expect(strict.connection.runAndReadAll(sortMuch)).rejects.toThrow(/Out of Memory/);
    expect(readdirSync(dir)).toEqual(["spill"]);
  });

  it("neither fetches nor loads extensions, and cannot be talked into it", async () => {
    await using database = await openDatabase();
    const { connection } = database;
    await expect(connection.run("SET autoinstall_known_extensions = true")).rejects.toThrow(/locked/);
    await expect(connection.run("SELECT * FROM read_csv('https://127.0.0.1:1/x.csv')")).rejects.toThrow(
      /httpfs/,
    );
  });

  it("closes twice without harm, and then answers nothing", async () => {
    const database = await openDatabase();
    await database.close();
    await database.close();
    await expect(database.connection.run("SELECT 1")).rejects.toThrow();
  });

  // In a process of its own: what goes wrong here is a segmentation fault, or a wait for half a minute of counting.
  it.each([
    ["a query", "connection.run(SLOW)"],
    ["one with values", "connection.run(SLOW + ' AND x <> $1', [7])"],
    ["one whose turn has not come", "Promise.any([1, 2, 3, 4, 5, 6].map(() => connection.run(SLOW)))"],
    ["the reading of a result", "connection.stream(SLOW_ROWS).then((result) => result.fetchChunk())"],
  ])("interrupts %s when it is closed, and waits for it", async (_, call) => {
    const program = `
      import { openDatabase } from ${JSON.stringify(join(PACKAGE_ROOT, "dist/duckdb/index.js"))};
      const SLOW = "SELECT count(*) FROM range(10000000000) t(x) WHERE hash(x) % 7 = 3";
      const SLOW_ROWS = "SELECT x FROM range(10000000000) t(x) WHERE hash(x) % 1000 = 3";
      for (let round = 0; round < 5; round++) {
        const database = await openDatabase();
        const { connection } = database;
        const ended = ${call}.then(() => "given", () => "refused");
        if (round > 0) await new Promise((resolve) => setTimeout(resolve, round * 5));
        await database.close();
        console.log(await ended);
      }`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--input-type=module", "--eval", program],
      { timeout: 20_000 },
    );
    expect(stdout).toMatch(/^(given\n|refused\n){5}$/);
    if (!call.includes("fetchChunk")) expect(stdout).toBe("refused\n".repeat(5));
  });
});

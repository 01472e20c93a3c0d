import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import { openDatabase } from "../../../src/duckdb/index.js";
import { tempFolder } from "../../fixtures/temp-folder.js";
import { conversationsIn, faultsIn, readAll, recordsOf, said } from "../read-all.js";

async function writeParquet(path: string, query: string): Promise<void> {
  await using database = await openDatabase();
  await database.connection.run(
    `COPY (${query}) TO '${path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 2048)`,
  );
}

const WILDCHAT = `SELECT 'h' || n AS conversation_hash, TIMESTAMPTZ '2023-04-09 00:02:53+00' AS timestamp,
  [{role: 'user', content: 'q' || n, hashed_ip: 'x'}, {role: 'assistant', content: 'a' || n, hashed_ip: NULL}] AS conversation,
  [{flagged: true}] AS openai_moderation, '1.2.3.4' AS ip FROM range(1, 5001) t(n)`;

describe("Parquet", () => {
  it("is read row by row in its order, nested columns included, from files and from the standard input", async () => {
    const dir = tempFolder();
    await writeParquet(join(dir, "w.parquet"), WILDCHAT);
    const all = conversationsIn(await readAll(dir, ["w.parquet"]));
    expect(all.map(({ key, row }) => [key, row])).toEqual(
      Array.from({ length: 5000 }, (_, i) => [`h${String(i + 1)}`, i + 1]),
    );
    expect(all[4999]).toMatchObject({ format: "wildchat", day: "2023-04-09" });
    expect(said(all[4999]!)).toEqual(["u:q5000", "a:a5000"]);
    const stdin = Readable.from([readFileSync(join(dir, "w.parquet"))]);
    expect(conversationsIn(await readAll(dir, ["-"], { stdin }))).toHaveLength(5000);
  });

  it("is read whatever its file is called, and whatever case its columns have", async () => {
    const dir = tempFolder();
    await writeParquet(join(dir, "plain"), `SELECT 'q' AS "Question", NULL AS x, 'a' AS "Answer"`);
    writeFileSync(join(dir, "we[i]rd*.parquet"), readFileSync(join(dir, "plain")));
    expect(conversationsIn(await readAll(dir, ["we[i]rd*.parquet"])).map(said)).toEqual([["u:q", "a:a"]]);
  });

  it("is one fault that counts its rows where no column is known", async () => {
    const dir = tempFolder();
    await writeParquet(join(dir, "n.parquet"), "SELECT n AS nummer FROM range(7) t(n)");
    const entries = await readAll(dir, ["n.parquet"]);
    expect(entries).toEqual([expect.objectContaining({ code: "unknown_shape", row: null, records: 7 })]);
    const mapped = await readAll(dir, ["n.parquet"], { map: { user: "nummer" } });
    expect(faultsIn(mapped).map(({ code }) => code)).toEqual(Array.from({ length: 7 }, () => "bad_content"));
    expect(recordsOf(mapped)).toBe(7);
  });

  it("never throws and never loses what stands before, wherever its bytes are changed", async () => {
    const dir = tempFolder();
    await writeParquet(join(dir, "w.parquet"), WILDCHAT.replace("5001", "3"));
    const whole = readFileSync(join(dir, "w.parquet"));
    for (let at = 0; at < whole.length; at += 29) {
      const bytes = Buffer.from(whole);
      bytes[at] = bytes[at]! ^ 0xff;
      writeFileSync(join(dir, "x.parquet"), bytes);
      const entries = await readAll(dir, ["x.parquet"]);
      expect(entries.length).toBeGreaterThan(0);
    }
  });
});

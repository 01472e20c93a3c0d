import {
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it, test } from "@jest/globals";
import { describeInputs, LOG_LIMITS, readLogs } from "../../src/logs/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { conversationsIn, faultsIn, readAll, recordsOf, said, spillIn, writeLog } from "./read-all.js";

let dir: string;
beforeEach(() => {
  dir = tempFolder();
});

const pair = (n: number | string): object => ({ prompt: `p${String(n)}`, response: `r${String(n)}` });
const spilled = (): string[] => {
  try {
    return readdirSync(spillIn(dir));
  } catch {
    return [];
  }
};

describe("readLogs", () => {
  it("gives the entries of all inputs in an order that stays", async () => {
    writeLog(dir, "logs/b.jsonl", [pair(1), "broken", pair(2)]);
    writeLog(dir, "logs/a/z.csv", "conversation_id,role,content\nk,user,hello\nk,assistant,hi\n");
    writeLog(dir, "logs/a/y.json", JSON.stringify([pair(3), pair(4)], null, 1));
    writeLog(dir, "logs/c.txt", "not a log");
    writeLog(dir, "logs/.hidden.jsonl", [pair(5)]);
    const read = (): ReturnType<typeof readAll> => readAll(dir, ["logs", "absent", "logs/b.jsonl"]);
    const entries = await read();
    expect(
      entries.map((entry) => [
        entry.source.slice(dir.length + 1),
        entry.row,
        entry.type === "fault" ? entry.code : said(entry).join(" "),
      ]),
    ).toEqual([
      ["logs/a/y.json", 2, "u:p3 a:r3"],
      ["logs/a/y.json", 6, "u:p4 a:r4"],
      ["logs/b.jsonl", 1, "u:p1 a:r1"],
      ["logs/b.jsonl", 2, "unknown_shape"],
      ["logs/b.jsonl", 3, "u:p2 a:r2"],
      ["logs/c.txt", null, "skipped_file"],
      ["absent", null, "missing_file"],
      ["logs/b.jsonl", null, "skipped_file"],
      ["logs/a/z.csv", 1, "u:hello a:hi"],
    ]);
    expect(await read()).toEqual(entries);
    expect(spilled()).toEqual([]);
  });

  it("keeps keys unique: the log's own where it can, else source and row", async () => {
    const odd = "\ud800";
    writeLog(dir, "log.jsonl", [
      { ...pair(1), id: "x" },
      { ...pair(2), id: "x" },
      { ...pair(3), id: 12 },
      { ...pair(4), id: "k".repeat(LOG_LIMITS.maxKeyLength + 1) },
      { ...pair(5), id: odd },
      { ...pair(6), id: `${dir}/log.jsonl:7` },
      pair(7),
      { id: "alt", choices: [{ message: { role: "assistant", content: "1" } }, { text: "2" }] },
    ]);
    const keys = conversationsIn(await readAll(dir, ["log.jsonl"])).map(({ key }) => key.replace(dir, ""));
    expect(keys).toEqual([
      ...[
        "x",
        "/log.jsonl:2",
        "12",
        "/log.jsonl:4",
        "\ufffd",
        "/log.jsonl:7",
        "/log.jsonl:7~2",
        "alt",
        "alt#2",
      ],
    ]);
  });

  it("reads the same from plain, gzip and zstd files, by their first bytes and not by their names", async () => {
    const lines = Array.from({ length: 2000 }, (_, i) => JSON.stringify({ ...pair(i), id: String(i) }));
    const text = lines.join("\n");
    writeLog(dir, "a.jsonl", `\ufeff${text}`);
    writeLog(
      dir,
      "b.jsonl.gz",
      Buffer.concat([gzipSync(`${text}\n`.slice(0, 5000)), gzipSync(text.slice(5000))]),
    );
    writeLog(dir, "c.jsonl", gzipSync(text.replaceAll("\n", "\r\n")));
    for (const name of ["a.jsonl", "b.jsonl.gz", "c.jsonl"]) {
      const entries = await readAll(dir, [name]);
      expect(conversationsIn(entries).map(({ key }) => key)).toEqual(lines.map((_, i) => String(i)));
    }
  });

  it("reads the standard input, whatever comes out of it", async () => {
    const csv = 'prompt,response\n"a\nb",c\n';
    const cases: [string | Buffer, string[][]][] = [
      [`${JSON.stringify(pair(1))}\n`, [["u:p1", "a:r1"]]],
      [csv, [["u:a\nb", "a:c"]]],
      [gzipSync(csv), [["u:a\nb", "a:c"]]],
      [
        JSON.stringify([pair(1), pair(2)], null, 2),
        [
          ["u:p1", "a:r1"],
          ["u:p2", "a:r2"],
        ],
      ],
      ["", []],
    ];
    for (const [content, expected] of cases) {
      const bytes = Buffer.from(content);
      const stdin = Readable.from(Array.from(bytes, (byte) => Buffer.of(byte)));
      const entries = await readAll(dir, ["-"], { stdin });
      expect(conversationsIn(entries).map(said)).toEqual(expected);
      expect(entries.every(({ source }) => source === "-")).toBe(true);
    }
    await expect(readAll(dir, ["-"])).rejects.toMatchObject({ code: "invalid_config" });
  });

  it("loses one record for one that is broken, and says where and why, quoting nothing", async () => {
    const deep = `${"[".repeat(101)}${"]".repeat(101)}`;
    const secret = "a private matter";
    writeLog(
      dir,
      "log.jsonl",
      Buffer.concat([
        Buffer.from(`${JSON.stringify(pair(1))}\n{"prompt":"${secret}\n\n  \r\n`),
        Buffer.from([0x22, 0xff, 0x22, 0x0a]),
        Buffer.from(`{"prompt":"x","response":${deep}}\n"${"y".repeat(2000)}"\n`),
        Buffer.from(`{"prompt":"\\u0000","response":"nul"}\nnot JSON\0\n${JSON.stringify(pair(2))}`),
      ]),
    );
    const entries = await readAll(dir, ["log.jsonl"], { maxLineBytes: 1000 });
    expect(faultsIn(entries).map(({ row, code }) => [row, code])).toEqual([
      [2, "broken_json"],
      [5, "broken_encoding"],
      [6, "too_deep"],
      [7, "line_too_long"],
      [9, "broken_json"],
    ]);
    expect(conversationsIn(entries).map(said)).toEqual([
      ["u:p1", "a:r1"],
      ["u:\0", "a:nul"],
      ["u:p2", "a:r2"],
    ]);
    expect(JSON.stringify(faultsIn(entries))).not.toContain(secret);
    expect(recordsOf(entries)).toBe(8);
  });

  it("bounds the messages of one conversation, alone and gathered", async () => {
    const messages = Array.from({ length: LOG_LIMITS.maxTurns + 1 }, () => ({ role: "user", content: "x" }));
    writeLog(dir, "alone.jsonl", [{ messages }, { messages: messages.slice(1) }]);
    writeLog(dir, "rows.csv", `id,role,content\n${"1,user,x\n".repeat(LOG_LIMITS.maxTurns + 1)}2,user,y\n`);
    const entries = await readAll(dir, ["alone.jsonl", "rows.csv"]);
    expect(faultsIn(entries).map(({ row, records, code }) => [row, records, code])).toEqual([
      [1, 1, "too_large"],
      [1, LOG_LIMITS.maxTurns + 1, "too_large"],
    ]);
    expect(conversationsIn(entries).map(({ turns }) => turns.length)).toEqual([LOG_LIMITS.maxTurns, 1]);
    expect(recordsOf(entries)).toBe(LOG_LIMITS.maxTurns + 4);
  });

  test.each<[string, string | Uint8Array, string]>([
    ["cut.jsonl.gz", gzipSync(JSON.stringify(pair(1)).repeat(50)).subarray(0, -9), "decompression_failed"],
    ["cut.jsonl.zst", Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x04), "decompression_failed"],
    ["lies.parquet", "PAR1 and then some text that is no table PAR1", "broken_table"],
    ["short.parquet", "PAR1", "broken_table"],
  ])("says of %s that it cannot be read, and goes on", async (name, content, code) => {
    writeLog(dir, name, content);
    writeLog(dir, "next.jsonl", [pair(1)]);
    const entries = await readAll(dir, [name, "next.jsonl"]);
    expect(faultsIn(entries).map((fault) => [fault.code, fault.row])).toEqual([[code, null]]);
    expect(conversationsIn(entries)).toHaveLength(1);
    expect(spilled()).toEqual([]);
  });

  it("goes round no circle of links, and follows those to files", async () => {
    writeLog(dir, "logs/a.jsonl", [pair(1)]);
    symlinkSync("..", join(dir, "logs/up"));
    symlinkSync("../logs/a.jsonl", join(dir, "logs/b.jsonl"));
    symlinkSync("c.jsonl", join(dir, "logs/c.jsonl"));
    symlinkSync("nowhere", join(dir, "logs/d.jsonl"));
    const entries = await readAll(dir, ["logs"]);
    expect(conversationsIn(entries).map(({ source }) => source.slice(dir.length))).toEqual([
      ...["/logs/a.jsonl", "/logs/b.jsonl"],
    ]);
    expect(faultsIn(entries).map(({ code, source }) => [source.slice(dir.length), code])).toEqual([
      ["/logs/c.jsonl", "unreadable_file"],
      ["/logs/d.jsonl", "missing_file"],
      ["/logs/up", "skipped_file"],
    ]);
  });

  it("finds files by patterns, those with such names by their names, and says when there are none", async () => {
    writeLog(dir, "a/1.jsonl", [pair(1)]);
    writeLog(dir, "a/b/2.jsonl", [pair(2)]);
    writeLog(dir, "a/[x].jsonl", [pair(3)]);
    const read = async (name: string): Promise<string[]> =>
      (await readAll(dir, [name])).map((entry) => (entry.type === "fault" ? entry.code : said(entry)[0]!));
    expect(await read("a/*.jsonl")).toEqual(["u:p1", "u:p3"]);
    expect(await read("a/**/?.jsonl")).toEqual(["u:p1", "u:p2"]);
    expect(await read("a/[x].jsonl")).toEqual(["u:p3"]);
    expect(await read("a/*.csv")).toEqual(["missing_file"]);
  });

  it("says when a log was changed while it was read, or went away", async () => {
    for (const change of ["grows", "shrinks", "goes"]) {
      writeLog(
        dir,
        "log.jsonl",
        Array.from({ length: 400 }, () => pair("x".repeat(500))), // more than is read at a time
      );
      const path = join(dir, "log.jsonl");
      const entries = [];
      for await (const entry of readLogs([path], { spillDir: spillIn(dir) })) {
        entries.push(entry);
        if (entries.length !== 1) continue;
        if (change === "grows") writeFileSync(path, `${JSON.stringify(pair("new"))}\n`, { flag: "a" });
        else if (change === "shrinks") truncateSync(path, 300_000);
        else rmSync(path);
      }
      expect(faultsIn(entries).at(-1)).toMatchObject({ code: "changed_file", row: null, records: 0 });
    }
  });

  it("ends with the signal's reason, leaves no file behind, and lets go when the reader has enough", async () => {
    writeLog(
      dir,
      "log.jsonl",
      Array.from({ length: 5000 }, (_, i) => pair(i)),
    );
    const stop = new AbortController();
    const reading = (async () => {
      for await (const entry of readLogs([join(dir, "log.jsonl")], {
        spillDir: spillIn(dir),
        signal: stop.signal,
      }))
        if (entry.row === 3) stop.abort(new Error("enough"));
    })();
    await expect(reading).rejects.toThrow("enough");

    const silent = new Readable({ read: () => undefined });
    const late = new AbortController();
    setTimeout(() => late.abort(new Error("nothing came")), 50);
    await expect(readAll(dir, ["-"], { stdin: silent, signal: late.signal })).rejects.toThrow("nothing came");
    await expect(
      readAll(dir, ["log.jsonl"], { signal: AbortSignal.abort(new Error("never")) }),
    ).rejects.toThrow("never");

    const entries = readLogs([join(dir, "log.jsonl")], { spillDir: spillIn(dir) });
    await entries.next();
    await entries.return(undefined);
    expect(spilled()).toEqual([]);
  });

  it("ends with an error, which is no log's, where what is gathered cannot be kept", async () => {
    writeLog(
      dir,
      "log.jsonl",
      Array.from({ length: 5000 }, (_, i) => ({
        conversation_id: `c${String(i)}`,
        role: "user",
        content: "x",
      })),
    );
    await expect(readAll(dir, ["log.jsonl"], { memoryMib: 1 })).rejects.toMatchObject({
      code: "invalid_config",
    });
    expect(spilled()).toEqual([]);
  });

  it("refuses a map beside a format, and a mapped format without one", async () => {
    await expect(readAll(dir, [], { format: "openai", map: { user: "x" } })).rejects.toMatchObject({
      code: "invalid_config",
    });
    await expect(readAll(dir, [], { format: "mapped" })).rejects.toMatchObject({ code: "invalid_config" });
  });
});

describe("describeInputs", () => {
  it("tells the same inputs from others", async () => {
    writeLog(dir, "logs/a.jsonl", [pair(1)]);
    mkdirSync(join(dir, "logs/sub"));
    const path = join(dir, "logs/a.jsonl");
    utimesSync(path, 1, 1);
    const describeAll = (): ReturnType<typeof describeInputs> =>
      describeInputs([join(dir, "logs"), "-", join(dir, "absent")], { spillDir: spillIn(dir) });
    const before = await describeAll();
    expect(before).toEqual([
      { source: path, bytes: 32, version: "1970-01-01T00:00:01.000Z" },
      { source: "-", bytes: null, version: null },
      { source: join(dir, "absent"), bytes: null, version: null },
    ]);
    expect(await describeAll()).toEqual(before);
    utimesSync(path, 2, 2);
    expect(await describeAll()).not.toEqual(before);
  });
});

import { zstdFrame } from "./zstd-frame.js";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { LOG_FAULT_CODES } from "../../src/logs/index.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { readAll, recordsOf, writeLog } from "./read-all.js";

/** Lines that look like logs, and pieces of them, so that bytes drawn at random come near to what is read. */
const line = fc.oneof(
  fc.constantFrom(
    '{"prompt":"a","response":"b","id":"k"}',
    '{"messages":[{"role":"user","content":"x"}]}',
    '{"custom_id":"1","method":"POST","url":"/v1","body":{"prompt":"p"}}',
    '{"custom_id":"1","response":{"status_code":200,"body":{"choices":[{"text":"t"}]}}}',
    '{"conversation_id":"c","role":"user","content":"m","turn":"2"}',
    '{"trace_id":"t","type":"GENERATION","input":"i","output":"o"}',
    '"open',
    '[{"a":1},',
    "{",
    "]",
    "id,prompt,response",
    '1,"two\n',
  ),
  fc.json(),
  fc.string(),
);
const bytes = fc.oneof(
  fc.array(line, { maxLength: 12 }).map((lines) => Buffer.from(lines.join("\n"))),
  fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
);

/** What a reader of lines has to account for. */
const linesOf = (content: Buffer): number =>
  content
    .toString("latin1")
    .replace(/^\xef\xbb\xbf/, "")
    .split("\n")
    .filter((text) => /[^ \t\r]/.test(text)).length;

const isMagic = (content: Buffer): boolean =>
  /^(1f8b|28b52ffd|5.2a4d18|50415231)/.test(content.subarray(0, 4).toString("hex"));

describe("any bytes", () => {
  it("are accounted for line by line, plain and packed, and never throw", async () => {
    const dir = tempFolder();
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 16, max: 4000 }), async (content, maxLineBytes) => {
        fc.pre(!isMagic(content));
        for (const [name, packed] of [
          ["log.jsonl", content],
          ["log.jsonl.gz", gzipSync(content)],
          ["log.jsonl.zst", zstdFrame(content)],
        ] as const) {
          writeLog(dir, name, packed);
          const entries = await readAll(dir, [name], { maxLineBytes });
          const values = entries.filter(({ records }) => records > 0);
          expect(
            values.every((one) => one.type === "conversation" || LOG_FAULT_CODES.includes(one.code)),
          ).toBe(true);
          // An array on a line holds several records.
          expect(recordsOf(entries)).toBeGreaterThanOrEqual(linesOf(content));
          if (!content.includes("[")) expect(recordsOf(entries)).toBe(linesOf(content));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("never throw under any other name, and give the same entries twice", async () => {
    const dir = tempFolder();
    await fc.assert(
      fc.asyncProperty(
        bytes,
        fc.constantFrom("log.json", "log.csv", "log.tsv", "log", "log.parquet", "log.gz", "log.zst"),
        fc.integer({ min: 16, max: 300 }),
        async (content, name, maxLineBytes) => {
          writeLog(dir, name, content);
          const entries = await readAll(dir, [name], { maxLineBytes });
          expect(await readAll(dir, [name], { maxLineBytes })).toEqual(entries);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("behind the mark of a packed file or a table are a fault of that file at most", async () => {
    const dir = tempFolder();
    const marks = fc
      .constantFrom("1f8b08", "28b52ffd", "502a4d18", "50415231")
      .map((hex) => Buffer.from(hex, "hex"));
    await fc.assert(
      fc.asyncProperty(marks, fc.uint8Array({ maxLength: 100 }), async (mark, rest) => {
        writeLog(dir, "log", Buffer.concat([mark, rest]));
        const entries = await readAll(dir, ["log"]);
        expect(entries.every((entry) => entry.type === "fault" || entry.turns.length > 0)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

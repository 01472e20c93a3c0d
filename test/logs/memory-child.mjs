// Reads logs in a process of its own and tells what it took: entries by code, and the most memory it ever held.
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { readLogs } from "../../dist/logs/index.js";

const [kind, spillDir, path] = process.argv.slice(2);

const MIB = 1024 * 1024;
const record = (content) => `${JSON.stringify({ prompt: content, response: "r" })}\n`;

const LINE_MIB = 512;

/** A line between two records, packed into about half a megabyte. */
function* longInGzip() {
  yield gzipSync(record("before"));
  const part = gzipSync(Buffer.alloc(16 * MIB, "x"));
  for (let mib = 0; mib < LINE_MIB; mib += 16) yield part;
  yield gzipSync(`\n${record("after")}`);
}

/** The same in 16 KiB that come at once: one byte and how often, 128 KiB from every four bytes. */
function* longInZstd() {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x40]);
  const blockHead = (bytes, kind, isLast) => {
    const three = Buffer.alloc(3);
    three.writeUIntLE(bytes * 8 + kind * 2 + isLast, 0, 3);
    return three;
  };
  const raw = (text, isLast) => Buffer.concat([blockHead(text.length, 0, isLast), Buffer.from(text)]);
  const repeated = Buffer.concat([blockHead(MIB / 8, 1, 0), Buffer.from("x")]);
  yield Buffer.concat([
    ...[head, raw(record("before"), 0)],
    ...Array.from({ length: LINE_MIB * 8 }, () => repeated),
    raw(`\n${record("after")}`, 1),
  ]);
}

/** 240 MiB of text in sessions that lie far apart, a quarter of a megabyte at a time as from a file. */
function* scattered() {
  const content = "y".repeat(50_000);
  const line = (session, turn) =>
    `${JSON.stringify({ conversation_id: `c${session}`, role: "user", turn, content })}\n`;
  for (let turn = 0; turn < 20; turn++)
    for (let session = 0; session < 240; session += 5)
      yield Buffer.from([0, 1, 2, 3, 4].map((more) => line(session + more, turn)).join(""));
}

const LOGS = { gzip: longInGzip, zstd: longInZstd, scattered };
const stdin = Readable.from(LOGS[kind](), { objectMode: false });
const counts = {};
for await (const entry of readLogs([path ?? "-"], { spillDir, stdin, memoryMib: 64 })) {
  const name = entry.type === "fault" ? entry.code : `${entry.type} of ${entry.turns.length}`;
  counts[name] = (counts[name] ?? 0) + 1;
}
const [, peakKib] = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
console.log(JSON.stringify({ counts, peakMib: Math.round(peakKib / 1024) }));

// Reads logs in a process of its own and tells what it took: entries by code, and the most memory it ever held.
import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { readLogs } from "../../dist/logs/index.js";

const [kind, spillDir, path] = process.argv.slice(2);

const MIB = 1024 * 1024;
const record = (content) => `${JSON.stringify({ prompt: content, response: "r" })}\n`;

/** A line of 1 GiB between two records, packed into about a megabyte. */
function* longLine() {
  yield gzipSync(record("before"));
  const part = gzipSync(Buffer.alloc(16 * MIB, "x"));
  for (let mib = 0; mib < 1024; mib += 16) yield part;
  yield gzipSync(`\n${record("after")}`);
}

/** 200 MiB of text in sessions that lie far apart. */
function* scattered() {
  for (let turn = 0; turn < 20; turn++)
    for (let session = 0; session < 500; session++)
      yield `${JSON.stringify({ ...{ conversation_id: `c${session}`, role: "user", turn }, content: "y".repeat(20_000) })}\n`;
}

const stdin = kind === "long" ? Readable.from(longLine()) : Readable.from(scattered(), { objectMode: false });
const counts = {};
for await (const entry of readLogs([path ?? "-"], { spillDir, stdin, memoryMib: 64 })) {
  const name = entry.type === "fault" ? entry.code : `${entry.type} of ${entry.turns.length}`;
  counts[name] = (counts[name] ?? 0) + 1;
}
const [, peakKib] = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
console.log(JSON.stringify({ counts, peakMib: Math.round(peakKib / 1024) }));

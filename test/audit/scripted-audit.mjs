// One audit of a scripted log in a process of its own: SEED and COUNT name the log, TICK the moment at which the
// process kills itself, counted in judged turns and in calls of the file system; half of a write may happen before.
// A negative TICK makes the disk full at that moment instead.
import { createHash } from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import fs from "node:fs/promises";

const [dir, seed, count, killAt] = [process.argv[2], ...process.argv.slice(3).map(Number)];
let ticks = 0;
const isOver = () => ++ticks === Math.abs(killAt);
const die = () => {
  if (killAt > 0) process.kill(process.pid, "SIGKILL");
  throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC", syscall: "write" });
};

for (const name of ["mkdir", "rename", "rm", "link"]) {
  const real = fs[name];
  fs[name] = async (...args) => {
    if (isOver()) die();
    const result = await real(...args);
    if (isOver()) die();
    return result;
  };
}
const open = fs.open;
fs.open = async (...args) => {
  if (isOver()) die();
  const handle = await open(...args);
  const { writeFile, sync } = handle;
  handle.writeFile = async (text) => {
    if (isOver()) {
      await writeFile.call(handle, text.slice(0, text.length / 2));
      die();
    }
    return writeFile.call(handle, text);
  };
  handle.sync = async () => (isOver() ? die() : sync.call(handle));
  return handle;
};
syncBuiltinESMExports();

const { createChunkRunner, createPatientJudge, runAudit } = await import("../../dist/audit/index.js");
const { seededRandom } = await import("../../dist/base/index.js");

async function* log() {
  const random = seededRandom(seed);
  for (let row = 1; row <= count; row++) {
    await Promise.resolve();
    const source = "log.jsonl";
    if (random() < 0.05)
      yield { type: "fault", source, row, records: 1, code: "broken_json", message: "not JSON" };
    else {
      const turns = Array.from({ length: 1 + Math.floor(random() * 5) }, (_, at) => ({
        ...{ role: at % 2 === 0 ? "user" : "assistant", at: null, unreadParts: 0 },
        content: `message ${Math.floor(random() * 200)}`,
      }));
      yield {
        ...{ type: "conversation", key: `c${row}`, source, row, records: 1 },
        format: "openai",
        turns,
        day: null,
      };
    }
  }
}

const policy = { id: "test", version: "1", sha256: "0".repeat(64), title: "Test", template: "llama-guard-2" };
const rules = { user: { threshold: 0.5, action: "block" }, assistant: { threshold: 0.5, action: "flag" } };
const categories = [{ code: "S1", name: "One", promptName: "One", text: null, rules, openaiNames: [] }];
const model = { id: "scripted", sha256: "1".repeat(64), notice: "" };
const examiner = {
  async examine({ conversation }) {
    if (killAt > 0 && isOver()) die();
    await new Promise(setImmediate);
    const { role, content } = conversation.at(-1);
    const score = createHash("sha256").update(JSON.stringify(conversation)).digest().readUInt32LE() / 2 ** 32;
    const violated = score >= 0.5;
    const judgement = {
      ...{
        verdict: violated ? "unsafe" : "safe",
        score,
        action: violated ? rules[role].action : "allow",
        role,
      },
      ...{
        categories: violated ? [{ code: "S1", name: "One", score, violated }] : [],
        flags: [],
        policy,
        model,
      },
      usage: { promptTokens: content.length, cachedTokens: 0, computedTokens: content.length },
    };
    return { judgement, namedAt: violated ? { S1: score } : {} };
  },
};
const options = { context: "full", scores: "none", keepText: false, chunkTurns: 12, logs: {} };
const { manifest, wasFinished } = await runAudit({
  dir,
  identity: {
    inputs: [],
    options,
    policies: [
      {
        ...policy,
        questionSha256: "2".repeat(64),
        notice: null,
        decodedFrom: { user: 0.5, assistant: 0.5 },
        categories,
      },
    ],
    model,
  },
  signal: new AbortController().signal,
  readEntries: log,
  openRunner: async () =>
    createChunkRunner({
      judge: createPatientJudge(examiner, { state: "ready" }),
      ...{ model, policies: [{ ...policy, categories, notice: null }], conversationsInFlight: 4, ...options },
    }),
});
process.stdout.write(
  JSON.stringify({
    ticks,
    wasFinished,
    seal: manifest.seal,
    signature: manifest.signature,
    counts: manifest.counts,
    files: manifest.files,
  }),
);

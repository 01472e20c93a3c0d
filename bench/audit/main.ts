// What an audit costs: its own work over growing logs, being interrupted, and the whole of it with the starter guard.
// `npm run bench:audit -- --turns 10000,100000,1000000 --guard-turns 2000`; one JSON line per case on stdout.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { describeMachine, ROOT } from "../machine.js";
import { shortMessage } from "../messages.js";
import { createRandom } from "../random.js";

const { values } = parseArgs({
  options: {
    turns: { type: "string", default: "10000,100000" },
    "guard-turns": { type: "string", default: "2000" },
  },
});

interface Run {
  readonly rows: number;
  readonly seconds: number;
  /** Of all threads, the start of the process included: says more than seconds where others compute as well. */
  readonly cpuSeconds: number;
  readonly maxRssMib: number;
}

const SCRIPT = fileURLToPath(new URL("scripted-run.js", import.meta.url));
const CHUNK_TURNS = 500;
const work = mkdtempSync(join(tmpdir(), "portcullis-bench-"));
const machine = describeMachine();
const round = (value: number): number => Number(value.toFixed(3));
const report = (name: string, figures: Readonly<Record<string, number>>): void =>
  console.log(JSON.stringify({ case: name, ...figures, ...machine }));

const scripted = (name: string, turns: number, stopAfter = 0): Run =>
  JSON.parse(
    execFileSync(process.execPath, [SCRIPT, join(work, name), String(turns), String(stopAfter)], {
      encoding: "utf8",
    }),
  ) as Run;

function ownWork(turns: number): void {
  const { rows, seconds, cpuSeconds, maxRssMib } = scripted(`whole-${String(turns)}`, turns);
  report("own work", {
    ...{ turns: rows, seconds: round(seconds), turnsPerSecond: Math.round(rows / seconds) },
    ...{ cpuSeconds: round(cpuSeconds), turnsPerCpuSecond: Math.round(rows / cpuSeconds), maxRssMib },
  });
}

/** The same log in one go, and stopped half-way and taken up again; one after the other on the same machine. */
function interruption(turns: number): void {
  const whole = scripted("one-go", turns);
  const half = scripted("resumed", turns, Math.ceil(turns / CHUNK_TURNS / 2));
  const rest = scripted("resumed", turns);
  report("stopped half-way and resumed", {
    turns,
    wholeCpuSeconds: round(whole.cpuSeconds),
    resumedCpuSeconds: round(half.cpuSeconds + rest.cpuSeconds),
    overhead: round((half.cpuSeconds + rest.cpuSeconds) / whole.cpuSeconds - 1),
  });
}

/** Conversations of four messages through the command, as a user runs it. */
function withGuard(turns: number): void {
  const random = createRandom(7);
  const file = join(work, "log.jsonl");
  const line = (): string =>
    JSON.stringify({
      messages: ["user", "assistant", "user", "assistant"].map((role) => ({
        role,
        content: shortMessage(random),
      })),
    });
  writeFileSync(file, Array.from({ length: Math.ceil(turns / 4) }, line).join("\n"));
  const dir = join(work, "guard");
  execFileSync(process.execPath, [join(ROOT, "dist/main.js"), "audit", file, "--out", dir], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const { counts, seconds, used } = JSON.parse(readFileSync(join(dir, "run.json"), "utf8")) as {
    readonly counts: { readonly rows: number };
    readonly seconds: number;
    readonly used: Readonly<Record<"promptTokens" | "cachedTokens" | "computedTokens", number>>;
  };
  report("starter guard", {
    turns: counts.rows,
    seconds: round(seconds),
    turnsPerSecond: round(counts.rows / seconds),
    promptTokensPerTurn: round(used.promptTokens / counts.rows),
    computedTokensPerTurn: round(used.computedTokens / counts.rows),
    shareCached: round(used.cachedTokens / used.promptTokens),
  });
}

try {
  const sizes = values.turns.split(",").map(Number);
  for (const turns of sizes) ownWork(turns);
  interruption(sizes[0]!);
  withGuard(Number(values["guard-turns"]));
} finally {
  rmSync(work, { recursive: true, force: true });
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleepMs } from "node:timers/promises";
import { PACKAGE_ROOT } from "../../../src/base/index.js";

export interface SaidEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A script that says what happens to it, one line of JSON each. */
export interface ScriptedProcess extends AsyncDisposable {
  readonly said: readonly SaidEvent[];
  /** What it has said of one type. */
  of(type: string): readonly SaidEvent[];
  /** Waits until it has said something of the type so many times. */
  until(type: string, times?: number): Promise<SaidEvent>;
  kill(signal: NodeJS.Signals): void;
  /** @returns exit code, null when a signal ended it */
  ended(): Promise<number | null>;
}

const LOOK_MS = 20;
/** Less than a test may take, so that one that fails ends what it has started. */
const LONGEST_MS = 40_000;

export function startScript(name: string, ...args: readonly (string | number)[]): ScriptedProcess {
  const script = join(PACKAGE_ROOT, "test/audit/queue", name);
  const child = spawn(process.execPath, [script, ...args.map(String)], { stdio: ["ignore", "pipe", "pipe"] });
  const said: SaidEvent[] = [];
  const errors: string[] = [];
  createInterface(child.stdout).on("line", (line) => said.push(JSON.parse(line) as SaidEvent));
  createInterface(child.stderr).on("line", (line) => errors.push(line));
  const exit = once(child, "close") as Promise<[number | null]>;
  const of = (type: string): readonly SaidEvent[] => said.filter((event) => event.type === type);
  return {
    said,
    of,
    async until(type, times = 1) {
      const sinceMs = performance.now();
      while (of(type).length < times) {
        const isOver = child.exitCode !== null || child.signalCode !== null;
        if (isOver || performance.now() - sinceMs > LONGEST_MS)
          throw new Error(
            `${name} ${isOver ? "ended" : "goes on"} without a word of ${type}: ${JSON.stringify(said.at(-1))} ${errors.join("\n")}`,
          );
        await sleepMs(LOOK_MS);
      }
      return of(type).at(-1)!;
    },
    kill: (signal) => void child.kill(signal),
    ended: async () => (await exit)[0],
    async [Symbol.asyncDispose]() {
      child.kill("SIGCONT");
      child.kill("SIGKILL");
      await exit;
    },
  };
}

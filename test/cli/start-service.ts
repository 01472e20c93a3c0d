import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { startCli, type CliOptions } from "./run-cli.js";

export interface StartedService {
  readonly url: string;
  readonly process: ChildProcess;
  /** What it wrote so far. */
  readonly output: { stdout: string; stderr: string };
  /** Sends a signal and waits for the end. @returns exit code, null when a signal ended it */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** `portcullis serve` on a free port, once it says that it listens; without a generator unless a flag names one. */
export async function startService(
  flags: readonly string[],
  options: CliOptions = {},
): Promise<StartedService> {
  const quiet = flags.some((flag) => flag.startsWith("--generator")) ? [] : ["--generator", "none"];
  const child = startCli(["serve", "--port", "0", "--log", "json", ...quiet, ...flags], options);
  const output = { stdout: "", stderr: "" };
  const exited = once(child, "exit") as Promise<[number | null]>;
  const url = await new Promise<string>((resolve, reject) => {
    const look = (): void => {
      const found = /"event":"listening","url":"([^"]+)"/.exec(output.stderr)?.[1];
      if (found !== undefined && output.stdout.includes("curl")) resolve(found); // two pipes, in any order
    };
    for (const name of ["stdout", "stderr"] as const)
      child[name]!.on("data", (chunk: Buffer) => {
        output[name] += chunk.toString();
        look();
      });
    void exited.then(() => reject(new Error(`it ended: ${output.stderr}`)));
  });
  return {
    url,
    process: child,
    output,
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      const [exitCode] = await exited;
      return exitCode;
    },
  };
}

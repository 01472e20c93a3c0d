import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { PACKAGE_ROOT } from "../../src/base/index.js";

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** On top of what a process needs anyway; nothing of the tests' own settings gets through. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** File descriptor to write to in place of a pipe. */
  readonly stdout?: number;
  readonly stderr?: number;
}

/** The built program in a process of its own, as a shell would start it. */
export function startCli(
  args: readonly string[],
  { env = {}, stdin = "", stdout, stderr }: CliOptions = {},
): ChildProcess {
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, "dist/main.js"), ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["pipe", stdout ?? "pipe", stderr ?? "pipe"],
  });
  child.stdin!.end(stdin);
  return child;
}

/** Runs the program to its end. */
export async function runCli(args: readonly string[], options?: CliOptions): Promise<Finished> {
  const child = startCli(args, options);
  const [stdout, stderr, [exitCode]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, "exit") as Promise<[number | null]>,
  ]);
  return { exitCode, stdout, stderr };
}

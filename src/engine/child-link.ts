import { fork } from "node:child_process";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../base/index.js";
import type { FromChild, ToChild } from "./protocol.js";

/** One child process and the channel to it. */
export interface ChildLink {
  readonly pid: number;
  send(message: ToChild): void;
  /** SIGKILL: the only thing a process inside a native call obeys. */
  kill(): void;
}

export interface ChildListener {
  onMessage(message: FromChild): void;
  onOutput(text: string): void;
  /** Exactly once, after which nothing more is heard. */
  onEnd(reason: string): void;
}

/** Built JavaScript even under a test runner: the native runtime's type checks fail inside its sandbox. */
const CHILD_MAIN = join(PACKAGE_ROOT, "dist/engine/child/main.js");

/** Starts a child. It ends by itself when this process or the channel goes away. */
export function forkChild(env: Readonly<Record<string, string>>, listener: ChildListener): ChildLink {
  const child = fork(CHILD_MAIN, [], {
    serialization: "advanced",
    // The native runtime would report usage to its maker over the network; it looks before its first session.
    env: { ...env, ORT_DISABLE_TELEMETRY: "1" },
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  let ended = false;
  const end = (reason: string): void => {
    if (ended) return;
    ended = true;
    process.off("exit", kill);
    listener.onEnd(reason);
  };
  child.on("message", (messages) => {
    for (const message of messages as readonly FromChild[]) listener.onMessage(message);
  });
  child.stdout?.on("data", (chunk: Buffer) => listener.onOutput(chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => listener.onOutput(chunk.toString()));
  child.on("error", (error) => {
    kill();
    if (child.pid === undefined) end(error.message); // it never started, so it will not exit either
  });
  child.on("exit", (code, signal) => end(signal ?? `exit code ${String(code)}`));
  return {
    pid: child.pid ?? 0,
    send: (message) => {
      // A failed send means a dying child, and its end is reported by itself.
      if (child.connected) child.send(message, undefined, undefined, () => undefined);
    },
    kill,
  };
}

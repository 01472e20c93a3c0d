import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { cpuMs, peakMiB, processTree } from "../process-tree.js";
import type { Judged, PeerSetup, PeerVocabulary, Written } from "./peer.js";
import type { PeerAnswer, PeerAsk } from "./peer-messages.js";
import type { Prompt } from "./prompt.js";

/** A peer in its process, seen from outside. */
export interface OpenPeer extends AsyncDisposable {
  judge(prompts: readonly Prompt[], atOnce: number): Promise<Judged & { readonly cpuMs: number }>;
  write(prompt: Prompt, tokens: number): Promise<Written & { readonly cpuMs: number }>;
  /** Most memory that its processes have held so far, added up. */
  peakMiB(): number;
}

const PROCESS = fileURLToPath(new URL("./peer-process.js", import.meta.url));

/** @throws Error with what the peer said, when it fails or ends */
export async function openPeer(setup: PeerSetup, vocabulary: PeerVocabulary): Promise<OpenPeer> {
  const child = fork(PROCESS, {
    serialization: "advanced",
    env: { ...process.env, ORT_DISABLE_TELEMETRY: "1" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const exited = once(child, "exit");

  async function ask<T extends PeerAnswer["value"]>(question: PeerAsk): Promise<T> {
    const answered = once(child, "message") as Promise<[PeerAnswer]>;
    child.send(question);
    const first = await Promise.race([answered, exited.then(() => null)]);
    if (first === null) throw new Error(`${setup.kind} (${setup.path}) ended`);
    const [{ value, failed }] = first;
    if (failed !== undefined) throw new Error(`${setup.kind} (${setup.path}): ${failed}`);
    return value as T;
  }

  async function timed<T extends Judged | Written>(question: PeerAsk): Promise<T & { cpuMs: number }> {
    const before = cpuMs(processTree(child.pid!));
    const value = await ask<T>(question);
    return { ...value, cpuMs: cpuMs(processTree(child.pid!)) - before };
  }

  await ask({ kind: "open", setup, vocabulary });
  return {
    judge: (prompts, atOnce) => timed<Judged>({ kind: "judge", prompts, atOnce }),
    write: (prompt, tokens) => timed<Written>({ kind: "write", prompt, tokens }),
    peakMiB: () => peakMiB(processTree(child.pid!)),
    async [Symbol.asyncDispose]() {
      if (child.connected) {
        await ask({ kind: "close" }).catch(() => null);
        child.kill("SIGKILL"); // native libraries may have threads that stay
      }
      await exited;
    },
  };
}

import { forkAsked } from "../fork-asked.js";
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

const PROCESS = new URL("./peer-process.js", import.meta.url);

/** @throws Error with what the peer said, when it fails or ends */
export async function openPeer(setup: PeerSetup, vocabulary: PeerVocabulary): Promise<OpenPeer> {
  const child = forkAsked(PROCESS, `${setup.kind} (${setup.path})`);
  const ask = (question: PeerAsk): Promise<PeerAnswer> => child.ask(question) as Promise<PeerAnswer>;

  async function timed<T extends Judged | Written>(question: PeerAsk): Promise<T & { cpuMs: number }> {
    const before = cpuMs(processTree(child.pid));
    const value = (await ask(question)) as T;
    return { ...value, cpuMs: cpuMs(processTree(child.pid)) - before };
  }

  await ask({ kind: "open", setup, vocabulary });
  return {
    judge: (prompts, atOnce) => timed<Judged>({ kind: "judge", prompts, atOnce }),
    write: (prompt, tokens) => timed<Written>({ kind: "write", prompt, tokens }),
    peakMiB: () => peakMiB(processTree(child.pid)),
    async [Symbol.asyncDispose]() {
      if (child.connected) await ask({ kind: "close" }).catch(() => null);
      await child[Symbol.asyncDispose]();
    },
  };
}

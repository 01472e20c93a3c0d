import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  getLlama,
  LlamaLogLevel,
  type LlamaContext,
  type LlamaContextSequence,
  type Token,
} from "node-llama-cpp";
import { judgeEach, unsafeShare, type Peer, type PeerSetup, type PeerVocabulary } from "./peer.js";
import type { Prompt } from "./prompt.js";

/**
 * llama.cpp in its prebuilt binary for this processor. A sequence keeps what it computed last, and every question takes up
 * what it has in common with that, which for a new message is the head: prompt caching as its documentation describes it
 * (`adaptStateToTokens`). Questions at once have a sequence each and share batches.
 */
export async function openLlamaCpp(
  { path, threads, atOnce, contextTokens }: Extract<PeerSetup, { kind: "llama-cpp" }>,
  { safe, unsafe }: PeerVocabulary,
): Promise<Peer> {
  const llama = await getLlama({
    ...{ gpu: false, build: "never", skipDownload: true, progressLogs: false, maxThreads: threads },
    logLevel: LlamaLogLevel.error,
  });
  const model = await llama.loadModel({ modelPath: path });
  const openContext = (sequences: number): Promise<LlamaContext> =>
    model.createContext({ sequences, contextSize: contextTokens, threads: { ideal: threads, min: threads } });
  let alone: Lanes | undefined;
  let together: Lanes | undefined;

  const judge = async (sequence: LlamaContextSequence, { ids }: Prompt): Promise<number> => {
    const tokens = ids as readonly number[] as Token[];
    await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
    const fresh = tokens.slice(sequence.nextTokenIndex);
    const last = fresh.pop()!;
    const wanted = [safe as Token, unsafe as Token];
    const outputs = await sequence.controlledEvaluate([
      ...fresh,
      [last, { generateNext: { logits: { filter: { tokens: wanted } } } }],
    ]);
    const logits = outputs.at(-1)!.next.logits!;
    return unsafeShare(logits.get(wanted[0]!)!, logits.get(wanted[1]!)!);
  };

  return {
    async judge(prompts, lanes) {
      if (lanes === 1) {
        const { user, assistant } = (alone ??= lanesOf(await openContext(2)));
        return judgeEach(prompts, 1, (prompt) => judge(prompt.role === "user" ? user! : assistant!, prompt));
      }
      together ??= await withHead(lanesOf(await openContext(atOnce)), prompts[0]!);
      const { all } = together;
      return judgeEach(prompts, lanes, (prompt, lane) => judge(all[lane]!, prompt));
    },
    async write({ ids }, tokens) {
      const { user } = (alone ??= lanesOf(await openContext(2)));
      const sequence = user!;
      const prompt = ids as readonly number[] as Token[];
      await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
      let [firstMs, lastMs, written] = [0, 0, -1];
      for await (const token of sequence.evaluate(prompt.slice(sequence.nextTokenIndex), {
        temperature: 0,
      })) {
        void token;
        lastMs = performance.now();
        if (firstMs === 0) firstMs = lastMs;
        if (++written === tokens - 1) break;
      }
      return { tokenMs: (lastMs - firstMs) / written, tokens: written };
    },
    close: () => llama.dispose(),
  };
}

/** One sequence reads the head, the others take over its state: by a file, as the documentation has it. */
async function withHead(lanes: Lanes, { ids, headTokens }: Prompt): Promise<Lanes> {
  const [first, ...others] = lanes.all;
  const dir = await mkdtemp(join(tmpdir(), "portcullis-head-"));
  try {
    const path = join(dir, "head.bin");
    await first!.evaluateWithoutGeneratingNewTokens(ids.slice(0, headTokens) as Token[]);
    await first!.saveStateToFile(path);
    for (const sequence of others) await sequence.loadStateFromFile(path, { acceptRisk: true });
  } finally {
    await rm(dir, { recursive: true });
  }
  return lanes;
}

interface Lanes {
  readonly all: readonly LlamaContextSequence[];
  /** Either role has a head of its own, and so a sequence. */
  readonly user: LlamaContextSequence | undefined;
  readonly assistant: LlamaContextSequence | undefined;
}

function lanesOf(context: LlamaContext): Lanes {
  const all = Array.from({ length: context.totalSequences }, () => context.getSequence());
  return { all, user: all[0], assistant: all[1] };
}

import { openEngine, openGeneratorEngine } from "../../engine/index.js";
import { judgeEach, type Peer, type PeerSetup } from "./peer.js";

const MIB = 1024 * 1024;
/** About what a llama.cpp context of these tests holds; by default it would be more, for many conversations. */
const CACHE_BYTES = 64 * MIB;
/** More than any P(unsafe): nobody is asked for codes. */
const NEVER = 2;

/** The engine as a service opens it, in a child process of its own. */
export async function openGuardPeer({ path, threads }: PeerSetup): Promise<Peer> {
  const engine = await openEngine({ modelDir: path, threads, cacheBytes: CACHE_BYTES });
  return {
    judge: (prompts, atOnce) =>
      judgeEach(prompts, atOnce, async ({ spans }) => {
        const answer = { prefix: "", codes: ["S1"] };
        return (await engine.score({ prompt: spans, answer, decodeFrom: NEVER })).scoreUnsafe;
      }),
    write: () => Promise.reject(new Error("a guard writes nothing")),
    close: () => engine.close(),
  };
}

export async function openGeneratorPeer({ path, threads }: PeerSetup): Promise<Peer> {
  const generator = await openGeneratorEngine({ modelDir: path, threads });
  return {
    judge: () => Promise.reject(new Error("a generator judges nothing")),
    async write({ spans }, tokens) {
      const prompt = spans.map((span) => ("text" in span ? span.text : "")).join("");
      const sampling = {
        ...{ temperature: 0, topP: 1, seed: 1, maxTokens: tokens, stop: [] },
        ...{ presencePenalty: 0, frequencyPenalty: 0, topLogprobs: null },
      };
      let [firstMs, lastMs, written] = [0, 0, 0];
      const request = { input: { kind: "text" as const, prompt }, choices: 1, sampling };
      for await (const event of generator.generate(request)) {
        if (event.type !== "text") continue;
        lastMs = performance.now();
        if (firstMs === 0) firstMs = lastMs;
        else written += event.tokens;
      }
      return { tokenMs: (lastMs - firstMs) / written, tokens: written };
    },
    close: () => generator.close(),
  };
}

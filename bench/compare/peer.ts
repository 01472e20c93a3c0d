import type { Prompt } from "./prompt.js";

/** Who is compared, and how it is set up. */
export type PeerSetup = { readonly threads: number; readonly path: string } & (
  | { readonly kind: "portcullis-guard" }
  | { readonly kind: "portcullis-generator" }
  | { readonly kind: "llama-cpp"; readonly atOnce: number; readonly contextTokens: number }
  | {
      readonly kind: "transformers";
      readonly dtype: "fp32" | "q8";
      /** Whether the head's keys and values are handed in rather than computed again. */
      readonly reuseHead: boolean;
    }
);

export interface Judged {
  /** P(unsafe) over the two words, 0..1, in the order of the prompts. */
  readonly scores: readonly number[];
  /** From asking to answer, ms each. */
  readonly eachMs: readonly number[];
  /** From the first question to the last answer. */
  readonly wallMs: number;
}

export interface Written {
  /** Between one token and the next, the first one left out. */
  readonly tokenMs: number;
  readonly tokens: number;
}

/** What every peer can be asked for; each does it as its own documentation recommends. */
export interface Peer {
  /** @param atOnce prompts that are asked before any answer is awaited */
  judge(prompts: readonly Prompt[], atOnce: number): Promise<Judged>;
  /** Writes greedily behind a prompt. */
  write(prompt: Prompt, tokens: number): Promise<Written>;
  close(): Promise<void>;
}

/** Words of a verdict as tokens, `safe` first: of the vocabulary that all compared models share. */
export interface PeerVocabulary {
  readonly safe: number;
  readonly unsafe: number;
}

export const unsafeShare = (safe: number, unsafe: number): number => 1 / (1 + Math.exp(safe - unsafe));

/** Asks about prompts, so many at a time, each next one as soon as an earlier one is answered. */
export async function judgeEach(
  prompts: readonly Prompt[],
  atOnce: number,
  judge: (prompt: Prompt, lane: number) => Promise<number>,
): Promise<Judged> {
  const [scores, eachMs] = [new Array<number>(prompts.length), new Array<number>(prompts.length)];
  const startMs = performance.now();
  const next = prompts.keys();
  const lane = async (number: number): Promise<void> => {
    for (const i of next) {
      const askedMs = performance.now();
      scores[i] = await judge(prompts[i]!, number);
      eachMs[i] = performance.now() - askedMs;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, number) => lane(number)));
  return { scores, eachMs, wallMs: performance.now() - startMs };
}

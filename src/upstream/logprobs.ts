import type { TokenLogprob } from "../generation/index.js";
import type { ChunkLogprobs, TokenItem } from "./chunk.js";

/**
 * Probabilities of the tokens of one piece, in either shape.
 * @param most alternatives asked for; vLLM may add the chosen token as one more
 */
export function readLogprobs(logprobs: ChunkLogprobs | null | undefined, most: number): TokenLogprob[] {
  const { content, refusal, tokens, token_logprobs, top_logprobs } = logprobs ?? {};
  const items = [...(content ?? []), ...(refusal ?? [])].map((item) => ({
    ...tokenOf(item),
    top: (item.top_logprobs ?? []).slice(0, most).map(tokenOf),
  }));
  if (items.length > 0) return items;
  return (token_logprobs ?? []).map((logprob, at) => ({
    ...tokenOf({ token: tokens?.[at] ?? "", logprob }),
    top: Object.entries(top_logprobs?.[at] ?? {})
      .slice(0, most)
      .map(([token, likely]) => tokenOf({ token, logprob: likely })),
  }));
}

/** Rounding may leave a likely token a hair above 0. */
const tokenOf = ({ token, logprob, bytes }: TokenItem): Omit<TokenLogprob, "top"> => ({
  token,
  bytes: bytes ?? null,
  logprob: Math.min(0, logprob),
});

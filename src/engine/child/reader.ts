import { GuardError } from "../../base/index.js";
import type { PromptSpan } from "../../model/index.js";
import { assertScorable, buildAnswerGrammar, type AnswerGrammar } from "../answer-grammar.js";
import { createAnswer, type VerdictAnswer } from "../answer.js";
import type { ScoreRequest } from "../engine.js";
import { pastOfHead } from "../scheduler.js";
import type { Heads } from "./heads.js";
import type { GuardModel } from "./model.js";
import { createSequence, type Sequence } from "./sequence.js";

/** Answer forms remembered: a few per policy, each a few hundred tokens to build. */
const GRAMMARS_KEPT = 64;

/**
 * Turns requests into sequences.
 * @returns a function that throws GuardError `too_large` when prompt and answer exceed the context, and
 * `invalid_request` for a form of answer this model cannot give
 */
export function createReader(
  { tokenizer, vocabulary, geometry }: Pick<GuardModel, "tokenizer" | "vocabulary" | "geometry">,
  heads: Heads,
): (id: number, request: ScoreRequest, arrivedMs: number) => Sequence<VerdictAnswer> {
  const grammars = new Map<string, AnswerGrammar>(); // least recently used first

  function grammarOf(codes: readonly string[]): AnswerGrammar {
    const key = JSON.stringify(codes);
    let grammar = grammars.get(key);
    if (grammar === undefined) {
      grammar = buildAnswerGrammar(codes, tokenizer.encodeText);
      assertScorable(grammar, (token) => vocabulary.columnOf(token) !== undefined);
    }
    grammars.delete(key);
    grammars.set(key, grammar);
    const [oldest] = grammars.keys();
    if (grammars.size > GRAMMARS_KEPT) grammars.delete(oldest!);
    return grammar;
  }

  return (id, { prompt, answer: { prefix, codes }, decodeFrom }, arrivedMs) => {
    const grammar = grammarOf(codes);
    const promptIds = tokenizer.encode(prompt);
    const tokens = [...promptIds, ...tokenizer.encodeText(prefix)];
    if (tokens.length === 0)
      throw new GuardError("invalid_request", "the prompt is empty", { pointer: "/prompt" });
    const shared = prompt.slice(0, sharedSpans(prompt));
    const head = heads.use(JSON.stringify(shared), () => tokenizer.encode(shared));
    // The end of the head may be written with other tokens once text follows, and one token must be left to compute.
    const headTokens = Math.min(commonLength(head.tokens, promptIds), tokens.length - 1);
    const unseen = pastOfHead(head.tokenCount) - headTokens; // rows that take up context all the same
    const room = geometry.contextTokens - unseen - (tokens.length - promptIds.length) - grammar.longestTokens;
    if (promptIds.length > room) {
      heads.leave(head);
      throw new GuardError(
        "too_large",
        `the prompt has ${String(promptIds.length)} tokens; ${String(room)} fit beside the answer`,
      );
    }
    const answer = createAnswer({ codes, decodeFrom, grammar, vocabulary });
    return createSequence({
      id,
      head,
      headTokens,
      tokens,
      promptTokens: promptIds.length,
      answer,
      arrivedMs,
    });
  };
}

/** Spans up to the last shared one before anybody's own text. */
function sharedSpans(prompt: readonly PromptSpan[]): number {
  const own = prompt.findIndex((span) => "text" in span && span.shared !== true);
  const leading = own < 0 ? prompt : prompt.slice(0, own);
  return leading.findLastIndex((span) => "text" in span) + 1;
}

function commonLength(one: readonly number[], other: readonly number[]): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}

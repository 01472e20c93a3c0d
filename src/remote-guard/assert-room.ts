import { GuardError } from "../base/index.js";
import type { AnswerGrammar } from "../engine/index.js";

/** @throws GuardError `too_large` when prompt and answer exceed the context: no server is trusted to say so */
export function assertRoom(tokens: number, grammar: AnswerGrammar, contextTokens: number): void {
  const room = contextTokens - grammar.longestTokens;
  if (tokens > room)
    throw new GuardError(
      "too_large",
      `the prompt has ${String(tokens)} tokens; ${String(room)} fit beside the answer`,
    );
}

import { GuardError } from "../base/index.js";
import { buildAnswerGrammar } from "../engine/index.js";
import type { PromptSpan } from "../model/index.js";
import type { Tokenizer } from "../tokenizer/index.js";
import type { GuardVocabulary, TextAnswers, TextAsk } from "./text-messages.js";

/** Control tokens that end an answer, of Llama 3 and of Llama 2. */
const ENDS = ["<|end_of_text|>", "<|eot_id|>", "</s>"];

/**
 * The words a verdict is made of, in a vocabulary.
 * @throws GuardError `bad_model_file`
 */
export function readGuardVocabulary(tokenizer: Tokenizer): Omit<GuardVocabulary, "sha256"> {
  const tokenOf = (word: "safe" | "unsafe"): number => {
    const [token, ...rest] = tokenizer.encodeText(word);
    if (token !== undefined && rest.length === 0) return token;
    throw new GuardError("bad_model_file", `the tokenizer does not write "${word}" as one token`);
  };
  const controls = controlsOf(tokenizer);
  const endTokenIds = ENDS.flatMap((name) => controls.get(name) ?? []);
  if (endTokenIds.length === 0)
    throw new GuardError("bad_model_file", "the tokenizer has no token that ends an answer");
  return { safe: tokenOf("safe"), unsafe: tokenOf("unsafe"), endTokenIds };
}

/** Answers what is asked about texts. What it returns throws GuardError as the tokenizer does. */
export function createGuardText(tokenizer: Tokenizer): (ask: TextAsk) => TextAnswers[TextAsk["kind"]] {
  const names = [...controlsOf(tokenizer).keys()];

  const encode = (prompt: readonly PromptSpan[], prefix: string): TextAnswers["encode"] => {
    const ids = tokenizer.encode(prompt);
    return { tokens: [...ids, ...tokenizer.encodeText(prefix)], promptTokens: ids.length };
  };

  /** A server reads control tokens out of all of a text, so nothing else in it may spell one. */
  const write = (prompt: readonly PromptSpan[], prefix: string): string => {
    const texts = prompt.map((span) => ("text" in span ? span.text : "\0")).join("");
    if (names.some((name) => texts.includes(name)))
      throw new GuardError(
        "invalid_request",
        "a message spells a control token, which the guard's server would obey: write it differently",
      );
    const [first, ...rest] = prompt;
    const own = first !== undefined && "control" in first ? rest : prompt;
    return own.map((span) => ("text" in span ? span.text : span.control)).join("") + prefix;
  };

  return (ask) => {
    switch (ask.kind) {
      case "encode":
        return encode(ask.prompt, ask.prefix);
      case "write":
        return { ...encode(ask.prompt, ask.prefix), text: write(ask.prompt, ask.prefix) };
      case "grammar":
        return buildAnswerGrammar(ask.codes, tokenizer.encodeText);
      case "count":
        return ask.texts.map((text) => tokenizer.encodeText(text).length);
      case "split": {
        const { text, maxTokens, overlapTokens } = ask.request;
        return tokenizer.split(text, maxTokens, overlapTokens);
      }
    }
  };
}

/** Ids of control tokens by name. */
function controlsOf(tokenizer: Tokenizer): ReadonlyMap<string, number> {
  const ids = Array.from({ length: tokenizer.vocabSize }, (_, id) => id).filter(tokenizer.isControl);
  return new Map(ids.map((id) => [tokenizer.decode([id]), id]));
}

import { join } from "node:path";
import { renderGuardPrompt, renderLlama3Chat } from "../prompt/index.js";
import { openTokenizer, type Tokenizer } from "../tokenizer/index.js";
import { verdictTokens } from "./calibration-prompts.js";
import type { GuardQuestion } from "./guard-question.js";

const SAMPLE = [{ role: "user", content: "Is this one a question?" }] as const;

/**
 * Opens a checkpoint's tokenizer and asks of it what the service will, before hours of work: to read text as it is
 * written, and to have every control token of the prompt.
 * @param question null for a generator
 * @throws GuardError `bad_model_file`
 */
export async function openServable(sourceDir: string, question: GuardQuestion | null): Promise<Tokenizer> {
  const tokenizer = await openTokenizer(join(sourceDir, "tokenizer.json"));
  if (question === null) tokenizer.encode(renderLlama3Chat(SAMPLE));
  else {
    tokenizer.encode(renderGuardPrompt(question.template, question.policy.categories, SAMPLE));
    verdictTokens(tokenizer);
  }
  return tokenizer;
}

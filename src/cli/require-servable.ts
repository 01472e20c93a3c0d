import { join } from "node:path";
import { renderGuardPrompt, renderLlama3Chat } from "../prompt/index.js";
import { openTokenizer } from "../tokenizer/index.js";
import { verdictTokens } from "./calibration-prompts.js";
import { guardQuestion } from "./guard-question.js";
import type { ObtainedOptions } from "./make-model-options.js";

const SAMPLE = [{ role: "user", content: "Is this one a question?" }] as const;

/**
 * Asks of a checkpoint's tokenizer what the service will ask of it, before hours of work: to read it as it is
 * written, and to have every control token of the prompt.
 * @throws GuardError `bad_model_file`
 */
export async function requireServable({ sourceDir, task, template }: ObtainedOptions): Promise<void> {
  const tokenizer = await openTokenizer(join(sourceDir, "tokenizer.json"));
  if (task === "generator") tokenizer.encode(renderLlama3Chat(SAMPLE));
  else {
    const question = await guardQuestion(template);
    tokenizer.encode(renderGuardPrompt(question.template, question.policy.categories, SAMPLE));
    verdictTokens(tokenizer);
  }
}

import { createHash } from "node:crypto";
import type { EngineInfo } from "../engine/index.js";
import type { RemoteGuardOptions } from "./remote-guard-options.js";
import type { GuardVocabulary } from "./text-messages.js";

/**
 * What callers are told of a guard elsewhere. Nobody here sees its weights, so its digest is that of all that is
 * known: which server, model, tokenizer and kind of verdicts. It changes when any of these does.
 */
export function describeGuard(
  { server, model, verdicts, template, notice }: RemoteGuardOptions,
  { sha256 }: Pick<GuardVocabulary, "sha256">,
  contextTokens: number,
): EngineInfo {
  const known = JSON.stringify({ server, model, tokenizer: sha256, verdicts });
  const plain =
    verdicts === "plain" ? " Its server tells no probabilities: scores are 0 or 1, by the bare word." : "";
  return {
    modelId: model,
    modelSha256: createHash("sha256").update(known).digest("hex"),
    notice: notice + plain,
    template,
    contextTokens,
  };
}

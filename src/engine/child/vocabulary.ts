import { GuardError } from "../../base/index.js";
import type { ModelManifest } from "../../model/index.js";
import type { Tokenizer } from "../../tokenizer/index.js";
import type { AnswerVocabulary } from "../answer.js";

/** @throws GuardError `bad_model_file` when the model cannot say the words of a verdict, or end an answer */
export function readVocabulary(
  { head, endTokenIds, geometry }: Pick<ModelManifest, "head" | "endTokenIds" | "geometry">,
  { encodeText }: Pick<Tokenizer, "encodeText">,
): AnswerVocabulary {
  const columns =
    head.kind === "rows" ? new Map(head.tokenIds.map((token, column) => [token, column])) : null;
  const columnOf = (token: number): number | undefined =>
    columns === null ? (token < geometry.vocabSize ? token : undefined) : columns.get(token);
  const tokenOf = (word: "safe" | "unsafe"): number => {
    const [token, ...rest] = encodeText(word);
    if (token !== undefined && rest.length === 0) return token;
    throw new GuardError("bad_model_file", `the tokenizer does not write "${word}" as one token`);
  };
  const [safeToken, unsafeToken] = [tokenOf("safe"), tokenOf("unsafe")];
  const [safe, unsafe] = [columnOf(safeToken), columnOf(unsafeToken)];
  if (safe === undefined || unsafe === undefined)
    throw new GuardError("bad_model_file", "the model's head does not score both words of a verdict");
  if (endTokenIds.every((token) => columnOf(token) === undefined))
    throw new GuardError("bad_model_file", "the model's head scores no token that ends an answer");
  return { endTokenIds, columnOf, verdictColumns: { safe, unsafe }, unsafeToken };
}

import { GuardError } from "../base/index.js";

/** GPT-2's printable stand-in for every byte: printable ones for themselves, the others from U+0100 on. */
const BYTE_OF_CHARACTER: ReadonlyMap<string, number> = (() => {
  let next = 256;
  const isPrintable = (b: number): boolean => (b > 32 && b < 127) || (b > 160 && b < 256 && b !== 173);
  return new Map(
    Array.from({ length: 256 }, (_, byte) => [String.fromCodePoint(isPrintable(byte) ? byte : next++), byte]),
  );
})();

const NONE = new Uint8Array(0);

/**
 * Reads what each token of a byte-level vocabulary stands for. Tokens may end inside a character, so that text
 * can only be put together from their bytes.
 * @param tokenizerJson a parsed `tokenizer.json` that the tokenizer has accepted
 * @returns the UTF-8 bytes of a token; none for control tokens and for ids outside the vocabulary
 * @throws GuardError `bad_model_file` for a vocabulary that is not spelled in bytes
 */
export function readTokenBytes(tokenizerJson: unknown): (token: number) => Uint8Array {
  const { model, added_tokens: added } = tokenizerJson as {
    readonly model: { readonly vocab: Readonly<Record<string, number>> };
    readonly added_tokens: readonly { readonly id: number }[];
  };
  const spellings = new Map(Object.entries(model.vocab).map(([spelling, id]) => [id, spelling]));
  for (const { id } of added) spellings.delete(id);
  for (const [id, spelling] of spellings)
    for (const character of spelling)
      if (!BYTE_OF_CHARACTER.has(character))
        throw new GuardError(
          "bad_model_file",
          `tokenizer.json: token ${String(id)} is not spelled in bytes; generators need Llama 3's kind of tokenizer`,
        );
  return (token) => {
    const spelling = spellings.get(token);
    return spelling === undefined
      ? NONE
      : Uint8Array.from(spelling, (character) => BYTE_OF_CHARACTER.get(character)!);
  };
}

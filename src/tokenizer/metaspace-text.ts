import { GuardError } from "../base/index.js";
import { createWordCutter } from "./cut-words.js";
import { hasLeadingSpace, SPACE_MARK } from "./leading-space.js";
import { mergeBytes } from "./merge-bytes.js";
import { createMergeTable, readMerge } from "./merge-table.js";
import type { PlainText } from "./plain-text.js";
import { rememberWords } from "./remember.js";
import type { MetaspaceJson } from "./tokenizer-json.js";

/**
 * BPE over characters, as SentencePiece has it and Llama 2 uses it: spaces are written U+2581 and belong to the
 * word behind them, characters outside the vocabulary fall back to tokens of single bytes. A U+2581 that
 * somebody writes is a space from here on, as for every tokenizer of this kind.
 * @throws GuardError `bad_model_file` when a byte has no token, or takes part in a merge
 */
export function createMetaspaceText({ model, leadingSpace }: MetaspaceJson): PlainText {
  const vocab = new Map(Object.entries(model.vocab));
  const table = createMergeTable(vocab, model.merges);
  const byteIds = readByteIds(vocab);
  const bytesOf = new Map(
    [...vocab].map(([token, id]) => [id, Buffer.from(token.replaceAll(SPACE_MARK, " "))]),
  );
  byteIds.forEach((id, byte) => bytesOf.set(id, Buffer.of(byte)));

  const merges = model.merges.map(readMerge);
  const byteNames = new Set(byteIds.map((_id, byte) => byteName(byte)));
  if (merges.some((pair) => pair.some((token) => byteNames.has(token))))
    throw new GuardError("bad_model_file", "tokenizer.json: a token of a byte is merged with another");
  const cutWords = createWordCutter(merges);

  const idsOfCharacter = (character: string): number[] => {
    const id = vocab.get(character);
    return id === undefined ? Array.from(Buffer.from(character), (byte) => byteIds[byte]!) : [id];
  };
  const idsOf = rememberWords((word) => {
    const characters = Array.from(word);
    const ids = characters.flatMap(idsOfCharacter);
    // Bytes never merge, and most ideographs are words of one character.
    return characters.length === 1 ? ids : mergeBytes(new Int32Array(ids), table);
  });

  const write: PlainText["write"] = (text, place) => {
    const written = text.replaceAll(" ", SPACE_MARK);
    const lead = hasLeadingSpace(leadingSpace, place) && written !== "";
    return lead && (leadingSpace.beforeSpace || !written.startsWith(SPACE_MARK))
      ? SPACE_MARK + written
      : written;
  };

  return {
    write,

    encode: (written) => cutWords(written).flatMap(idsOf),

    settle(written) {
      const words = cutWords(written);
      const rest = words.pop() ?? "";
      return { ids: words.flatMap(idsOf), rest };
    },

    layout(text) {
      const words = cutWords(write(text, "first"));
      // Writing puts one character for one, but for the leading space.
      let at = text.length - words.reduce((total, word) => total + word.length, 0);
      const wordBytes = words.map((word) =>
        Buffer.byteLength(text.slice(Math.max(at, 0), (at += word.length))),
      );
      const tokenBytes = words.flatMap((word, index) => {
        const lengths = idsOf(word).map((id) => bytesOf.get(id)!.length);
        // The leading space has no byte in the text, and a U+2581 in the text has three.
        lengths[0]! += wordBytes[index]! - lengths.reduce((total, length) => total + length, 0);
        return lengths;
      });
      return { wordBytes, tokenBytes };
    },

    decode(ids, place) {
      const bytes = ids.map((id) => bytesOf.get(id));
      const unknown = bytes.indexOf(undefined);
      if (unknown >= 0)
        throw new GuardError("unreadable_output", `token ${String(ids[unknown])} is not in the vocabulary`);
      const text = Buffer.concat(bytes as Buffer[]).toString("utf8");
      return hasLeadingSpace(leadingSpace, place) && text.startsWith(" ") ? text.slice(1) : text;
    },
  };
}

const byteName = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;

/** @returns ids by byte */
function readByteIds(vocab: ReadonlyMap<string, number>): number[] {
  return Array.from({ length: 256 }, (_, byte) => {
    const id = vocab.get(byteName(byte));
    if (id !== undefined) return id;
    throw new GuardError("bad_model_file", `tokenizer.json: byte_fallback needs the token ${byteName(byte)}`);
  });
}

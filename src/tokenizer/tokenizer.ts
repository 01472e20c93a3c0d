import { GuardError } from "../base/index.js";
import { readPlainFile, type PromptSpan } from "../model/index.js";
import { createByteLevelText } from "./byte-level-text.js";
import { createMetaspaceText } from "./metaspace-text.js";
import type { TextPlace } from "./plain-text.js";
import { remember } from "./remember.js";
import { splitText } from "./split-text.js";
import { joinText, type TextRun } from "./text-run.js";
import { parseTokenizerJson } from "./tokenizer-json.js";

/** Turns text into token ids and back; text never becomes a control token. */
export interface Tokenizer {
  /** One more than the highest id. Llama 3: 128256; Llama 2: 32000. */
  readonly vocabSize: number;
  /** Whether an id is a control token's: no text ever has it. Llama 3: 128000 and above; Llama 2: 0, 1 and 2. */
  isControl(id: number): boolean;
  /**
   * Controls by number; neighbouring text spans encoded exactly as their concatenation. Unpaired surrogates,
   * which UTF-8 cannot carry, count as U+FFFD here and below.
   * @throws GuardError `too_large` above {@link MAX_TEXT_CHARS} in all, `bad_model_file` for a control that
   * the vocabulary lacks
   */
  encode(spans: readonly PromptSpan[]): number[];
  /**
   * Plain text only, never a control id; as it would open a prompt.
   * @throws GuardError `too_large` above {@link MAX_TEXT_CHARS}
   */
  encodeText(text: string): number[];
  /** Control tokens come back as their names, which says nothing of where they came from. */
  decode(ids: readonly number[]): string;
  /**
   * Pieces that together cover the text in order, never cut inside a character; each, encoded alone, has at
   * most `maxTokens` tokens, and repeats about `overlapTokens` (below `maxTokens`) of the one before.
   * @throws GuardError `too_large` above {@link MAX_TEXT_CHARS}, or when one character takes more tokens than
   * `maxTokens`
   */
  split(text: string, maxTokens: number, overlapTokens: number): string[];
}

/**
 * Most UTF-16 units tokenised at once: four times the English that an 8,192-token context holds. Measured on
 * a busy 2-core machine, in the vocabulary of Llama 3 or of Llama 2, this many characters of English take
 * 0.07 s, of one endless word 0.25 s, of random CJK 0.6 s; splitting takes two to three times as long.
 */
export const MAX_TEXT_CHARS = 131_072;

/** Shared texts remembered: two heads for each policy, and for each choice of categories callers make. */
const MAX_SHARED_TEXTS = 64;

/** Llama 3 has 9 MB, later copies with merges written as pairs 17 MB; far above that is not a tokenizer. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Prompts name their beginning as Llama 3 does; Llama 2 calls the same token `<s>`. */
const BEGIN = "<|begin_of_text|>";
const BEGIN_OF_LLAMA_2 = "<s>";

/**
 * @param tokenizerJson a parsed `tokenizer.json`
 * @throws GuardError `bad_model_file`
 */
export function createTokenizer(tokenizerJson: unknown): Tokenizer {
  const json = parseTokenizerJson(tokenizerJson);
  const controlIds = new Map(json.added_tokens.map(({ content, id }) => [content, id]));
  const controlNames = new Map(json.added_tokens.map(({ content, id }) => [id, content]));
  const beginId = controlIds.get(BEGIN) ?? controlIds.get(BEGIN_OF_LLAMA_2);
  const plain = json.kind === "byteLevel" ? createByteLevelText(json) : createMetaspaceText(json);
  const settled = remember(MAX_SHARED_TEXTS, plain.settle);

  const encodeText = (text: string, place: TextPlace): number[] =>
    plain.encode(plain.write(wellFormed(text), place));

  const encodeRun = ({ shared, own }: TextRun, place: TextPlace): number[] => {
    if (shared === "" || wellFormed(shared) !== shared) return encodeText(shared + own, place);
    const { ids, rest } = settled(plain.write(shared, place));
    return [...ids, ...plain.encode(rest + plain.write(wellFormed(own), "afterText"))];
  };

  const controlId = (name: string): number => {
    const id = name === BEGIN ? beginId : controlIds.get(name);
    if (id !== undefined) return id;
    throw new GuardError("bad_model_file", "the tokenizer lacks a control token of the prompt");
  };

  return {
    vocabSize: 1 + highest([...controlNames.keys(), ...Object.values(json.model.vocab)]),
    isControl: (id) => controlNames.has(id),
    encode(spans) {
      checkChars(spans.reduce((chars, span) => chars + ("text" in span ? span.text.length : 0), 0));
      const parts = joinText(spans);
      const begins = parts.findIndex((part) => !("control" in part) || controlId(part.control) !== beginId);
      return parts.flatMap((part, index) =>
        "control" in part
          ? controlId(part.control)
          : encodeRun(part, index === begins ? "first" : "afterControl"),
      );
    },
    encodeText(text) {
      checkChars(text.length);
      return encodeText(text, "first");
    },
    decode(ids) {
      const pieces: string[] = [];
      let text: number[] = [];
      let place: TextPlace = "first";
      for (const id of ids) {
        const control = controlNames.get(id);
        if (control === undefined) text.push(id);
        else {
          pieces.push(plain.decode(text, place), control);
          if (text.length > 0 || id !== beginId) place = "afterControl";
          text = [];
        }
      }
      return [...pieces, plain.decode(text, place)].join("");
    },
    split(text, maxTokens, overlapTokens) {
      checkChars(text.length);
      return splitText(plain, wellFormed(text), maxTokens, overlapTokens);
    },
  };
}

/** @throws GuardError `bad_model_file` */
export async function openTokenizer(path: string): Promise<Tokenizer> {
  const bytes = await readPlainFile(path, MAX_FILE_BYTES, "download or convert the model again");
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new GuardError("bad_model_file", `${path} cannot be read as a tokenizer`, { cause });
  }
  return createTokenizer(json);
}

/** Of too many numbers to pass as arguments. */
const highest = (ids: readonly number[]): number => ids.reduce((a, b) => Math.max(a, b), -1);

/** With the `u` flag the class matches only surrogates that are not half of a pair. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, "\uFFFD");

function checkChars(chars: number): void {
  if (chars <= MAX_TEXT_CHARS) return;
  throw new GuardError(
    "too_large",
    `${String(chars)} characters of text; at most ${String(MAX_TEXT_CHARS)} are tokenised at once`,
  );
}

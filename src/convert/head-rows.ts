import { GuardError } from "../base/index.js";
import type { CheckpointTokenizer } from "./checkpoint-tokenizer.js";

const LETTERS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const NUMBERS = Array.from({ length: 99 }, (_, i) => String(i + 1));

/** Without these no verdict can be read. */
const VERDICT = ["safe", "unsafe", "\n"];

/** The rest of an answer's alphabet: `\n\n` opens it for Llama Guard 3, codes are letters and numbers. */
const CODES = ["\n\n", ",", ", ", ...LETTERS, ...LETTERS.map((letter) => `,${letter}`), ...NUMBERS];

/**
 * How models that do not answer with a verdict open instead. With their scores the share that `safe` and
 * `unsafe` hold among the rows is an honest sign of health: a model that would rather chat, refuse in prose or
 * repeat the prompt shows it.
 */
const OPENERS = `
  Safe Unsafe SAFE UNSAFE un Un Yes No yes no The This That It You We They He She There Here An the it is
  If In On As At To For From With Of And Or But So Not Sorry Hello Hi Thank Thanks Please Sure Okay OK Well
  What How Why When Where Who Can Could Would Should Is Are Was Do Does Did Let My Your Answer Question
  Task User Agent user agent Assistant Human Note First Step According [/ [/INST] INST
  0 - * # ## ** ( [ { < > \` \`\`\` ' " “ . .. ... : ; ! ? / = _ | $ & + \\ ~ @
`
  .trim()
  .split(/\s+/);

/** The same with the space that tokenizers put before a word, and blank space itself. */
const SPACED = [" safe", " unsafe", " Safe", " Unsafe", " The", " I", " S", " No"];
const BLANK = [" ", "  ", "\t", "\r\n", "\n\n\n", " \n"];

/**
 * Token ids of the rows that a guard's head keeps: fewer than 300, of Llama 3's vocabulary of 128,256 as of
 * Llama 2's of 32,000. Only texts that are one token count. Letters, commas and numbers meet in `S1,S10` as they
 * are listed here, since neither tokenizer ever merges letters with numbers. End tokens come last.
 * @throws GuardError `bad_model_file` when the tokenizer splits a word of the verdict
 */
export function guardHeadRows(
  tokenizer: CheckpointTokenizer,
  endTokenIds: readonly number[],
): readonly number[] {
  if (VERDICT.some((word) => tokenizer.idsOf(word).length === 0))
    throw new GuardError("bad_model_file", "the tokenizer splits safe, unsafe or the newline into pieces");
  const ids = [...VERDICT, ...CODES, ...OPENERS, ...SPACED, ...BLANK].flatMap(tokenizer.idsOf);
  return [...new Set([...ids, ...endTokenIds])];
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ScoredCode } from "../../src/engine/index.js";
import { parseManifest } from "../../src/model/index.js";
import { createTokenizer } from "../../src/tokenizer/index.js";
import { referenceForward } from "../fixtures/reference-forward.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { writeTinyCheckpoint } from "../fixtures/tiny-checkpoint.js";
import { tinyTokenizer } from "../fixtures/tiny-tokenizer.js";

interface OracleAnswer {
  readonly scoreUnsafe: number;
  readonly mass: number;
  readonly codes: ScoredCode[];
}

/**
 * Answers in float64, one token at a time, everything computed again for each, choosing among all answers
 * there are. For the checkpoint that the tiny model was converted from, and codes of two tokens each.
 */
export async function createAnswerOracle(modelDir: string) {
  const checkpoint = await writeTinyCheckpoint(tempFolder());
  const { head, endTokenIds } = parseManifest(
    JSON.parse(readFileSync(join(modelDir, "manifest.json"), "utf8")),
  );
  if (head.kind !== "rows") throw new Error("the tiny model has a head of few rows");
  const { encodeText } = createTokenizer(tinyTokenizer().tokenizerJson);

  return (prompt: string, prefix: string, codes: readonly string[]): OracleAnswer => {
    const said = [...encodeText(prompt), ...encodeText(prefix)];
    const powers = (tokens: readonly number[]): number[] => {
      const row = referenceForward(checkpoint, said).logits.at(-1)!;
      return tokens.map((token) => Math.exp(row[token]!));
    };
    const words = powers([...encodeText("safe"), ...encodeText("unsafe")]);
    const verdict = {
      scoreUnsafe: words[1]! / total(words),
      mass: total(words) / total(powers(head.tokenIds)),
    };

    const base = said.length;
    const ends = endTokenIds.filter((token) => head.tokenIds.includes(token));
    // Every slot is looked at as a whole: what each code's chance is to stand in it, along the path taken.
    const unnamed = new Map(codes.map((code) => [code, 1]));
    const listed: string[] = [];
    let slotReached = 1;
    for (let ended = false; !ended;) {
      const inSlot = new Map(codes.map((code) => [code, 0]));
      let withinSlot = 1;
      const written = (code: string): number[] => encodeText(`unsafe\n${[...listed, code].join(",")}`);
      let candidates = codes.filter((code) => !listed.includes(code));
      for (let at = said.length - base; at < written(candidates[0]!).length; at++) {
        const next = [...new Set(candidates.map((code) => written(code)[at]!))];
        const shares = sharesOf(next.length > 1 ? powers(next) : [1]);
        const best = shares.indexOf(Math.max(...shares));
        for (const [way, token] of next.entries()) {
          const behind = candidates.filter((code) => written(code)[at] === token);
          for (const code of behind) inSlot.set(code, (withinSlot * shares[way]!) / behind.length);
        }
        withinSlot *= shares[best]!;
        candidates = candidates.filter((code) => written(code)[at] === next[best]);
        said.push(next[best]!);
      }
      for (const [code, share] of inSlot) unnamed.set(code, unnamed.get(code)! * (1 - slotReached * share));
      listed.push(candidates[0]!);
      const at = said.length - base;
      const commas = [
        ...new Set(codes.filter((code) => !listed.includes(code)).map((code) => written(code)[at]!)),
      ];
      if (commas.length === 0) break;
      const endings = powers(ends);
      const going = powers(commas);
      ended = Math.max(...endings) >= Math.max(...going);
      slotReached *= total(going) / (total(going) + total(endings));
    }
    const scored = codes.map((code) => ({
      ...{ code, probability: 1 - unnamed.get(code)!, listed: listed.includes(code) },
    }));
    return { ...verdict, codes: scored };
  };
}

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const sharesOf = (weights: readonly number[]): number[] => weights.map((weight) => weight / total(weights));

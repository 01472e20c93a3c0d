import type { ScoreRequest } from "../../src/engine/index.js";
import type { PromptSpan } from "../../src/model/index.js";
import { GOLDEN } from "../fixtures/golden-prompts.js";

const OPENING = "<BEGIN CONVERSATION>\n\n";
const CLOSING = "\n\n<END CONVERSATION>";

export const CODES = ["S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11"];

/** Llama Guard 2 prompts around conversations of one's own, marked as the engine expects them. */
export function guardPrompt(role: "User" | "Agent", conversation: string): PromptSpan[] {
  const { text } = GOLDEN.cases.find(({ name }) => name === "LG2 policy=True user-1turn")!;
  const plain = text.replace("<|begin_of_text|>", "").replaceAll("User", role);
  const start = plain.indexOf(OPENING) + OPENING.length;
  return [
    { control: "<|begin_of_text|>" },
    { text: plain.slice(0, start), shared: true },
    { text: conversation + plain.slice(plain.indexOf(CLOSING)) },
  ];
}

export const askAbout = (
  conversation: string,
  { role = "User" as "User" | "Agent", decodeFrom = 0, codes = CODES } = {},
): ScoreRequest => ({ prompt: guardPrompt(role, conversation), answer: { prefix: "", codes }, decodeFrom });

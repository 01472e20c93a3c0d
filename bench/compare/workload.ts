import { join } from "node:path";
import { PACKAGE_ROOT } from "../../base/index.js";
import { openPolicyRegistry, type PolicyCategory } from "../../policy/index.js";
import { readPromptTemplates, renderGuardPrompt, type Conversation } from "../../prompt/index.js";
import { openTokenizer, type Tokenizer } from "../../tokenizer/index.js";
import { someWords } from "../messages.js";
import { createRandom, type Random } from "../random.js";
import type { Prompt } from "./prompt.js";

/** Questions that are put to every peer, drawn from a seed: the same numbers, the same texts. */
export interface Workload {
  /** Messages whose lengths, 8 to 400 tokens, lie evenly on a logarithmic scale, in no order. */
  messages(count: number, seed: number): Prompt[];
  /** User and assistant by turns, each turn judged with all before it; of equal length where one is given. */
  conversation(turns: number, seed: number, turnTokens?: number): Prompt[];
  /** An answer that grows, judged every so many tokens. */
  stream(tokens: number, everyTokens: number, seed: number): Prompt[];
  /** One message of so many tokens. */
  message(tokens: number, seed: number): Prompt;
}

const [SHORTEST_TOKENS, LONGEST_TOKENS] = [8, 400];
/** What people and bots say in a turn, in tokens. */
const TURN_TOKENS = { user: [8, 40], assistant: [20, 80] } as const;

/**
 * In the vocabulary of a model folder or checkpoint.
 * @param shown categories of the policy; all of Llama Guard 2 unless given
 */
export async function createWorkload(
  tokenizerDir: string,
  shown?: readonly PolicyCategory[],
): Promise<Workload> {
  const tokenizer = await openTokenizer(join(tokenizerDir, "tokenizer.json"));
  const registry = await openPolicyRegistry({ dir: join(PACKAGE_ROOT, "policies") });
  const { template, categories } = registry.get("llama-guard-2");
  await registry.close();
  const templates = await readPromptTemplates();

  const render = (conversation: Conversation) =>
    renderGuardPrompt(templates[template], shown ?? categories, conversation);
  const heads = {
    user: headTokens((text) => tokenizer.encode(render([{ role: "user", content: text }]))),
    assistant: headTokens((text) => tokenizer.encode(render([{ role: "assistant", content: text }]))),
  };
  const prompt = (conversation: Conversation): Prompt => {
    const spans = render(conversation);
    const { role, content } = conversation.at(-1)!;
    return { role, text: content, spans, ids: tokenizer.encode(spans), headTokens: heads[role] };
  };
  const asUser = (content: string): Prompt => prompt([{ role: "user", content }]);

  return {
    messages(count, seed) {
      const random = createRandom(seed);
      const lengths = Array.from({ length: count }, (_, i) =>
        Math.round(SHORTEST_TOKENS * (LONGEST_TOKENS / SHORTEST_TOKENS) ** ((i + 0.5) / count)),
      );
      return shuffled(lengths, random).map((tokens) => asUser(textOf(tokens, tokenizer, random)));
    },
    conversation(turns, seed, turnTokens) {
      const random = createRandom(seed);
      const said = Array.from({ length: turns }, (_, i) => {
        const role = i % 2 === 0 ? ("user" as const) : ("assistant" as const);
        const [least, most] = turnTokens === undefined ? TURN_TOKENS[role] : [turnTokens, turnTokens];
        return { role, content: textOf(Math.round(least + random() * (most - least)), tokenizer, random) };
      });
      return said.map((_, i) => prompt([said[0]!, ...said.slice(1, i + 1)]));
    },
    stream(tokens, everyTokens, seed) {
      const random = createRandom(seed);
      const question = { role: "user" as const, content: textOf(24, tokenizer, random) };
      const ids = tokenizer.encodeText(textOf(tokens, tokenizer, random));
      const checks = Math.ceil(tokens / everyTokens);
      return Array.from({ length: checks }, (_, i) => {
        const seen = tokenizer.decode(ids.slice(0, Math.min(tokens, (i + 1) * everyTokens)));
        return prompt([question, { role: "assistant", content: seen }]);
      });
    },
    message: (tokens, seed) => asUser(textOf(tokens, tokenizer, createRandom(seed))),
  };
}

/** Leading tokens that do not depend on what is asked about. */
function headTokens(encode: (text: string) => readonly number[]): number {
  const [one, other] = [encode("one"), encode("2")];
  return one.findIndex((id, i) => id !== other[i]);
}

/** Everyday words that make that many tokens, or one or two more where the last word is several. */
function textOf(tokens: number, tokenizer: Tokenizer, random: Random): string {
  let text = someWords(1, random);
  for (;;) {
    const missing = tokens - tokenizer.encodeText(text).length;
    if (missing <= 0) return text;
    text += ` ${someWords(Math.ceil(missing / 2), random)}`; // a word has at least one token, seldom two
  }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

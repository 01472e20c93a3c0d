import { GuardError } from "../base/index.js";
import type { CallOptions, Engine } from "../engine/index.js";
import type { PromptSpan } from "../model/index.js";
import type { JudgedRole, PolicyCategory } from "../policy/index.js";
import { renderGuardPrompt, type PromptTemplate } from "../prompt/index.js";

/** Tokens kept free for the answer: `unsafe`, a newline and every code of a large policy with its comma. */
const ANSWER_TOKENS = 64;
/** Joining texts can shift token boundaries by a token or two at each seam of the template. */
const SEAM_TOKENS = 8;
/** Policies times roles times subsets of categories whose overhead is remembered. */
const MAX_REMEMBERED = 1024;

type Room = (
  template: PromptTemplate,
  categories: readonly PolicyCategory[],
  role: JudgedRole,
  options: CallOptions,
) => Promise<number>;

/**
 * How many tokens of the model's context are left for messages under a policy. Counted once per policy,
 * subset of categories and role, with the engine's own tokenizer.
 *
 * @throws GuardError `too_large` when the policy alone fills the context
 */
export function createRoom(engine: Pick<Engine, "info" | "count">): Room {
  const remembered = new Map<string, number>();

  return async (template, categories, role, options) => {
    const prompt = renderGuardPrompt(template, categories, [{ role, content: "" }]);
    const key = prompt.map((span) => ("text" in span ? span.text : span.control)).join("");
    const known = remembered.get(key);
    if (known !== undefined) return known;

    const overhead = await tokensOf(prompt, engine, options);
    const room = engine.info.contextTokens - overhead - ANSWER_TOKENS - SEAM_TOKENS;
    if (room <= 0)
      throw new GuardError(
        "too_large",
        `the policy alone takes ${String(overhead)} of the model's ${String(engine.info.contextTokens)} tokens of context`,
      );
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(key, room);
    return room;
  };
}

async function tokensOf(
  prompt: readonly PromptSpan[],
  engine: Pick<Engine, "count">,
  options: CallOptions,
): Promise<number> {
  const texts = prompt.flatMap((span) => ("text" in span ? [span.text] : []));
  const counts = await engine.count(texts, options);
  return counts.reduce((sum, count) => sum + count, prompt.length - texts.length);
}

import type { ChatEvent, StageVerdict } from "../../chat/index.js";

type Event<Type extends ChatEvent["type"]> = Extract<ChatEvent, { type: Type }>;

/** What an answer came to, beside its text. */
export interface ChatRecord {
  add(event: ChatEvent): void;
  /** Whether a gate has closed on every choice. */
  readonly allBlocked: boolean;
  readonly anyBlocked: boolean;
  readonly degraded: readonly Pick<Event<"degraded">, "stage" | "choice" | "code">[];
  /** Null until all was said. */
  readonly verdicts: Event<"verdicts"> | null;
  /** Null where the generator told none; nothing where nobody got anything. */
  readonly usage: Event<"usage"> | null;
  /** Tokens that went through guard and generator, as far as they told. */
  readonly computedTokens: number;
}

/**
 * Of an answer that is blocked whole. What the generator wrote meanwhile would tell which gate closed, and it is nothing
 * that a caller got.
 */
const NOTHING_USED: Event<"usage"> = { type: "usage", promptTokens: 0, completionTokens: 0 };

export function createChatRecord(choices: number): ChatRecord {
  const blocked = new Set<number>();
  const degraded: ChatRecord["degraded"][number][] = [];
  let verdicts: Event<"verdicts"> | null = null;
  let usage: Event<"usage"> | null = null;

  return {
    add(event) {
      if (event.type === "blocked") blocked.add(event.choice);
      else if (event.type === "degraded")
        degraded.push({ stage: event.stage, choice: event.choice, code: event.code });
      else if (event.type === "verdicts") verdicts = event;
      else if (event.type === "usage") usage = event;
    },
    get allBlocked() {
      return blocked.size === choices;
    },
    get anyBlocked() {
      return blocked.size > 0;
    },
    degraded,
    get verdicts() {
      return verdicts;
    },
    get usage() {
      return blocked.size === choices ? NOTHING_USED : usage;
    },
    get computedTokens() {
      const judged = verdicts === null ? [] : [verdicts.input, ...verdicts.output];
      const ofGenerator = usage === null ? 0 : usage.promptTokens + usage.completionTokens;
      return judged.reduce((sum, verdict) => sum + tokensOf(verdict), ofGenerator);
    },
  };
}

const tokensOf = (verdict: StageVerdict): number =>
  verdict === null || typeof verdict === "string" ? 0 : verdict.usage.computedTokens;

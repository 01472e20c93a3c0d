import { mapInOrder } from "../base/index.js";
import type { CategoryScoring, Examination } from "../guard/index.js";
import type { LoggedConversation } from "../logs/index.js";
import type { Policy } from "../policy/index.js";
import { recordFailure } from "../telemetry/index.js";
import type { Chunk, ChunkResult, ChunkRunner } from "./chunk.js";
import type { AuditContext } from "./context.js";
import { TurnFailure, type PatientJudge } from "./judge-patiently.js";
import { frameRow } from "./frame-row.js";
import { createKnownAnswers } from "./known-answers.js";
import type { AuditedModel } from "./run-identity.js";
import { createSlots } from "./slots.js";
import { addTokens, NO_TOKENS, type TokensUsed } from "./tokens-used.js";
import { turnsToJudge, type TurnToJudge } from "./turns-to-judge.js";
import type { RowAnswer, VerdictRow } from "./verdict-row.js";

export interface ChunkRunnerDeps {
  readonly judge: PatientJudge;
  readonly model: Pick<AuditedModel, "id" | "sha256">;
  readonly policies: readonly Policy[];
  readonly context: AuditContext;
  readonly scores: CategoryScoring | "none";
  readonly keepText: boolean;
  /** Conversations that are being judged at once, over all chunks: the engine packs what they ask. */
  readonly conversationsInFlight: number;
  /** Hears of every row as soon as it is known. */
  readonly onRow?: (row: VerdictRow) => void;
}

/** Questions whose answers are remembered, about a kilobyte each. */
const KNOWN_ANSWERS = 32_768;

/**
 * Judges chunks with the engine of this process. Turns of one conversation go one after the other, so that each finds
 * keys and values of those before it; conversations go side by side.
 */
export function createChunkRunner(deps: ChunkRunnerDeps): ChunkRunner {
  const { judge, model, policies, context, scores, keepText, onRow } = deps;
  const slots = createSlots(deps.conversationsInFlight);
  const known = createKnownAnswers<Examination>(KNOWN_ANSWERS);

  async function judgeConversation(conversation: LoggedConversation, signal: AbortSignal): Promise<Judged> {
    const turns = [...turnsToJudge(conversation, context)];
    const byTurn: VerdictRow[][] = turns.map(() => []);
    let used = NO_TOKENS;
    for (const policy of policies)
      // one after the other: turns under one policy share most of their prompts
      for (const [at, turn] of turns.entries()) {
        const answer = await answerTo(turn, policy, signal);
        const row = { ...frameRow(conversation, turn, policy, { model, keepText }), ...answer.row };
        used = addTokens(used, answer.used);
        byTurn[at]!.push(row);
        onRow?.(row);
      }
    return { rows: byTurn.flat(), used };
  }

  async function answerTo(turn: TurnToJudge, policy: Policy, signal: AbortSignal): Promise<Answer> {
    const { conversation, unreadParts } = turn;
    const unread = unreadParts > 0 ? ["unread_parts"] : [];
    if (conversation === null)
      return unjudged("not_judged", unreadParts > 0 ? "unread_parts" : "empty", unread);
    let asked = false;
    try {
      const { judgement, namedAt } = await known.get(`${policy.sha256} ${turn.contextSha256}`, () => {
        asked = true;
        return judge.examine({ conversation, policy, ...(scores === "none" ? {} : { scores }) }, signal);
      });
      const { verdict, action, score, categories, flags, usage } = judgement;
      return {
        row: {
          ...{ status: "judged", verdict, action, score, namedAt, error: null },
          violated: categories.filter(({ violated }) => violated).map(({ code }) => code),
          scores: Object.fromEntries(categories.map((category) => [category.code, category.score])),
          flags: [...flags, ...unread],
        },
        used: asked ? usage : NO_TOKENS,
      };
    } catch (error) {
      if (!(error instanceof TurnFailure)) throw error;
      recordFailure({ code: error.code, stage: "audit" });
      return unjudged("failed", error.code, unread);
    }
  }

  return {
    async run({ entries }: Chunk, signal): Promise<ChunkResult> {
      const conversations = entries.filter((entry) => entry.type === "conversation");
      const judged = await mapInOrder(conversations, Math.max(1, conversations.length), (one) =>
        slots.hold(() => {
          signal.throwIfAborted();
          return judgeConversation(one, signal);
        }),
      );
      return {
        rows: judged.flatMap(({ rows }) => rows),
        faults: entries.filter((entry) => entry.type === "fault"),
        conversations: conversations.length,
        used: judged.map(({ used }) => used).reduce(addTokens, NO_TOKENS),
      };
    },
  };
}

interface Judged {
  readonly rows: readonly VerdictRow[];
  readonly used: TokensUsed;
}

interface Answer {
  readonly row: RowAnswer;
  readonly used: TokensUsed;
}

const unjudged = (status: "failed" | "not_judged", error: string, flags: readonly string[]): Answer => ({
  row: {
    status,
    error,
    flags,
    verdict: null,
    action: null,
    score: null,
    violated: [],
    scores: {},
    namedAt: {},
  },
  used: NO_TOKENS,
});

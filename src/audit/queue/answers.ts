import { Ajv } from "ajv";
import { GuardError, ERROR_CODES } from "../../base/index.js";
import type { Policy } from "../../policy/index.js";
import type { ChunkResult } from "../chunk.js";
import type { AuditContext } from "../context.js";
import { frameRow } from "../frame-row.js";
import type { AuditedModel } from "../run-identity.js";
import type { TokensUsed } from "../tokens-used.js";
import { turnsToJudge } from "../turns-to-judge.js";
import type { RowAnswer, VerdictRow } from "../verdict-row.js";
import type { Piece } from "./piece.js";

/** What a worker sends back: answers in the order of turns and policies, without a word of any message. */
export interface PieceAnswers {
  readonly answers: readonly RowAnswer[];
  readonly used: TokensUsed;
}

export const answersOf = ({ rows, used }: ChunkResult): PieceAnswers => ({
  answers: rows.map(({ status, verdict, action, score, violated, scores, namedAt, flags, error }) => ({
    ...{ status, verdict, action, score, violated, scores, namedAt, flags, error },
  })),
  used,
});

const count = { type: "integer", minimum: 0 };
const score = { type: "number", minimum: 0, maximum: 1 };
const code = { type: "string", pattern: "^[A-Z][0-9]{1,3}$" };
const perCode = { type: "object", propertyNames: code, additionalProperties: score };
const object = (properties: Readonly<Record<string, object>>): object => ({
  type: "object",
  required: Object.keys(properties),
  properties,
  additionalProperties: false,
});
const common = {
  violated: { type: "array", items: code },
  scores: perCode,
  namedAt: perCode,
  flags: { type: "array", items: { type: "string", pattern: "^[a-z_]{1,40}$" } },
};
const none = { const: null };

const isAnswers = new Ajv({ allowUnionTypes: true, strictTypes: false }).compile<PieceAnswers>(
  object({
    answers: {
      type: "array",
      items: {
        oneOf: [
          object({
            ...common,
            status: { const: "judged" },
            verdict: { enum: ["safe", "unsafe"] },
            action: { enum: ["block", "flag", "allow"] },
            ...{ score, error: none },
          }),
          object({
            ...common,
            ...{ verdict: none, action: none, score: none },
            status: { const: "failed" },
            error: { enum: [...ERROR_CODES, "internal"] },
          }),
          object({
            ...common,
            ...{ verdict: none, action: none, score: none },
            status: { const: "not_judged" },
            error: { enum: ["empty", "unread_parts"] },
          }),
        ],
      },
    },
    used: object({ promptTokens: count, cachedTokens: count, computedTokens: count }),
  }),
);

export interface AskedPiece {
  readonly piece: Piece;
  readonly policies: readonly Pick<Policy, "id" | "sha256">[];
  readonly context: AuditContext;
  readonly model: Pick<AuditedModel, "id" | "sha256">;
  readonly keepText: boolean;
}

/**
 * Puts answers to the turns they are about, which the coordinator knows itself.
 * @param answers what came back; input like any other
 * @throws GuardError `upstream_failed` for what are not the answers to this piece
 */
export function rowsOf(answers: unknown, asked: AskedPiece): { rows: VerdictRow[]; used: TokensUsed } {
  const { piece, policies, context, model, keepText } = asked;
  const frames = piece.flatMap((conversation) =>
    [...turnsToJudge(conversation, context)].flatMap((turn) =>
      policies.map((policy) => frameRow(conversation, turn, policy, { model, keepText })),
    ),
  );
  if (!isAnswers(answers) || answers.answers.length !== frames.length)
    throw new GuardError(
      "upstream_failed",
      "a worker sent back something else than answers to what it was asked",
    );
  return { rows: frames.map((frame, at) => ({ ...frame, ...answers.answers[at]! })), used: answers.used };
}

import { createHash } from "node:crypto";
import type { LoggedConversation } from "../logs/index.js";
import type { Policy } from "../policy/index.js";
import type { AuditedModel } from "./run-identity.js";
import type { TurnToJudge } from "./turns-to-judge.js";
import type { RowAnswer, VerdictRow } from "./verdict-row.js";

/** Says which turn was judged by what: a row without its answer. */
export const frameRow = (
  { key, source, row, day }: LoggedConversation,
  turn: TurnToJudge,
  policy: Pick<Policy, "id" | "sha256">,
  { model, keepText }: { readonly model: Pick<AuditedModel, "id" | "sha256">; readonly keepText: boolean },
): Omit<VerdictRow, keyof RowAnswer> => ({
  ...{ conversation: key, source, row, turn: turn.turn, role: turn.role, day: turn.day ?? day },
  ...{ policy: policy.id, policySha256: policy.sha256, model: model.id, modelSha256: model.sha256 },
  contentSha256: createHash("sha256").update(turn.content).digest("hex"),
  contextSha256: turn.contextSha256,
  text: keepText ? turn.content : null,
});

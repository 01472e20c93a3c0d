import { Unreadable } from "../unreadable.js";
import { has, field, keyOf, textOf, type JsonObject } from "./fields.js";
import { isoUtc } from "./iso-utc.js";
import { textTurn } from "./messages.js";
import { whole, type FormatReader, type Reading } from "./reading.js";
import { timeOf } from "./record-time.js";
import { roleOf } from "./role.js";

/** Names that columns go by, in any case; of several the first. */
export const COLUMN_NAMES = {
  user: ["prompt", "user_input", "input", "question", "text", "message", "content", "instruction"],
  assistant: ["response", "output", "completion", "answer", "model_output", "generation"],
  id: ["conversation_id", "conv_id", "custom_id", "id"],
  role: ["role", "from", "speaker"],
  order: ["turn", "turn_identifier", "timestamp", "created_at"],
} as const;

/** Of a message that has a row to itself. */
const MESSAGE = ["content", "message", "text", "value"] as const;

/** Columns by their names: with a role a row is a message, and rows of one id are one conversation; else it is one exchange. */
export const columns: FormatReader = {
  format: "columns",
  read(given) {
    const record = inLowerCase(given);
    const role = present(record, COLUMN_NAMES.role);
    const message = present(record, [...MESSAGE, ...COLUMN_NAMES.user]);
    if (role !== undefined && message !== undefined) return messageRow(record, role, message);
    const user = present(record, COLUMN_NAMES.user);
    const assistant = present(record, COLUMN_NAMES.assistant);
    if (user === undefined && assistant === undefined) return null;
    const turns = [
      ...(isFilled(record, user) ? [textTurn("user", textOf(field(record, user), "the user's text"))] : []),
      ...(isFilled(record, assistant)
        ? [textTurn("assistant", textOf(field(record, assistant), "the answer"))]
        : []),
    ];
    return whole(idIn(record), turns, timeOf(record));
  },
};

function messageRow(record: JsonObject, role: string, message: string): Reading {
  const at = timeOf(record);
  const content = field(record, message);
  const turn = textTurn(
    roleOf(field(record, role)),
    content === null ? "" : textOf(content, "a message"),
    at,
  );
  const group = idIn(record);
  return group === null ? whole(null, [turn], at) : messagePiece(group, turn, orderIn(record), at);
}

export const messagePiece = (
  group: string,
  turn: ReturnType<typeof textTurn>,
  order: number | null,
  at: string | null,
): Reading => ({ piece: { group, kind: "messages", order, requests: [[turn]], answers: [], at } });

/**
 * What orders the rows of one conversation.
 * @param value a whole or broken number as it is, or a time as its milliseconds
 */
export function orderOf(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string" || value.trim() === "") return null;
  const number = Number(value);
  if (Number.isFinite(number)) return number;
  const time = isoUtc(value);
  return time === null ? null : Date.parse(time);
}

function orderIn(record: JsonObject): number | null {
  const name = COLUMN_NAMES.order.find((one) => orderOf(field(record, one)) !== null);
  return name === undefined ? null : orderOf(field(record, name));
}

const idIn = (record: JsonObject): string | null => {
  const name = present(record, COLUMN_NAMES.id);
  return name === undefined ? null : keyOf(field(record, name));
};

const present = (record: JsonObject, names: readonly string[]): string | undefined =>
  names.find((name) => has(record, name));

const isFilled = (record: JsonObject, name: string | undefined): name is string =>
  name !== undefined && field(record, name) !== null && field(record, name) !== "";

function inLowerCase(record: JsonObject): JsonObject {
  const lower = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(record)) {
    const lowered = name.trim().toLowerCase();
    if (Object.hasOwn(lower, lowered))
      throw new Unreadable("bad_content", "two fields that differ only in case");
    lower[lowered] = value;
  }
  return lower;
}

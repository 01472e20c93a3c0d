import { Ajv } from "ajv";
import { GuardError } from "../../base/index.js";
import type { LoggedConversation, LoggedTurn } from "../../logs/index.js";

/** Some conversations of a chunk that one worker judges; nothing of them but the messages crosses. */
export type Piece = readonly LoggedConversation[];

/** Text of a piece, in UTF-16 units; one conversation alone may have more. */
const PIECE_TEXT = 1024 * 1024;
/**
 * Bytes of a piece in Redis. A conversation of a log has 16 Mi characters at most, and a character that JSON escapes
 * takes six bytes; what is larger was not written by this program.
 */
export const MAX_PIECE_BYTES = 128 * 1024 * 1024;

/** Cuts a chunk's conversations into pieces, in order. */
export function cutPieces(conversations: readonly LoggedConversation[]): Piece[] {
  const pieces: LoggedConversation[][] = [];
  let room = 0;
  for (const conversation of conversations) {
    const length = conversation.turns.reduce((sum, { content }) => sum + content.length, 0);
    if (length > room || pieces.length === 0) {
      pieces.push([]);
      room = PIECE_TEXT;
    }
    pieces.at(-1)!.push(conversation);
    room -= length;
  }
  return pieces;
}

type SentTurn = readonly [role: LoggedTurn["role"], content: string, unreadParts: number];

/** @throws GuardError `invalid_config` for a conversation that is larger than Redis should be given */
export function writePiece(piece: Piece): Buffer {
  const sent = piece.map(({ turns }) =>
    turns.map(({ role, content, unreadParts }): SentTurn => [role, content, unreadParts]),
  );
  const bytes = Buffer.from(JSON.stringify(sent));
  if (bytes.length <= MAX_PIECE_BYTES) return bytes;
  throw new GuardError(
    "invalid_config",
    `a conversation takes ${String(bytes.length)} bytes, and a queue carries ${String(MAX_PIECE_BYTES)} at most: ` +
      "audit this log without --queue",
  );
}

const isSent = new Ajv({ strictTuples: false }).compile<readonly (readonly SentTurn[])[]>({
  type: "array",
  items: {
    type: "array",
    minItems: 1,
    items: {
      type: "array",
      minItems: 3,
      maxItems: 3,
      items: [
        { enum: ["user", "assistant", "system", "tool"] },
        { type: "string" },
        { type: "integer", minimum: 0 },
      ],
    },
  },
});

/** @returns conversations whose messages are those that were written and whose other fields say nothing; null for rubbish */
export function readPiece(json: string): LoggedConversation[] | null {
  const sent = parse(json);
  if (!isSent(sent)) return null;
  return sent.map((turns, row) => ({
    ...{ type: "conversation", key: String(row), source: "", row, records: 1, format: "openai", day: null },
    turns: turns.map(([role, content, unreadParts]) => ({
      ...{ role, content, unreadParts, at: null },
    })) as unknown as LoggedConversation["turns"],
  }));
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

import { GuardError, type ErrorCode } from "../base/index.js";
import type { GenerationEvent } from "../generation/index.js";
import type { CallPiece } from "./chunk.js";

/** OpenAI takes as many definitions; more calls than that are no answer. */
const MAX_CALLS = 128;
const FAILED: ErrorCode = "upstream_failed";

/** Puts the pieces of one choice's tool calls in order. */
export function createCallReader(choice: number): { read(pieces: readonly CallPiece[]): GenerationEvent[] } {
  /** Ids by our index. */
  const ids: string[] = [];
  /** Our index, by the server's. */
  const open = new Map<number, number>();

  /** A call begins with an id of its own: some servers give every call the index 0, and some give none. */
  const read = ({ index = 0, id, function: said }: CallPiece): GenerationEvent => {
    const known = open.get(index);
    const text = { type: "toolCall", choice, arguments: said?.arguments ?? "" } as const;
    if (known !== undefined && (!id || ids[known] === id)) return { ...text, index: known };
    if (!id || !said?.name) throw new GuardError(FAILED, "the model server sent a call of no name or id");
    if (ids.length === MAX_CALLS) throw new GuardError(FAILED, "the model server sent too many tool calls");
    const fresh = ids.push(id) - 1;
    open.set(index, fresh);
    return { ...text, index: fresh, id, name: said.name };
  };
  return { read: (pieces) => pieces.map(read) };
}

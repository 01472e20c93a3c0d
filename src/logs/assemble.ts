import { exchanges, type Turns } from "./formats/exchange.js";
import type { Draft, Piece } from "./formats/reading.js";
import { LOG_LIMITS } from "./limits.js";
import type { LoggedTurn } from "./log-entry.js";
import { overlap } from "./overlap.js";
import { Unreadable } from "./unreadable.js";

/** What the pieces of one group come to. */
export interface Assembled {
  readonly drafts: readonly Draft[];
  /** That something was read otherwise than its author may expect. */
  readonly remark: Unreadable | null;
}

/** Puts the pieces of one group together as they come, in order. */
export interface Assembly {
  add(piece: Piece): void;
  /** @throws Unreadable `too_large` */
  finish(): Assembled;
}

/** @param key of the group, which the conversation is to have */
export function createAssembly(key: string): Assembly {
  const transcript: LoggedTurn[] = [];
  /** Answers that did not go on: the conversation up to them, and they. */
  const otherways: Turns[] = [];
  const requests: (readonly Turns[])[] = [];
  const responses: (readonly Turns[])[] = [];
  let at: string | null = null;
  let length = 0;

  /** Beyond the bound pieces are let go: there is no conversation to be made any more. */
  const isTooLarge = (): boolean =>
    length > LOG_LIMITS.maxGatheredLength || transcript.length > LOG_LIMITS.maxTurns;

  const follow = (turns: Turns): void => {
    for (const turn of turns) transcript.push(turn);
  };
  const call = (asked: readonly Turns[], answers: readonly Turns[]): void => {
    for (const turns of asked) {
      const isHeard = transcript.some(
        ({ role, content }) => role === "system" && content === turns[0]?.content,
      );
      const unheard = isHeard && turns[0]?.role === "system" ? turns.slice(1) : turns;
      const said = transcript[0]?.role === "system" ? transcript.slice(1) : transcript;
      follow(unheard.slice(overlap(said, unheard)));
    }
    const [first, ...others] = answers;
    for (const other of others) otherways.push([...transcript, ...other]);
    if (first !== undefined) follow(first);
  };

  return {
    add(piece) {
      at ??= piece.at;
      length += lengthOf(piece);
      if (isTooLarge()) return;
      switch (piece.kind) {
        case "messages":
          for (const turns of piece.requests) follow(turns);
          return;
        case "call":
          call(piece.requests, piece.answers);
          return;
        case "request":
          requests.push(piece.requests);
          return;
        case "response":
          responses.push(piece.answers);
          return;
        default:
          piece.kind satisfies never;
      }
    },
    finish() {
      if (isTooLarge())
        throw new Unreadable(
          "too_large",
          `a conversation of more than ${String(LOG_LIMITS.maxTurns)} messages, or of records that hold more than ` +
            `${String(LOG_LIMITS.maxGatheredLength)} characters`,
        );
      const joined = joinOnce(requests, responses);
      const all = [...(transcript.length > 0 ? [transcript] : []), ...otherways, ...joined.all];
      return { drafts: all.map((turns) => ({ key, turns, at })), remark: joined.remark };
    },
  };
}

/** A request and its response; where a key names several, which belong together is not known, and each is read by itself. */
function joinOnce(
  requests: readonly (readonly Turns[])[],
  responses: readonly (readonly Turns[])[],
): { readonly all: readonly Turns[]; readonly remark: Unreadable | null } {
  if (requests.length <= 1 && responses.length <= 1)
    return { all: exchanges(requests[0] ?? [], responses[0] ?? []), remark: null };
  return {
    all: [...requests.flat(), ...responses.flat()],
    remark: new Unreadable(
      "duplicate_key",
      "several requests or responses of one custom_id: each was read by itself, responses without what they answer; " +
        "read batches that use the same custom_ids one at a time",
    ),
  };
}

const lengthOf = ({ requests, answers }: Piece): number =>
  [...requests, ...answers].flat().reduce((sum, { content }) => sum + content.length, 0);

import type { KeyClaims } from "./claim-keys.js";
import { dayOf } from "./formats/iso-utc.js";
import { wellFormed } from "./formats/messages.js";
import type { Draft } from "./formats/reading.js";
import { LOG_LIMITS } from "./limits.js";
import type { LogEntry, LogFault, LogFormat, LoggedConversation, LoggedTurn } from "./log-entry.js";
import { Unreadable } from "./unreadable.js";

/** Where a conversation or a fault stands in the logs. */
export interface Place {
  readonly source: string;
  readonly row: number;
  /** Which of several records of one line, from 1; 0 where it is the only one. */
  readonly part: number;
}

export interface Finishing {
  readonly place: Place;
  readonly format: LogFormat;
  readonly records: number;
}

/** Drafts of one record or group as entries: bounds kept, keys unique. There is at least one entry. */
export function finishDrafts(
  drafts: readonly Draft[],
  { place, format, records }: Finishing,
  claims: KeyClaims,
): LogEntry[] {
  if (drafts.length === 0)
    return [faultOf(new Unreadable("empty_conversation", "no messages"), place, records)];
  return drafts.map((draft, at) => {
    const share = at === 0 ? records : 0;
    const turns = checkedTurns(draft.turns);
    if (turns instanceof Unreadable) return faultOf(turns, place, share);
    const key = uniqueKey(draft.key, at, place, claims);
    const day = dayOf(turns[0].at ?? draft.at ?? turns.find((turn) => turn.at !== null)?.at ?? null);
    return {
      type: "conversation",
      key,
      source: place.source,
      row: place.row,
      records: share,
      format,
      turns,
      day,
    };
  });
}

export const faultOf = ({ code, message }: Unreadable, place: Place, records: number): LogFault => ({
  ...{ type: "fault", source: place.source, row: place.row, records, code, message },
});

/** About a whole input. */
export const inputFault = (source: string, { code, message }: Unreadable, records = 0): LogFault => ({
  ...{ type: "fault", source, row: null, records, code, message },
});

function checkedTurns(turns: readonly LoggedTurn[]): LoggedConversation["turns"] | Unreadable {
  const [first, ...rest] = turns;
  if (turns.length > LOG_LIMITS.maxTurns)
    return new Unreadable(
      "too_large",
      `more than ${String(LOG_LIMITS.maxTurns)} messages in one conversation`,
    );
  if (first === undefined) return new Unreadable("empty_conversation", "no messages");
  if (turns.every(({ content, unreadParts }) => content === "" && unreadParts === 0))
    return new Unreadable("empty_conversation", "no message says anything");
  return [first, ...rest];
}

/**
 * The log's key where it is one and nobody has it yet; else a key of place. Logs do repeat keys, and what comes
 * second is to be read like any other.
 * @param nth from 0, among the conversations of one record
 */
function uniqueKey(own: string | null, nth: number, place: Place, claims: KeyClaims): string {
  const suffix = nth === 0 ? "" : `#${String(nth + 1)}`;
  const key = own === null || own.length > LOG_LIMITS.maxKeyLength ? null : `${wellFormed(own)}${suffix}`;
  if (key !== null && claims.claim(key)) return key;
  const part = place.part === 0 ? "" : `.${String(place.part)}`;
  const made = `${place.source}:${String(place.row)}${part}${suffix}`;
  for (let tries = 1; ; tries++) {
    const one = tries === 1 ? made : `${made}~${String(tries)}`;
    if (claims.claim(one)) return one;
  }
}

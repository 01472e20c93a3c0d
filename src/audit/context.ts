import { GuardError } from "../base/index.js";

/**
 * How much of a conversation the guard sees with the judged message. `full`: everything before it. `exchange`: the
 * message it answers. `last`: nothing. A number: so many messages before it.
 */
export type AuditContext = "full" | "exchange" | "last" | number;

/** More context than this many messages is `full`. */
const MAX_MESSAGES = 10_000;

/** @throws GuardError `invalid_config` */
export function parseContext(text: string): AuditContext {
  if (text === "full" || text === "exchange" || text === "last") return text;
  const messages = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (messages <= MAX_MESSAGES) return messages;
  throw new GuardError(
    "invalid_config",
    `--context must be full, exchange, last or a number of messages up to ${String(MAX_MESSAGES)}`,
  );
}

/** Messages before the judged one that are shown. */
export const messagesBefore = (context: AuditContext): number =>
  context === "full" ? Infinity : context === "exchange" ? 1 : context === "last" ? 0 : context;

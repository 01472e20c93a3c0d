import type { LogFaultCode } from "./log-entry.js";

/** Why a record cannot be read. Thrown where it is found, caught by the reading, which makes a fault of it; never leaves this room. */
export class Unreadable extends Error {
  constructor(
    readonly code: LogFaultCode,
    /** Quotes nothing of the log. */
    message: string,
  ) {
    super(message);
  }
}

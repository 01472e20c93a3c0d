/** What a caller did or wanted: no failure of this program. */
const CALLER_CODES = [
  "invalid_request",
  "content_policy_violation",
  "unauthorized",
  "forbidden",
  "not_found",
  "policy_not_found",
  "method_not_allowed",
  "too_large",
  "rate_limited",
  "canceled",
] as const;

/** What could not be done for a caller. */
const SERVICE_CODES = [
  "overloaded",
  "engine_unavailable",
  "upstream_failed",
  "deadline_exceeded",
  "unreadable_output",
] as const;

/** What ends a command; never an HTTP answer. */
const START_CODES = ["invalid_config", "invalid_policy", "bad_model_file"] as const;

/**
 * Every way a request or a start can fail, for programs: a closed list. `http/problem.ts` holds the one table
 * of statuses.
 */
export const ERROR_CODES = [...CALLER_CODES, ...SERVICE_CODES, ...START_CODES] as const;

export type StartCode = (typeof START_CODES)[number];

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface GuardErrorOptions extends ErrorOptions {
  /** JSON pointer (RFC 6901) to the part of the input at fault, `""` for the whole. */
  pointer?: string;
  /** Milliseconds after which trying again makes sense; becomes `Retry-After`. */
  retryAfterMs?: number;
}

/**
 * The only error class of this project. `code` is for programs, `message` for people and free of anything
 * a caller wrote, `cause` for the log; clients never see `cause`.
 */
export class GuardError extends Error {
  override readonly name = "GuardError";
  readonly pointer: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: GuardErrorOptions = {},
  ) {
    super(message, options);
    this.pointer = options.pointer;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Whether `value` is one of the closed list; for codes that crossed a process boundary. */
export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === "string" && (ERROR_CODES as readonly string[]).includes(value);

/** Whether the code says what a caller did or wanted, rather than what this program could not do. */
export const isCallersDoing = (code: ErrorCode): boolean =>
  (CALLER_CODES as readonly ErrorCode[]).includes(code);

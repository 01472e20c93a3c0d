/**
 * Every way a request or a start can fail, for programs. The first group reaches HTTP callers
 * (`http/problem.ts` holds the one table of statuses); the second only ever ends a command.
 */
export const ERROR_CODES = [
  "invalid_request",
  "unauthorized",
  "forbidden",
  "not_found",
  "policy_not_found",
  "method_not_allowed",
  "too_large",
  "rate_limited",
  "overloaded",
  "canceled",
  "engine_unavailable",
  "upstream_failed",
  "deadline_exceeded",
  "unreadable_output",
  // ends a command, never an HTTP answer
  "invalid_config",
  "invalid_policy",
  "bad_model_file",
] as const;

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

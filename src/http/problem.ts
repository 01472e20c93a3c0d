import { GuardError, type ErrorCode, type StartCode } from "../base/index.js";
import { EVENT_STREAM, eventOf } from "./chat/event-stream.js";
import type { ErrorHandler } from "./locals.js";

/** What callers may be told. `internal` is what no other code explains, codes of a start among it. */
export type ProblemCode = Exclude<ErrorCode, StartCode> | "internal";

/** An answer of 500 and above. `error` is for the log and may name things callers must not see. */
export interface Failure {
  readonly requestId: string;
  readonly code: ProblemCode;
  readonly status: number;
  readonly error: unknown;
}

interface Problem {
  readonly status: number;
  /** OpenAI's coarser name for the kind of error. */
  readonly type: string;
  /** When trying again makes sense, unless the error itself knows; only for what passes by waiting. */
  readonly retryAfterMs?: number;
  /** Trying again gives the same; OpenAI's clients would otherwise try every 5xx twice more. */
  readonly pointless?: true;
}

/** nginx's status for a caller who went away; it reaches measurements, never the caller. */
export const CANCELED_STATUS = 499;

const PROBLEMS = {
  invalid_request: { status: 400, type: "invalid_request_error" },
  content_policy_violation: { status: 400, type: "invalid_request_error" },
  unauthorized: { status: 401, type: "authentication_error" },
  forbidden: { status: 403, type: "permission_error" },
  not_found: { status: 404, type: "invalid_request_error" },
  policy_not_found: { status: 404, type: "invalid_request_error" },
  method_not_allowed: { status: 405, type: "invalid_request_error" },
  too_large: { status: 413, type: "invalid_request_error" },
  rate_limited: { status: 429, type: "rate_limit_error", retryAfterMs: 1000 },
  canceled: { status: CANCELED_STATUS, type: "server_error" },
  unreadable_output: { status: 500, type: "server_error", pointless: true },
  internal: { status: 500, type: "server_error", pointless: true },
  upstream_failed: { status: 502, type: "server_error" },
  overloaded: { status: 503, type: "server_error", retryAfterMs: 1000 },
  engine_unavailable: { status: 503, type: "server_error", retryAfterMs: 5000 }, // about a restart
  deadline_exceeded: { status: 504, type: "server_error" },
} as const satisfies Record<ProblemCode, Problem>;

const isProblemCode = (code: ErrorCode): code is Exclude<ErrorCode, StartCode> => code in PROBLEMS;

/**
 * The one place where an error becomes a status and a body, or the last event of a stream that has begun. Last in
 * line, so it never calls on.
 */
export const answerProblems =
  (onFailure: (failure: Failure) => void): ErrorHandler =>
  (error: unknown, _req, res, next) => {
    const { code, message, pointer, retryAfterMs } = explain(error);
    const problem: Problem = PROBLEMS[code];
    if (problem.status >= 500)
      onFailure({ requestId: res.locals.requestId, code, status: problem.status, error });
    const body = { error: { message, type: problem.type, param: pointer || null, code } };
    if (res.headersSent) {
      if (res.get("content-type") !== EVENT_STREAM || res.destroyed) return next(error); // Express cuts the connection
      res.end(eventOf(body)); // and no [DONE]
      return;
    }
    const waitMs = retryAfterMs ?? problem.retryAfterMs;
    if (waitMs !== undefined) res.set("retry-after", String(Math.max(1, Math.ceil(waitMs / 1000))));
    if (problem.pointless === true) res.set("x-should-retry", "false");
    res.status(problem.status).json(body);
  };

interface Explanation {
  readonly code: ProblemCode;
  readonly message: string;
  readonly pointer?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** What a caller may know of an error. Only GuardError's messages are known to repeat nothing. */
function explain(error: unknown): Explanation {
  if (error instanceof GuardError && isProblemCode(error.code)) {
    const { code, message, pointer, retryAfterMs } = error;
    return { code, message, pointer, retryAfterMs };
  }
  if (error instanceof URIError)
    return { code: "invalid_request", message: "the path holds a broken percent-encoding" };
  return { code: "internal", message: "something went wrong in this server" };
}

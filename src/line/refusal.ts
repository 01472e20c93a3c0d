import { GuardError } from "../base/index.js";

/** Pause before another attempt where the server did not name one; also what callers are told. */
const PAUSE_MS = 1_000;

/** Codes by which servers say that a prompt is longer than their context. All else they say is left unread. */
const TOO_LONG = ["context_length_exceeded", "exceed_context_size_error"];

/** Faults of connecting and of connections that were closed while idle. A bad certificate, say, does not pass. */
const PASSING_CODES = [
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EAI_AGAIN"],
  ...["ENOTFOUND", "UND_ERR_SOCKET"],
];

/**
 * What an answer without content means. Faults that may pass before long carry `retryAfterMs`. Nothing of the
 * body is repeated, as servers quote the prompts they refuse.
 *
 * A 504 does not count as passing: the server may still be at work on the first request. Nor does a 500: it is
 * often the request itself that breaks it.
 *
 * @param server its name in messages
 * @param retryAfter the header, seconds or a date
 * @param said the body as JSON, null where it is none
 */
export function refusal(
  server: string,
  status: number,
  retryAfter: string | null,
  said: unknown,
): GuardError {
  const http = `(HTTP ${String(status)})`;
  if (status === 429 || status === 503)
    return new GuardError("overloaded", `${server} is busy or not ready ${http}: try again later`, {
      retryAfterMs: readRetryAfterMs(retryAfter) ?? PAUSE_MS,
    });
  if (status === 401 || status === 403)
    return new GuardError(
      "upstream_failed",
      `${server} does not accept our credentials ${http}: check its key`,
    );
  if (status === 413 || (status < 500 && codesOf(said).some((code) => TOO_LONG.includes(code))))
    return new GuardError("too_large", "the conversation is longer than the model can read: shorten it");
  if (status >= 300 && status < 400)
    return new GuardError(
      "upstream_failed",
      `${server} redirects ${http}, which is not followed: name the address it moved to`,
    );
  if (status === 404)
    return new GuardError(
      "upstream_failed",
      `${server} knows no such model or path ${http}: check its address and the model's name`,
    );
  if (status < 500)
    return new GuardError("upstream_failed", `${server} refuses the request ${http}: its own log says why`);
  const error = `${server} has a fault of its own ${http}: see its log`;
  return status === 502
    ? new GuardError("upstream_failed", error, { retryAfterMs: PAUSE_MS })
    : new GuardError(status === 504 ? "deadline_exceeded" : "upstream_failed", error);
}

/**
 * A connection that failed or broke. Only codes are repeated, and the cause is not kept: an HTTP parser's holds
 * the bytes that it could not read.
 */
export function networkFault(server: string, cause: unknown): GuardError {
  const code = networkCode(cause);
  if (code === "UND_ERR_CONNECT_TIMEOUT")
    return new GuardError("deadline_exceeded", `${server} cannot be reached in time: check the network`, {
      retryAfterMs: PAUSE_MS,
    });
  const detail = code === null ? "" : ` (${code})`;
  return new GuardError("upstream_failed", `the connection to ${server} failed${detail}: is it running?`, {
    ...(code !== null && PASSING_CODES.includes(code) && { retryAfterMs: PAUSE_MS }),
  });
}

/** Of an error inside an answer that began well, in any of the shapes servers give it. */
export function faultInAnswer(error: unknown): GuardError {
  const codes = codesOf({ error });
  if (codes.some((code) => TOO_LONG.includes(code)))
    return new GuardError("too_large", "the conversation is longer than the model can read: shorten it");
  return codes.some((code) => ["429", "503", "overloaded"].includes(code))
    ? new GuardError("overloaded", "the model server gave up, being busy: try again later", {
        retryAfterMs: PAUSE_MS,
      })
    : new GuardError("upstream_failed", "the model server gave up in the middle: see its log");
}

function codesOf(said: unknown): readonly string[] {
  const { error } = fieldsOf(said);
  return [fieldsOf(said), fieldsOf(error)]
    .flatMap(({ code, type, error_type, http_status_code }) => [code, type, error_type, http_status_code])
    .filter((code) => typeof code === "string" || typeof code === "number")
    .map(String);
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** Of the innermost cause that has one. */
function networkCode(fault: unknown): string | null {
  const { code, cause } = fieldsOf(fault);
  const inner = cause === undefined ? null : networkCode(cause);
  return inner ?? (typeof code === "string" ? code : null);
}

/** Null where there is neither a number of seconds nor a date. */
function readRetryAfterMs(header: string | null): number | null {
  if (header === null) return null;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

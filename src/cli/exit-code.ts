import { GuardError, type ErrorCode } from "../base/index.js";

/** What a shell script can tell apart. `--help` shows this table. */
export const EXIT_CODE = {
  ok: 0,
  /** The command worked and its answer is no: faults were found, a message is unsafe. */
  no: 1,
  /** Arguments, settings, policies or input are wrong; the same call will fail again. */
  usage: 2,
  /** The model, the engine or the service could not do its part; trying again may help. */
  unavailable: 3,
  /** Done, but part of what was given could not be judged or read. */
  incomplete: 4,
  /** A fault of the program itself. */
  internal: 70,
} as const;

export const EXIT_CODE_HELP = [
  [EXIT_CODE.ok, "done"],
  [
    EXIT_CODE.no,
    "done, and the answer is no: faults in a policy, a damaged model, an unsafe message with --exit-code",
  ],
  [EXIT_CODE.usage, "arguments, settings, policies or model files are wrong"],
  [EXIT_CODE.unavailable, "the engine or the service could not answer; trying again may help"],
  [EXIT_CODE.incomplete, "done, but some messages could not be judged or some of the logs not be read"],
  [EXIT_CODE.internal, "a fault of the program itself"],
] as const;

const OF_CODE = {
  invalid_request: EXIT_CODE.usage,
  content_policy_violation: EXIT_CODE.usage,
  unauthorized: EXIT_CODE.usage,
  forbidden: EXIT_CODE.usage,
  not_found: EXIT_CODE.usage,
  policy_not_found: EXIT_CODE.usage,
  method_not_allowed: EXIT_CODE.usage,
  too_large: EXIT_CODE.usage,
  rate_limited: EXIT_CODE.unavailable,
  overloaded: EXIT_CODE.unavailable,
  canceled: EXIT_CODE.unavailable,
  engine_unavailable: EXIT_CODE.unavailable,
  upstream_failed: EXIT_CODE.unavailable,
  deadline_exceeded: EXIT_CODE.unavailable,
  unreadable_output: EXIT_CODE.unavailable,
  invalid_config: EXIT_CODE.usage,
  invalid_policy: EXIT_CODE.usage,
  bad_model_file: EXIT_CODE.usage,
} satisfies Record<ErrorCode, number>;

export const exitCodeOf = (error: unknown): number =>
  error instanceof GuardError ? OF_CODE[error.code] : EXIT_CODE.internal;

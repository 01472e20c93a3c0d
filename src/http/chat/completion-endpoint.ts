import { parserOf } from "../contract.js";
import type { CommonRequest } from "./common-request.js";
import { createCompletionDialect } from "./completion-dialect.js";
import type { Endpoint } from "./endpoint.js";
import { samplingOf } from "./sampling-of.js";

interface CompletionRequest extends CommonRequest {
  readonly prompt: string | readonly [string];
  /** Alternatives told with each token. */
  readonly logprobs?: number | null;
}

/** `/v1/completions`. */
export const COMPLETION_ENDPOINT: Endpoint<CompletionRequest> = {
  parse: parserOf("CreateCompletionRequest"),
  read: (request, info) => ({
    generation: {
      input: {
        kind: "text",
        prompt: typeof request.prompt === "string" ? request.prompt : request.prompt[0],
      },
      choices: request.n ?? 1,
      sampling: samplingOf(request, request.max_tokens ?? null, request.logprobs ?? null, info),
    },
    unjudged: [],
  }),
  createDialect: createCompletionDialect,
};

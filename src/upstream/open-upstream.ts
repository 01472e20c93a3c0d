import { GuardError, followSignal, withDeadline } from "../base/index.js";
import type { GenerationEvent, GenerationRequest, Generator } from "../generation/index.js";
import {
  createOpenRequests,
  exchange,
  findModel,
  openLine,
  REAL_CLOCK,
  SERVERS,
  withRetries,
} from "../line/index.js";
import type { AnswerShape } from "./choice-reader.js";
import { refuseCutPrompts } from "./cut-prompt.js";
import { mergeAnswers } from "./merge-answers.js";
import { PRESETS } from "./presets.js";
import { readAnswer } from "./read-answer.js";
import { requestBodies } from "./request-body.js";
import type { UpstreamOptions } from "./upstream-options.js";

const DRAIN_MS = 10_000;
const PATHS = { chat: "/v1/chat/completions", completions: "/v1/completions" } as const;

/**
 * A model behind another server that speaks OpenAI's protocol. Resolves when that server has answered and serves
 * the model.
 *
 * A server that never tells its token counts leaves out the `usage` event: nothing is made up.
 *
 * @throws GuardError `invalid_config` for options that cannot be right, `upstream_failed`, `overloaded` or
 *   `deadline_exceeded` when the server does not answer as it should
 */
export async function openUpstream(options: UpstreamOptions): Promise<Generator & AsyncDisposable> {
  const { model, kind, specialTokens = "refuse", deadlineMs, retries, clock = REAL_CLOCK } = options;
  const preset = PRESETS[options.preset];
  const line = openLine(options);
  const requests = createOpenRequests();
  let closing: Promise<void> | undefined;
  const close = (drainMs: number): Promise<void> =>
    (closing ??= requests.close(drainMs).then(() => line.dispatcher.destroy()));

  const open = async (): Promise<number | null> => {
    using deadline = withDeadline(options.signal, deadlineMs);
    using own = requests.open(deadline.signal);
    const { controller } = own;
    const find = (): Promise<number | null> => findModel(line, SERVERS[options.preset], model, controller);
    try {
      return await withRetries(find, { retries, clock, signal: controller.signal });
    } finally {
      controller.abort();
    }
  };

  async function* answer(
    body: object,
    asked: AnswerShape,
    signal: AbortSignal,
  ): AsyncGenerator<GenerationEvent> {
    using own = followSignal(signal);
    const { controller } = own;
    try {
      const attempt = () => exchange(line, controller, PATHS[kind], body);
      yield* readAnswer(await withRetries(attempt, { retries, clock, signal: controller.signal }), asked);
    } finally {
      controller.abort(); // frees the server's slot, whatever was left unread
    }
  }

  async function* answers(
    request: GenerationRequest,
    controller: AbortController,
  ): AsyncGenerator<GenerationEvent> {
    const { choices, sampling, tools = [] } = request;
    const bodies = requestBodies(request, { preset, model, kind, specialTokens });
    const asked: AnswerShape = {
      choices: choices / bodies.length,
      maxTokens: sampling.maxTokens,
      topLogprobs: sampling.topLogprobs,
      stops: preset.writesStops ? sampling.stop : [],
      tools: tools.length > 0 && request.toolChoice !== "none",
      finishReasons: preset.finishReasons,
    };
    const all = bodies.map((body) => answer(body, asked, controller.signal));
    const events = all.length === 1 ? all[0]! : mergeAnswers(all, () => controller.abort());
    yield* preset.cutsPrompts ? refuseCutPrompts(events, request) : events;
  }

  async function* generate(
    request: GenerationRequest,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<GenerationEvent> {
    using deadline = withDeadline(signal, deadlineMs);
    using own = requests.open(deadline.signal);
    try {
      yield* answers(request, own.controller);
    } catch (error) {
      throw signal?.aborted === true ? reasonOf(signal) : error;
    }
  }

  try {
    const contextTokens = await open();
    const tools = kind === "chat" && preset.tools;
    const info = { modelId: model, notice: options.notice ?? null, contextTokens, tools };
    const end = (): Promise<void> => close(options.drainMs ?? DRAIN_MS);
    return { info, generate, close: end, [Symbol.asyncDispose]: end };
  } catch (error) {
    await close(0);
    throw options.signal?.aborted === true ? reasonOf(options.signal) : error;
  }
}

/** A reason of ours says what it is; any other means that nobody waits any more. */
const reasonOf = ({ reason }: AbortSignal): GuardError =>
  reason instanceof GuardError ? reason : new GuardError("canceled", "the caller gave up", { cause: reason });

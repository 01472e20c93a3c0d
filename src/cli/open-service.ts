import type { RequestHandler } from "express";
import { GuardError, packageVersion } from "../base/index.js";
import type { Config } from "../config/index.js";
import type { Generator } from "../generation/index.js";
import { createGuard, createRememberingGuard, readAhead } from "../guard/index.js";
import { DEFAULT_HTTP_LIMITS, createApp, createWaitingRoom, listen } from "../http/index.js";
import type { Policy } from "../policy/index.js";
import { readPromptTemplates } from "../prompt/index.js";
import { observeEngine } from "../telemetry/index.js";
import { chatServing } from "./chat-serving.js";
import { errorFields } from "./error-fields.js";
import { createFailureLog } from "./log-failures.js";
import { logMisfits } from "./log-misfits.js";
import type { Log } from "./log.js";
import { openGenerator } from "./open-generator.js";
import { openGuardEngine, type GuardEngine } from "./open-guard-engine.js";
import { openPolicies } from "./open-policies.js";
import { openSideBySide } from "./open-side-by-side.js";

export interface ServiceOptions {
  readonly log: Log;
  /** Answers `GET /metrics`; null for no such path. */
  readonly serveMetrics: RequestHandler | null;
  /** Gives up while starting. */
  readonly signal: AbortSignal;
}

export interface Service extends AsyncDisposable {
  /** Where it listens. */
  readonly url: string;
  readonly modelId: string;
  /** Name of the model that writes; null where there is none. */
  readonly generatorId: string | null;
  /** What the models are or are not, and the licence notices of the texts the guard is asked with. */
  readonly notices: readonly string[];
  /** Answers what is in flight, within the drain time, then lets go of everything. Idempotent. */
  close(): Promise<void>;
}

/**
 * The one place where the rooms are wired together: HTTP, policies, guard, generator. Listens first, so that a
 * port that is taken is noticed before a model is loaded, and so that probes see the service start.
 *
 * @throws GuardError of the room that cannot start; what was opened until then is closed
 */
export async function openService(
  config: Config,
  { log, serveMetrics, signal }: ServiceOptions,
): Promise<Service> {
  const onFailure = createFailureLog(log);
  const server = await listen(createWaitingRoom({ onFailure }), config).catch(
    (cause: NodeJS.ErrnoException) => {
      throw new GuardError(
        "invalid_config",
        `cannot listen on ${config.host}, port ${String(config.port)}: ${cause.code ?? cause.name}`,
        { cause },
      );
    },
  );
  const opened: (() => Promise<void>)[] = [];
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= server.close(config.drainMs).then(() => closeAll(opened)));
  let readAgain = (): void => undefined; // until there is an engine
  try {
    const served = await openPolicies(config, { log, onChange: () => readAgain() });
    opened.push(() => served.close());
    const { policies, defaultPolicy } = served;
    const templates = await readPromptTemplates();

    const { template } = defaultPolicy;
    signal.throwIfAborted();
    const [engine, generator] = await openSideBySide(
      (own) => openGuardEngine(config, { log, template, signal: own, onStarted: () => readAgain() }),
      (own) => openGenerator(config, { log, signal: own }),
      signal,
    );
    opened.push(() => engine.close());
    const unobserve = observeEngine(() => engine.gauges());
    opened.push(() => Promise.resolve(unobserve()));
    if (generator !== null) opened.push(() => generator.close());

    const tellMisfits = (): void => logMisfits(log, engine.info, policies.list(), config.defaultPolicy);
    const read = (policy: Policy): Promise<void> => readAhead({ engine, templates }, policy, { signal });
    await read(defaultPolicy);
    readAgain = () => {
      tellMisfits();
      read(policies.get(config.defaultPolicy)).catch((error: unknown) => {
        if (!signal.aborted) log("warn", "default policy not read ahead", errorFields(error));
      });
    };
    tellMisfits();

    const guard = createGuard({ engine, templates });
    const remembered = config.rememberedVerdicts;
    server.serve(
      createApp({
        guard: remembered > 0 ? createRememberingGuard(guard, { entries: remembered }) : guard,
        engine,
        policies,
        defaultPolicy: config.defaultPolicy,
        chat: generator === null ? null : chatServing(config, guard, generator),
        keys: config.keys,
        limits: { ...DEFAULT_HTTP_LIMITS, bodyBytes: config.bodyBytes, deadlineMs: config.requestTimeoutMs },
        metrics: serveMetrics,
        metricsNeedKey: config.metrics === "keyed",
        version: packageVersion(),
        onFailure,
      }),
    );

    return {
      url: server.url,
      modelId: engine.info.modelId,
      generatorId: generator?.info.modelId ?? null,
      notices: noticesOf(engine, generator, defaultPolicy),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const noticesOf = (engine: GuardEngine, generator: Generator | null, policy: Policy): string[] => [
  `${engine.info.modelId}: ${engine.info.notice}`,
  ...(generator?.info.notice == null ? [] : [`${generator.info.modelId}: ${generator.info.notice}`]),
  ...(policy.notice === null ? [] : [policy.notice]),
];

/** Last opened, first closed: nobody calls a room that is gone. */
async function closeAll(opened: readonly (() => Promise<void>)[]): Promise<void> {
  for (const close of opened.toReversed()) await close();
}

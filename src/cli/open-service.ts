import type { RequestHandler } from "express";
import { GuardError, packageVersion } from "../base/index.js";
import { engineEnvironment, type Config } from "../config/index.js";
import { openEngine } from "../engine/index.js";
import { createGuard, createRememberingGuard, readAhead } from "../guard/index.js";
import { DEFAULT_HTTP_LIMITS, createApp, createWaitingRoom, listen } from "../http/index.js";
import { resolveModelDir } from "../model/index.js";
import { openPolicyRegistry, type Policy, type PolicyRegistry } from "../policy/index.js";
import { readPromptTemplates } from "../prompt/index.js";
import { observeEngine } from "../telemetry/index.js";
import { errorFields } from "./error-fields.js";
import { logEngineEvent } from "./log-engine-event.js";
import { createFailureLog } from "./log-failures.js";
import { logPolicyFault } from "./log-policy-fault.js";
import type { Log } from "./log.js";

const MIB = 1024 * 1024;

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
  /** What the model is or is not, and the licence notices of the texts it is asked with. */
  readonly notices: readonly string[];
  /** Answers what is in flight, within the drain time, then lets go of everything. Idempotent. */
  close(): Promise<void>;
}

/**
 * The one place where the rooms are wired together: HTTP, policies, engine, guard. Listens first, so that a
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
    const policies = await openPolicyRegistry({
      dir: config.policiesDir,
      required: [config.defaultPolicy],
      onChange(served) {
        log("info", "policies changed", { served: served.map(({ id }) => id).join(" ") });
        readAgain();
      },
      onFault: (fault) => logPolicyFault(log, config.policiesDir, fault),
    });
    opened.push(() => policies.close());
    const defaultPolicy = defaultOf(policies, config.defaultPolicy);
    const templates = await readPromptTemplates();

    signal.throwIfAborted();
    const engine = await openEngine({
      modelDir: await resolveModelDir(config.modelsDir, config.guard),
      threads: config.threads,
      headCacheBytes: config.headCacheMib * MIB,
      cacheBytes: config.conversationCacheMib * MIB,
      waitingTokens: config.waitingTokens,
      stepTokens: config.stepTokens,
      drainMs: config.drainMs,
      startTimeoutMs: config.startTimeoutMs,
      stuckMs: config.stuckMs,
      env: engineEnvironment(),
      signal,
      onEvent(event) {
        logEngineEvent(log, event);
        if (event.type === "started") readAgain();
      },
    });
    opened.push(() => engine.close());
    const unobserve = observeEngine(() => engine.gauges());
    opened.push(() => Promise.resolve(unobserve()));

    const read = (policy: Policy): Promise<void> => readAhead({ engine, templates }, policy, { signal });
    await read(defaultPolicy);
    readAgain = () => {
      read(policies.get(config.defaultPolicy)).catch((error: unknown) => {
        if (!signal.aborted) log("warn", "default policy not read ahead", errorFields(error));
      });
    };
    if (defaultPolicy.template !== engine.info.template)
      log("warn", "the model was trained with another prompt", {
        policy: defaultPolicy.template,
        model: engine.info.template,
      });

    const guard = createGuard({ engine, templates });
    const remembered = config.rememberedVerdicts;
    server.serve(
      createApp({
        guard: remembered > 0 ? createRememberingGuard(guard, { entries: remembered }) : guard,
        engine,
        policies,
        defaultPolicy: config.defaultPolicy,
        keys: config.keys,
        limits: { ...DEFAULT_HTTP_LIMITS, bodyBytes: config.bodyBytes, deadlineMs: config.requestTimeoutMs },
        metrics: serveMetrics,
        metricsNeedKey: config.metrics === "keyed",
        version: packageVersion(),
        onFailure,
      }),
    );

    const { modelId, notice } = engine.info;
    const notices = [
      `${modelId}: ${notice}`,
      ...(defaultPolicy.notice === null ? [] : [defaultPolicy.notice]),
    ];
    return { url: server.url, modelId, notices, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

function defaultOf(policies: PolicyRegistry, id: string) {
  try {
    return policies.get(id);
  } catch (cause) {
    const known = policies.list().map((policy) => policy.id);
    throw new GuardError("invalid_config", `PORTCULLIS_DEFAULT_POLICY must be one of ${known.join(", ")}`, {
      cause,
    });
  }
}

/** Last opened, first closed: nobody calls a room that is gone. */
async function closeAll(opened: readonly (() => Promise<void>)[]): Promise<void> {
  for (const close of opened.toReversed()) await close();
}

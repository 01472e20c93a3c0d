import { GuardError } from "../../base/index.js";
import { readCommandSettings, readQueuePassword } from "../../config/index.js";
import { readManifest, resolveModelDir } from "../../model/index.js";
import { openPolicyRegistry, type Policy, type PolicyRegistry } from "../../policy/index.js";
import { textOption, type Command } from "../command.js";
import { EXIT_CODE } from "../exit-code.js";
import { createLog } from "../log.js";
import { logPolicyFault } from "../log-policy-fault.js";
import { logQueueEvent } from "../log-queue-event.js";
import { openJudge } from "../open-judge.js";
import { watchStopSignals } from "../stop-signals.js";
import { wholeNumberOption } from "../whole-number-option.js";

const log = createLog("auto");

export const auditWorker: Command = {
  name: "audit worker",
  usage: "--queue redis://HOST:PORT/DB",
  summary: "judge for audits that other processes coordinate, until it is stopped",
  details:
    "Takes parts of every `portcullis audit --queue` on the same Redis that wants just this model and these policies,\n" +
    "and leaves others alone. Stopped by SIGTERM, it gives back what it has begun; killed or frozen, others take that\n" +
    "over. PORTCULLIS_QUEUE_PASSWORD holds the password of Redis, where it has one.",
  options: {
    queue: { type: "string", value: "URL", help: "redis://HOST:PORT/DB, or rediss:// for TLS" },
    concurrency: {
      type: "string",
      value: "N",
      help: "parts at work at once; 2 unless given, so that the engine stays busy while one ends",
    },
    "in-flight": { type: "string", value: "N", help: "conversations judged at once; 16 unless given" },
    takeover: {
      type: "string",
      value: "SECONDS",
      help: "a worker that is silent for so long loses what it has begun; 30 unless given, the same for all workers",
    },
  },
  settingGroups: ["policies", "models", "engine"],
  async run(input) {
    const url = textOption(input, "queue");
    if (url === undefined || input.positionals.length > 0)
      throw new GuardError("invalid_config", "name the Redis of the queue with --queue, and nothing else");
    const { createPatientJudge, parseQueueAddress, serveQueue } = await import("../../audit/index.js");
    const address = parseQueueAddress(url, readQueuePassword());
    const number = (name: string, minimum: number, maximum: number, otherwise: number): number =>
      wholeNumberOption(input, name, { minimum, maximum, otherwise });
    const [concurrency, conversationsInFlight] = [
      number("concurrency", 1, 64, 2),
      number("in-flight", 1, 1024, 16),
    ];
    const takeoverMs = 1_000 * number("takeover", 2, 3_600, 30);
    const settings = readCommandSettings(input.settings);
    const modelDir = await resolveModelDir(settings.modelsDir, settings.guard);
    const { manifest, sha256 } = await readManifest(modelDir);
    using stop = watchStopSignals();
    const policies = await openPolicyRegistry({
      dir: settings.policiesDir,
      onFault: (fault) => logPolicyFault(log, settings.policiesDir, fault),
    });
    try {
      await using opened = await openJudge(settings, { modelDir, log, signal: stop.asked });
      log("info", "worker ready", { queue: address.shown, model: manifest.id, modelSha256: sha256 });
      await serveQueue({
        ...{ address, concurrency, conversationsInFlight, takeoverMs, signal: stop.asked },
        judge: createPatientJudge(opened.guard, opened.engine),
        model: { id: manifest.id, sha256 },
        policyOf: (id) => policyIn(policies, id),
        onEvent: (event) => logQueueEvent(log, event),
      });
      return EXIT_CODE.ok;
    } finally {
      await policies.close();
    }
  },
};

const policyIn = (policies: PolicyRegistry, id: string): Policy | null =>
  policies.list().find((policy) => policy.id === id) ?? null;

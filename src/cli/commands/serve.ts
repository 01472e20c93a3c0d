import { GuardError, packageVersion } from "../../base/index.js";
import { CLIENT_KEY_ENV, readConfig, type Config } from "../../config/index.js";
import { observeEventLoop } from "../../telemetry/index.js";
import type { Command } from "../command.js";
import { errorFields } from "../error-fields.js";
import { EXIT_CODE } from "../exit-code.js";
import { createLog } from "../log.js";
import type { Service } from "../open-service.js";
import { watchStopSignals } from "../stop-signals.js";
import { openTelemetrySdk } from "../telemetry-sdk.js";

export const serve: Command = {
  name: "serve",
  usage: "",
  summary: "answer over HTTP until told to stop",
  details:
    "SIGTERM or SIGINT ends it in good order: requests in flight are answered, new ones are refused.\n" +
    "A second signal ends it at once. Every setting is a flag or an environment variable.",
  options: {},
  settingGroups: [
    ...(["service", "limits", "policies", "models", "engine"] as const),
    ...(["remote guard", "remote engines", "generator", "chat"] as const),
  ],
  async run({ positionals, settings }) {
    if (positionals.length > 0) throw new GuardError("invalid_config", "serve takes flags only");
    using stop = watchStopSignals();
    const config = readConfig(settings);
    const log = createLog(config.log);
    log("info", "starting", namesOf(config));
    for (const warning of config.warnings) log("warn", warning);

    const sdk = await openTelemetrySdk(config.telemetry, packageVersion());
    const unobserve = observeEventLoop();
    try {
      const { openService } = await import("../open-service.js"); // heavy, and other commands do without
      const service = await openService(config, {
        log,
        serveMetrics: sdk.serveMetrics,
        signal: stop.asked,
      });
      announce(service, config);
      log("info", "listening", {
        url: service.url,
        model: service.modelId,
        generator: service.generatorId,
      });
      await aborted(stop.asked);
      log("info", "stopping");
      await service.close();
      log("info", "stopped");
    } catch (error) {
      if (!stop.asked.aborted) throw error;
      log("info", "stopped", errorFields(error)); // most likely it was still starting
    } finally {
      unobserve();
      if (!(await sdk.close())) log("warn", "the last measurements did not reach the collector");
    }
    return EXIT_CODE.ok;
  },
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

/** What was asked for, before anything of it is found. */
const namesOf = ({ guard, guardModel, generator, generatorModel }: Config) => ({
  model: guardModel ?? guard,
  generator: generatorModel ?? generator,
});

/** On stdout, for people; the log on stderr is for machines. */
function announce({ url, notices, generatorId }: Service, { keys }: Config): void {
  const key = keys.length > 0 ? ` -H "authorization: Bearer $${CLIENT_KEY_ENV}"` : "";
  const curl = (path: string, body: object): string =>
    `  curl ${url}${path} -H "content-type: application/json"${key} -d '${JSON.stringify(body)}'`;
  const chat = {
    model: generatorId,
    messages: [{ role: "user", content: "What is the capital of France?" }],
  };
  process.stdout.write(
    [
      `Portcullis ${packageVersion()} listens on ${url}`,
      ...notices,
      "",
      "Try:",
      curl("/moderate", { input: "How do I pick a lock?" }),
      ...(generatorId === null ? [] : [curl("/v1/chat/completions", chat)]),
      "",
      "",
    ].join("\n"),
  );
}

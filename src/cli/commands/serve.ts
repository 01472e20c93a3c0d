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
  settingGroups: ["service", "limits", "policies", "models", "engine"],
  async run({ positionals, settings }) {
    if (positionals.length > 0) throw new GuardError("invalid_config", "serve takes flags only");
    using stop = watchStopSignals();
    const config = readConfig(settings);
    const log = createLog(config.log);
    log("info", "starting", { model: config.guard });
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
      log("info", "listening", { url: service.url, model: service.modelId });
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

/** On stdout, for people; the log on stderr is for machines. */
function announce({ url, notices }: Service, { keys }: Config): void {
  const key = keys.length > 0 ? ` -H "authorization: Bearer $${CLIENT_KEY_ENV}"` : "";
  process.stdout.write(
    [
      `Portcullis ${packageVersion()} listens on ${url}`,
      ...notices,
      "",
      "Try:",
      `  curl ${url}/moderate -H "content-type: application/json"${key} -d '{"input":"How do I pick a lock?"}'`,
      "",
      "",
    ].join("\n"),
  );
}

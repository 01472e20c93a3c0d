import type { EngineEvent } from "../engine/index.js";
import type { Log } from "./log.js";

/** Turns of the engine process's life, as log lines. */
export function logEngineEvent(log: Log, event: EngineEvent): void {
  switch (event.type) {
    case "started":
      return log("info", "engine started", { pid: event.pid, startMs: Math.round(event.startMs) });
    case "stuck":
      return log("error", "engine stuck", { silentMs: Math.round(event.silentMs) });
    case "ended":
      return log("error", "engine ended", { reason: event.reason, restartInMs: event.restartInMs });
    case "output":
      return log("warn", "engine wrote", { text: event.text });
    default:
      event satisfies never;
  }
}

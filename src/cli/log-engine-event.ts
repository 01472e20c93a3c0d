import type { EngineEvent } from "../engine/index.js";
import type { Log } from "./log.js";

/** Turns of an engine process's life, as log lines: `engine` is the guard's. */
export function logEngineEvent(log: Log, whose: "engine" | "generator", event: EngineEvent): void {
  switch (event.type) {
    case "started":
      return log("info", `${whose} started`, { pid: event.pid, startMs: Math.round(event.startMs) });
    case "stuck":
      return log("error", `${whose} stuck`, { silentMs: Math.round(event.silentMs) });
    case "ended":
      return log("error", `${whose} ended`, { reason: event.reason, restartInMs: event.restartInMs });
    case "output":
      return log("warn", `${whose} wrote`, { text: event.text });
    default:
      event satisfies never;
  }
}

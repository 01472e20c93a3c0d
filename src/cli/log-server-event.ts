import type { RemoteGuardEvent } from "../remote-guard/index.js";
import type { Log } from "./log.js";

/** Whether the server of a guard elsewhere is there, as log lines. */
export function logServerEvent(log: Log, event: RemoteGuardEvent): void {
  switch (event.type) {
    case "lost":
      return log("error", "guard lost", { reason: event.reason });
    case "found":
      return log("info", "guard found", { awayMs: Math.round(event.awayMs) });
    default:
      event satisfies never;
  }
}

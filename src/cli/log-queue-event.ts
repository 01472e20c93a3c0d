import type { CoordinatorEvent, WorkerEvent } from "../audit/index.js";
import type { Log } from "./log.js";

/** What happens between a coordinator, Redis and workers, as log lines. */
export function logQueueEvent(log: Log, event: CoordinatorEvent | WorkerEvent): void {
  switch (event.type) {
    case "lost":
      return log("warn", "queue lost", { reason: event.reason });
    case "back":
      return log("warn", "queue back", { awayMs: event.awayMs });
    case "unserved":
      return log("warn", "no worker takes anything", {
        forMs: event.forMs,
        refusals: event.refusals.map((reason) => `another ${reason}`).join(", ") || undefined,
      });
    case "again":
      return log("warn", "piece put in line again", { piece: event.piece, reason: event.reason });
    case "serves":
      return log("info", "run taken", { run: event.run });
    case "leaves":
      return log("info", "run left", { run: event.run });
    case "refuses":
      return log("error", "run refused", {
        run: event.run,
        reason: `it wants another ${event.reason}`,
        wanted: event.wanted,
      });
    case "begins":
      return log("info", "piece begun", { piece: event.piece });
    case "judged":
      return log("info", "piece judged", { piece: event.piece, rows: event.rows, ms: event.ms });
    case "returned":
      return log("info", "piece returned", { piece: event.piece });
    case "dropped":
      return log("warn", "piece dropped: another worker took it over", { piece: event.piece });
    default:
      event satisfies never;
  }
}

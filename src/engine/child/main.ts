import { GuardError } from "../../base/index.js";
import { toWire, type ChildOptions, type FromChild, type ToChild } from "../protocol.js";
import { openModel } from "./model.js";
import { createService, type Service } from "./service.js";
import { warmUp } from "./warm-up.js";

// Ending at once is safe here and only here: a run blocks this very thread, so whenever a line of this file
// executes, none is under way.

let service: Service | undefined;

function post(message: FromChild, sent?: () => void): void {
  if (process.connected) process.send?.(message, undefined, undefined, sent);
}

/** For the log; what a GuardError says travels to the main half, so here only its cause is news. */
function complain(error: unknown): void {
  const news = error instanceof GuardError ? error.cause : error;
  if (news instanceof Error) console.error(news.stack ?? news.message);
}

async function open(options: ChildOptions): Promise<void> {
  try {
    const model = await openModel(options.modelDir, options.threads);
    await warmUp(model, options.stepTokens);
    service = createService({ model, limits: options, post, onBroken });
    post({ type: "ready", info: model.info });
  } catch (error) {
    complain(error);
    post({ type: "failed", error: toWire(error) }, () => process.exit(1));
  }
}

function onBroken(error: unknown): void {
  complain(error);
  process.exit(1); // the main half starts a fresh process; what it had asked for fails there
}

function receive(message: ToChild): void {
  switch (message.type) {
    case "open":
      return void open(message.options);
    case "ask":
      return service?.ask(message.id, message);
    case "cancel":
      return service?.cancel(message.id);
    case "close":
      return process.exit(0);
    default:
      message satisfies never;
  }
}

process.on("message", receive);
process.on("disconnect", () => process.exit(0));
// A terminal or a supervisor may signal the whole group; the main half decides when this process ends.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);

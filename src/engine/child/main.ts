import { GuardError } from "../../base/index.js";
import type { EngineInfo } from "../engine.js";
import { toWire, type Ask, type ChildOptions, type FromChild, type ToChild } from "../protocol.js";
import { createGeneratorService } from "./generator-service.js";
import { createOutbox } from "./outbox.js";
import { openGeneratorModel, openGuardModel, type Model } from "./model.js";
import { createService, type Service, type ServiceOptions } from "./service.js";
import { GENERATOR_WARM_UP, GUARD_WARM_UP, warmUp } from "./warm-up.js";

// Ending at once is safe here and only here: a run blocks this very thread, so whenever a line of this file
// executes, none is under way.

let service: Service | undefined;

const { post, flush } = createOutbox(send);

function send(messages: readonly FromChild[], sent?: () => void): void {
  if (process.connected) process.send?.(messages, undefined, undefined, sent);
}

/** For the log; what a GuardError says travels to the main half, so here only its cause is news. */
function complain(error: unknown): void {
  const news = error instanceof GuardError ? error.cause : error;
  if (news instanceof Error) console.error(news.stack ?? news.message);
}

async function open(options: ChildOptions): Promise<void> {
  try {
    const { modelDir, threads } = options;
    const info = await (options.task === "guard"
      ? begin(openGuardModel(modelDir, threads), createService, GUARD_WARM_UP, options)
      : begin(openGeneratorModel(modelDir, threads), createGeneratorService, GENERATOR_WARM_UP, options));
    post({ type: "ready", info });
  } catch (error) {
    complain(error);
    send([{ type: "failed", error: toWire(error) }], () => process.exit(1));
  }
}

async function begin<M extends Model>(
  opening: Promise<M>,
  createFor: (options: ServiceOptions<M>) => Service,
  firstAsk: Ask,
  limits: ChildOptions,
): Promise<EngineInfo> {
  const model = await opening;
  await warmUp(model, createFor, firstAsk, limits.stepTokens);
  service = createFor({ model, limits, post, onBroken });
  return model.info;
}

function onBroken(error: unknown): void {
  complain(error);
  flush(); // answers of steps before
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

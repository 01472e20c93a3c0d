import { followSignal, GuardError } from "../base/index.js";
import type { Generator } from "../generation/index.js";
import type { Guard } from "../guard/index.js";
import { withSpan } from "../telemetry/index.js";
import { abortReason } from "./abort-reason.js";
import type { ChatGate } from "./chat-gate.js";
import { createOutbox } from "./outbox.js";
import { respond } from "./respond.js";

export interface ChatGateDeps {
  readonly guard: Guard;
  readonly generator: Pick<Generator, "generate">;
  /** Milliseconds, monotonic. */
  readonly clock?: () => number;
}

export const createChatGate = ({
  guard,
  generator,
  clock = () => performance.now(),
}: ChatGateDeps): ChatGate => ({
  respond: (request, options) => ({
    [Symbol.asyncIterator]() {
      const own = followSignal(options.signal);
      const { signal } = own.controller;
      const leave = (): void => own.controller.abort(new GuardError("canceled", "the reader left"));
      const outbox = createOutbox(leave);
      const stop = (): void => outbox.fail(abortReason(signal));
      if (signal.aborted) stop();
      else
        void withSpan("chat", { "portcullis.policy": request.policy.id }, () =>
          respond({ guard, generator, clock, signal, outbox }, request, options),
        )
          .then(outbox.end, outbox.fail)
          .finally(() => {
            own[Symbol.dispose]();
            leave(); // whatever is still being judged or written is not needed any more
          });
      signal.addEventListener("abort", stop, { once: true });
      return outbox.reader;
    },
  }),
});

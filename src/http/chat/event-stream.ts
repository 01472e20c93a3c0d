import { once } from "node:events";
import type { HttpResponse } from "../locals.js";
import type { ChatLimits } from "./chat-serving.js";

/** Server-sent events on their way to one reader. */
export interface EventStream extends Disposable {
  /**
   * Sends one event; resolves when the reader keeps up, so that whoever waits writes no faster than he reads.
   * @throws the signal's reason
   */
  send(payload: object): Promise<void>;
  /** Says that everything was said. */
  end(): void;
}

export interface EventStreamOptions extends Pick<ChatLimits, "keepAliveMs" | "stallMs"> {
  /** Called once, right before the headers leave. */
  readonly onBegin: () => void;
  /** Ends waiting for the reader; must abort when the response is closed. */
  readonly signal: AbortSignal;
}

export const EVENT_STREAM = "text/event-stream; charset=utf-8";

/** One event; the payload must be what JSON writes on one line, which is all it writes. */
export const eventOf = (payload: object): string => `data: ${JSON.stringify(payload)}\n\n`;

/**
 * Headers leave with the first event, or with the first comment of a silence: until then the answer can still
 * become anything else. Dispose it when nothing more is sent.
 */
export function openEventStream(res: HttpResponse, options: EventStreamOptions): EventStream {
  const { keepAliveMs, stallMs, onBegin, signal } = options;

  const begin = (): void => {
    if (res.headersSent) return;
    onBegin();
    res.status(200).set({
      "content-type": EVENT_STREAM,
      "cache-control": "no-cache, no-transform", // compressors hold text back
      "x-accel-buffering": "no", // and so does nginx
    });
    // The socket's own clock counts a write that makes headway as a sign of life, and needs no timer of ours.
    res.setTimeout(stallMs, () => {
      if (res.writableLength > 0) res.socket?.destroy();
    });
  };

  const silence = setTimeout(() => {
    if (signal.aborted) return;
    begin();
    if (!res.writableNeedDrain) res.write(": ping\n\n");
    silence.refresh();
  }, keepAliveMs);

  return {
    async send(payload) {
      signal.throwIfAborted();
      begin();
      silence.refresh();
      if (res.write(eventOf(payload))) return;
      await once(res, "drain", { signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      });
    },
    end() {
      begin();
      res.end("data: [DONE]\n\n");
    },
    [Symbol.dispose]: () => clearTimeout(silence),
  };
}

import { fetch, type Response } from "undici";
import { GuardError } from "../base/index.js";
import type { Line } from "./line.js";
import { readJson } from "./read-json.js";
import { networkFault, refusal } from "./refusal.js";

/** An answer of status 200. */
export interface Answer {
  /** Without parameters, in small letters; empty where none was sent. */
  readonly contentType: string;
  /** Read from the socket as they are asked for, so that a slow reader slows the server down. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** After the last word: lets the server end its answer, so that the connection can be used again. */
  settle(): Promise<void>;
}

/** A server that said its last word ends the answer at once; one that does not loses the connection. */
const SETTLE_MS = 100;
/** Of a refusal, read for its code only. */
const MAX_REFUSAL_BYTES = 64 * 1024;

/**
 * One request, up to the headers of its answer. `controller` ends it at whatever point it is, and is aborted
 * when the server falls silent; the caller aborts it when done, which lets go of what is left unread.
 *
 * @param body what to POST; null to GET
 * @throws GuardError of `refusal` and `networkFault`, `deadline_exceeded` when nothing comes for `silenceMs`
 */
export async function exchange(
  line: Line,
  controller: AbortController,
  path: string,
  body: object | null,
): Promise<Answer> {
  const request = fetch(line.url(path), {
    method: body === null ? "GET" : "POST",
    headers: {
      ...line.headers,
      accept: "text/event-stream, application/json",
      "accept-encoding": "identity", // compressors hold text back; one that comes all the same is undone
      ...(body !== null && { "content-type": "application/json" }),
    },
    body: body === null ? null : JSON.stringify(body),
    redirect: "manual", // prompts and keys go to the server that was named
    signal: controller.signal,
    dispatcher: line.dispatcher,
  });
  const response = await heard(line, controller, request);
  const [chunks, settle] = chunksOf(line, controller, response);
  if (response.status !== 200) {
    const said = await readJson(chunks, MAX_REFUSAL_BYTES).catch(() => null); // its status says enough
    if (controller.signal.aborted) throw controller.signal.reason;
    throw refusal(line.named, response.status, response.headers.get("retry-after"), said);
  }
  const contentType = response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  return { contentType, chunks, settle };
}

function chunksOf(
  line: Line,
  controller: AbortController,
  { body }: Response,
): [AsyncIterable<Uint8Array>, () => Promise<void>] {
  const reader = body?.getReader();
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = await heard(line, controller, reader?.read());
      if (next === undefined || next.done) return;
      yield next.value as Uint8Array;
    }
  };
  const settle = async (): Promise<void> => {
    const late = setTimeout(() => controller.abort(), SETTLE_MS);
    const ended = async (): Promise<void> => {
      while ((await reader?.read())?.done === false);
    };
    await ended().catch(() => undefined); // the answer is whole whatever becomes of the connection
    clearTimeout(late);
  };
  return [chunks(), settle];
}

/** What the server was waited for, as long as it does not fall silent. */
async function heard<T>(line: Line, controller: AbortController, wait: Promise<T> | T): Promise<T> {
  const seconds = String(line.silenceMs / 1000);
  const silent = (): void =>
    controller.abort(new GuardError("deadline_exceeded", `${line.named} sent nothing for ${seconds} s`));
  const timer = setTimeout(silent, line.silenceMs);
  try {
    return await wait;
  } catch (cause) {
    throw controller.signal.aborted ? controller.signal.reason : networkFault(line.named, cause);
  } finally {
    clearTimeout(timer);
  }
}

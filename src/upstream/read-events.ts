import { TextDecoder } from "node:util";
import { GuardError } from "../base/index.js";

/**
 * Longest event. A chunk holds a token or a few, with twenty likeliest tokens beside each some 5 KB; a server
 * that sends two hundred times that is broken or means harm, and memory is everybody's.
 */
const MAX_EVENT_CHARS = 1024 * 1024;

/**
 * The data of server-sent events, whatever pieces the bytes come in. Comments, names and ids are passed over.
 * Unlike a browser it reads the last event of a stream that ends without a blank line: some servers forget it.
 *
 * @throws GuardError `upstream_failed` for bytes that are not UTF-8 and events that do not end
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
 */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const events = createEventBuffer();
  for await (const chunk of chunks) yield* events.take(decode(decoder, chunk));
  yield* events.take(`${decode(decoder)}\n\n`);
}

function createEventBuffer(): { take(text: string): Generator<string> } {
  let line = "";
  let data: string[] = [];
  let chars = 0;
  let afterReturn = false; // the last piece ended in a carriage return, whose line feed may open the next

  return {
    *take(text) {
      if (text === "") return;
      const fresh = afterReturn && text.startsWith("\n") ? text.slice(1) : text;
      afterReturn = text.endsWith("\r");
      // Only what is new is searched, so that an event in a million pieces costs no more than one in a few.
      const [first = "", ...more] = fresh.split(/\r\n|\r|\n/);
      line += first;
      chars += first.length;
      for (const next of more) {
        const value = dataOf(line);
        if (value !== null) data.push(value);
        if (line === "" && data.length > 0) {
          yield data.join("\n");
          data = [];
        }
        line = next;
        chars = data.length === 0 ? next.length : chars + next.length;
        checkLength(chars);
      }
      checkLength(chars);
    },
  };
}

/** Null for comments, and for fields other than data. */
function dataOf(line: string): string | null {
  if (line === "data") return "";
  if (!line.startsWith("data:")) return null;
  return line.slice(line[5] === " " ? 6 : 5);
}

function checkLength(chars: number): void {
  if (chars > MAX_EVENT_CHARS)
    throw new GuardError(
      "upstream_failed",
      `the model server sent one event of over ${String(MAX_EVENT_CHARS)} characters: is it a model server?`,
    );
}

function decode(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw new GuardError("upstream_failed", "the model server sent bytes that are not UTF-8: see its log");
  }
}

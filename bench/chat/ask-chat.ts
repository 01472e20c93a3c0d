import { MOCK_MODEL } from "./mock-upstream.js";

/** Milliseconds from the request on. */
export interface ChatTimes {
  readonly firstTextMs: number;
  readonly endMs: number;
}

interface Verdict {
  readonly timings: { readonly totalMs: number };
}

/** What the gates say of an answer that they let pass. */
export interface GateNote {
  readonly input: Verdict;
  readonly output: readonly Verdict[];
}

const post = (url: string, content: string, stream: boolean): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: MOCK_MODEL, stream, messages: [{ role: "user", content }] }),
  });

/** Reads a streamed answer to its end. */
export async function streamChat(url: string, content: string): Promise<ChatTimes> {
  const startMs = performance.now();
  const response = await post(url, content, true);
  const decoder = new TextDecoder();
  let text = "";
  let firstTextMs: number | null = null;
  for await (const bytes of response.body!) {
    text += decoder.decode(bytes as Uint8Array, { stream: true });
    if (firstTextMs === null && /"content":"[^"]/.test(text)) firstTextMs = performance.now() - startMs;
  }
  if (!response.ok || firstTextMs === null || !text.includes("[DONE]"))
    throw new Error(`no whole answer: ${String(response.status)} ${text.slice(0, 500)}`);
  return { firstTextMs, endMs: performance.now() - startMs };
}

/** Asks for an answer in one piece, with what the gates took for it. */
export async function wholeChat(url: string, content: string): Promise<{ endMs: number; note: GateNote }> {
  const startMs = performance.now();
  const response = await post(url, content, false);
  const body = (await response.json()) as { portcullis?: GateNote };
  const endMs = performance.now() - startMs;
  if (!response.ok || body.portcullis === undefined)
    throw new Error(`no answer: ${String(response.status)} ${JSON.stringify(body).slice(0, 500)}`);
  return { endMs, note: body.portcullis };
}

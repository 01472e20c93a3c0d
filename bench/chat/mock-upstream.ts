import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../random.js";
import { shortMessage } from "../messages.js";

export const MOCK_MODEL = "mock";

/** How the server behind the gate writes. A bench asks for it in the message, so that one server plays all parts. */
export interface Pace {
  readonly tokens: number;
  /** Before the first token, as reading a prompt takes. */
  readonly firstMs: number;
  /** Between tokens; 0 sends all at once. */
  readonly tokenMs: number;
}

export interface MockUpstream extends AsyncDisposable {
  readonly url: string;
}

export const messageWith = (pace: Pace, text: string): string =>
  `${text} [${String(pace.tokens)},${String(pace.firstMs)},${String(pace.tokenMs)}]`;

/**
 * A model server over OpenAI's protocol that thinks of nothing: everyday words, one a token, at the pace the last
 * message names. What it takes itself is what is measured by asking it directly.
 */
export async function startMockUpstream(): Promise<MockUpstream> {
  const server = createServer((request, response) => {
    if (request.method === "GET")
      return void response.setHeader("content-type", "application/json").end(MODELS);
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

const MODELS = JSON.stringify({ object: "list", data: [{ id: MOCK_MODEL, object: "model" }] });

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const [, tokens, firstMs, tokenMs] = /\[(\d+),(\d+),(\d+)\]/.exec(text)!.map(Number) as number[];
  const words = wordsOf(tokens!);

  response.writeHead(200, { "content-type": "text/event-stream" });
  if (firstMs! > 0) await sleep(firstMs);
  for (const word of words) {
    if (response.destroyed) return;
    response.write(chunkOf({ content: word }, null));
    if (tokenMs! > 0) await sleep(tokenMs);
  }
  const usage = { prompt_tokens: 20, completion_tokens: words.length, total_tokens: 20 + words.length };
  response.write(chunkOf({}, "stop"));
  response.end(`data: ${JSON.stringify({ ...ENVELOPE, choices: [], usage })}\n\ndata: [DONE]\n\n`);
}

/** Sentences of some twelve words: the gate takes the end of one for a good moment to look. */
function wordsOf(tokens: number): string[] {
  const random = createRandom(tokens);
  const words: string[] = [];
  while (words.length < tokens) words.push(...shortMessage(random).replace("?", ".").split(" "));
  return words.slice(0, tokens).map((word) => `${word} `);
}

const ENVELOPE = { id: "mock", object: "chat.completion.chunk", created: 0, model: MOCK_MODEL };

const chunkOf = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({ ...ENVELOPE, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

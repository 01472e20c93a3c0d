import { afterEach } from "@jest/globals";
import { createApp, listen, type HttpOptions, type HttpServer } from "../../src/http/index.js";
import { expectDocumented } from "./documented.js";
import { optionsWith } from "./fakes.js";

const open: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close(0)));
});

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into what comes, of any shape
  readonly body: any;
}

export interface Door {
  readonly url: string;
  readonly server: HttpServer;
  /** Sends a request; the answer has been held against the contract. */
  ask(path: string, init?: RequestInit): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
}

/** A server on loopback that is closed after the test. */
export async function openDoor(
  overrides: Partial<HttpOptions> = {},
  listenOptions: { receiveTimeoutMs?: number } = {},
): Promise<Door> {
  const server = await listen(createApp(optionsWith(overrides)), {
    host: "127.0.0.1",
    port: 0,
    ...listenOptions,
  });
  open.push(server);
  const ask: Door["ask"] = async (path, init = {}) => {
    const response = await fetch(server.url + path, init);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    const answer = {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== "" ? (JSON.parse(text) as unknown) : text,
    };
    expectDocumented(init.method ?? "GET", path, answer);
    return answer;
  };
  const post: Door["post"] = (path, body, headers = {}) =>
    ask(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
    });
  return { url: server.url, server, ask, post };
}

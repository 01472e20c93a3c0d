import { once } from "node:events";
import { Agent, createServer, request, type OutgoingHttpHeaders } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, it, test } from "@jest/globals";
import { DEFAULT_HTTP_LIMITS, createApp } from "../../src/http/index.js";
import { openDoor } from "./door.js";
import { WordGuard, optionsWith } from "./fakes.js";

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));

/** Sends raw bytes and reads until the server closes the connection, or says `enough`. */
const exchangeRaw = (url: string, head: string, enough = /^$/): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(head));
    let received = "";
    socket.on("data", (data) => {
      received += data.toString();
      if (enough.test(received)) socket.destroy();
    });
    socket.on("close", () => resolve(received));
    socket.on("error", reject);
  });

describe("bodies", () => {
  test.each<[what: string, body: string | Uint8Array, message: RegExp]>([
    ["what is not JSON", '{"input":', /not valid JSON/],
    ["bytes that are not UTF-8", bytes('{"input":"', [0xc3, 0x28], '"}'), /not valid UTF-8/],
    ["an overlong encoding", bytes('{"input":"', [0xc0, 0xaf], '"}'), /not valid UTF-8/],
    ["a surrogate in UTF-8", bytes('{"input":"', [0xed, 0xa0, 0x80], '"}'), /not valid UTF-8/],
    ["a depth bomb of lists", "[".repeat(200_000), /nested more than 32 deep/],
    ["a depth bomb of objects", '{"a":'.repeat(40_000), /nested more than 32 deep/],
    ["33 levels", "[".repeat(33) + "]".repeat(33), /nested more than 32 deep/],
    ["empty", "", /not valid JSON/],
  ])("are refused when they are %s", async (_what, body, message) => {
    const { post } = await openDoor();
    const answer = await post("/moderate", body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code: "invalid_request", param: null });
    expect(answer.body.error.message).toMatch(message);
  });

  it("may be nested up to the limit, and hold brackets in text beyond it", async () => {
    const { post } = await openDoor();
    const nested = "[".repeat(31) + "]".repeat(31);
    const { status } = await post(
      "/v1/moderations",
      `{"input":${JSON.stringify('"[{'.repeat(99))},"x":${nested}}`,
    );
    expect(status).toBe(200);
  });

  it("never quote themselves in an error", async () => {
    const { post } = await openDoor();
    const { body } = await post("/moderate", "SECRET");
    expect(JSON.stringify(body)).not.toContain("SECRET");
  });

  it("do not reach the prototype of objects", async () => {
    const { post } = await openDoor();
    await post(
      "/v1/moderations",
      '{"input":"a","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    );
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it("count the last of a repeated name", async () => {
    const guard = new WordGuard();
    const { post } = await openDoor({ guard });
    await post("/moderate", '{"input":"first","input":"last"}');
    expect(guard.calls[0]?.request.conversation[0].content).toBe("last");
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/json; charset=iso-8859-1",
    "nonsense",
  ])("of type %s are refused", async (type) => {
    const { post } = await openDoor();
    const answer = await post("/moderate", { input: "a" }, { "content-type": type });
    expect(answer.status).toBe(400);
    expect(answer.body.error.code).toBe("invalid_request");
  });

  test.each([
    "application/json; charset=UTF-8",
    "application/vnd.chat+json",
    'application/json;charset="utf-8"',
  ])("of type %s are read", async (type) => {
    const { post } = await openDoor();
    expect((await post("/moderate", { input: "a" }, { "content-type": type })).status).toBe(200);
  });

  it("are refused when compressed: a small bomb would be a large body", async () => {
    const { post } = await openDoor();
    const answer = await post("/moderate", gzipSync('{"input":"a"}'), { "content-encoding": "gzip" });
    expect(answer.status).toBe(400);
    expect(answer.body.error.message).toMatch(/compressed/);
  });

  describe("of too many bytes", () => {
    const limits = { ...DEFAULT_HTTP_LIMITS, bodyBytes: 1000 };
    const huge = JSON.stringify({ input: "a".repeat(5000) });

    it("are refused by the length they announce", async () => {
      const { post } = await openDoor({ limits });
      const { status, body } = await post("/moderate", huge);
      expect(status).toBe(413);
      expect(body.error).toMatchObject({ code: "too_large", message: "the body may have 1000 bytes" });
    });

    it("are refused as they stream in without announcing a length", async () => {
      const guard = new WordGuard();
      const { ask } = await openDoor({ guard, limits });
      const { status } = await ask("/moderate", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: new Blob([huge]).stream(),
        duplex: "half",
      } as RequestInit);
      expect(status).toBe(413);
      expect(guard.calls).toHaveLength(0);
    });

    test.each([
      ["is announced", "Content-Length: 10000000\r\n\r\n"],
      ["has come", `Transfer-Encoding: chunked\r\n\r\n7d0\r\n${"a".repeat(2000)}\r\n`],
    ])("are refused as soon as too much %s, without waiting for the rest", async (_what, rest) => {
      const { url } = await openDoor({ limits });
      const head = "POST /moderate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
      expect(await exchangeRaw(url, head + rest, /too_large/)).toMatch(/^HTTP\/1.1 413 /);
    });

    it("leave the connection usable for what comes after them", async () => {
      const { url } = await openDoor({ limits });
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const send = (body: string, headers: OutgoingHttpHeaders): Promise<(number | undefined)[]> =>
        new Promise((resolve, reject) => {
          const options = {
            agent,
            method: "POST",
            headers: { "content-type": "application/json", ...headers },
          };
          const sent = request(`${url}/moderate`, options, (res) => {
            const port = res.socket.localPort;
            res.resume().on("end", () => resolve([res.statusCode, port]));
          });
          sent.on("error", reject).end(body);
        });
      const large = JSON.stringify({ input: "a".repeat(300_000) });
      const answers = [
        await send(large, { "transfer-encoding": "chunked" }),
        await send(large, { "content-length": String(large.length) }),
        await send('{"input":"a"}', {}),
      ];
      agent.destroy();
      expect(answers.map(([status]) => status)).toEqual([413, 413, 200]);
      expect(new Set(answers.map(([, port]) => port)).size).toBe(1);
    });

    it("are read up to the last byte allowed", async () => {
      const { post } = await openDoor({ limits });
      const exact = JSON.stringify({ input: "a".repeat(1000 - '{"input":""}'.length) });
      expect(exact).toHaveLength(1000);
      expect((await post("/moderate", exact)).status).toBe(200);
      expect((await post("/moderate", `${exact} `)).status).toBe(413);
    });
  });

  it("whose sender goes away halfway are no failure of the server", async () => {
    const failures: unknown[] = [];
    const server = createServer(createApp(optionsWith({ onFailure: (failure) => failures.push(failure) })));
    const gone = new Promise((resolve) =>
      server.prependListener("request", (_req, res) => res.once("close", resolve)),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const head =
      "POST /moderate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{";
    const socket = connect(port, "127.0.0.1", () => socket.write(head));
    await once(server, "request");
    socket.destroy();
    await gone;
    await new Promise((resolve) => setTimeout(resolve, 50));
    server.close();
    expect(failures).toEqual([]);
  });

  test.each([
    [
      "a body that never ends",
      "POST /moderate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{",
    ],
    ["headers that never end", "POST /moderate HTTP/1.1\r\nHost: x\r\n"],
  ])("cut off %s", async (_what, head) => {
    const { url } = await openDoor({}, { receiveTimeoutMs: 200 });
    expect(await exchangeRaw(url, head)).toMatch(/^HTTP\/1.1 408 /);
  });
});

import fc from "fast-check";
import { beforeAll, afterAll, describe, expect, it } from "@jest/globals";
import { createApp, listen, type HttpServer } from "../../src/http/index.js";
import { expectDocumented } from "./documented.js";
import { optionsWith } from "./fakes.js";

/** Mostly what is right: the mistakes worth finding are one step away from it. */
const mostly = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: fc.jsonValue() });

const text = mostly(
  fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "steal", "\ud800", "\u0000")),
);
const part = mostly(fc.record({ type: mostly(fc.constant("text")), text }));
const content = fc.oneof(text, mostly(fc.array(part, { maxLength: 3 })));
const role = mostly(fc.constantFrom("user", "assistant", "system"));
const messages = mostly(fc.array(mostly(fc.record({ role, content })), { maxLength: 3 }));
const input = fc.oneof(content, fc.array(text, { maxLength: 3 }));
const choices = {
  policy: mostly(fc.constantFrom("llama-guard-2", "none", "__proto__")),
  categories: mostly(fc.uniqueArray(fc.constantFrom("S1", "S2", "S9"))),
  scores: mostly(fc.constantFrom("listed", "independent")),
};
const body = mostly(
  fc.oneof(
    fc.record({ messages, ...choices }, { requiredKeys: ["messages"] }),
    fc.record({ input, ...choices }, { requiredKeys: ["input"] }),
    fc.record({ messages, input, ...choices }, { requiredKeys: [] }),
  ),
);

describe("whatever is sent", () => {
  let server: HttpServer;
  beforeAll(async () => {
    server = await listen(createApp(optionsWith()), { host: "127.0.0.1", port: 0 });
  });
  afterAll(() => server.close(0));

  /** Also holds the answer against the contract, which lists every code. */
  async function statusOf(path: string, sent: string | Uint8Array): Promise<number> {
    const response = await fetch(server.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: sent,
    });
    const answer = { status: response.status, headers: response.headers, body: await response.json() };
    expectDocumented("POST", path, answer);
    return response.status;
  }

  it.each([
    ["/moderate", [200, 400, 404]],
    ["/v1/moderations", [200, 400]],
  ])(
    "as JSON to %s is judged or refused, never failed on",
    async (path, allowed) => {
      const seen = new Set<number>();
      await fc.assert(
        fc.asyncProperty(body, async (value) => {
          const status = await statusOf(path, JSON.stringify(value));
          seen.add(status);
          expect(allowed).toContain(status);
        }),
        { numRuns: 250 },
      );
      expect([...seen].sort()).toEqual(allowed); // the net is wide enough to catch each
    },
    120_000,
  );

  it("as bytes is refused", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
        expect(await statusOf("/moderate", bytes)).toBe(400);
      }),
      { numRuns: 100 },
    );
  });
});

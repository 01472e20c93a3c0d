import { describe, expect, it, test } from "@jest/globals";
import { createKeyring } from "../../src/http/auth.js";
import { openDoor } from "./door.js";
import { WordGuard, sha256 } from "./fakes.js";

const keys = ["first-key", "middle-key", "last-key"].map((key) => ({ id: key, sha256: sha256(key) }));

describe("createKeyring", () => {
  it("knows every key by its hash, and nothing else", () => {
    const find = createKeyring(keys);
    for (const key of keys) expect(find(key.id)).toBe(key);
    for (const shown of ["", "first-ke", "first-key ", "FIRST-KEY", sha256("first-key")])
      expect(find(shown)).toBeUndefined();
  });

  it("looks at all keys whichever matches: of two equal ones it finds the last", () => {
    const twice = [...keys, { id: "again", sha256: sha256("first-key") }];
    expect(createKeyring(twice)("first-key")?.id).toBe("again");
  });

  it("takes hashes in capital letters as well", () => {
    expect(createKeyring([{ id: "a", sha256: sha256("k").toUpperCase() }])("k")?.id).toBe("a");
  });
});

describe("API keys", () => {
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

  test.each<[what: string, headers: Record<string, string>]>([
    ["a bearer token", bearer("middle-key")],
    ["a bearer token in small letters", { authorization: "bearer middle-key" }],
    ["the x-api-key header", { "x-api-key": "last-key" }],
  ])("are taken from %s", async (_what, headers) => {
    const { post } = await openDoor({ keys });
    expect((await post("/moderate", { input: "a" }, headers)).status).toBe(200);
  });

  it("are not nothing, even when a keys file holds the hash of nothing", async () => {
    const { post } = await openDoor({ keys: [{ id: "unset", sha256: sha256("") }] });
    for (const headers of [{}, { "x-api-key": "" }, { authorization: "Bearer " }])
      expect((await post("/moderate", { input: "a" }, headers)).status).toBe(401);
  });

  test.each<[what: string, headers: Record<string, string>]>([
    ["no key", {}],
    ["an unknown key", bearer("other-key")],
    ["the hash of a key", bearer(sha256("first-key"))],
    ["another scheme", { authorization: "Basic first-key" }],
    ["an empty key", { "x-api-key": "" }],
  ])("keep out callers with %s", async (_what, headers) => {
    const guard = new WordGuard();
    const { post } = await openDoor({ keys, guard });
    const answer = await post("/moderate", "not even JSON", headers);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(answer.body.error).toMatchObject({
      code: "unauthorized",
      type: "authentication_error",
      param: null,
    });
    expect(guard.calls).toHaveLength(0);
  });

  test.each(["/v1/models", "/v1/models/word-guard", "/policies", "/policies/llama-guard-2", "/metrics"])(
    "guard %s",
    async (path) => {
      const { ask } = await openDoor({
        keys,
        metrics: (_req, res) => void res.type("text/plain").send("up 1\n"),
      });
      expect((await ask(path)).status).toBe(401);
      expect((await ask(path, { headers: bearer("first-key") })).status).toBe(200);
    },
  );

  test.each(["/", "/openapi.json", "/healthz", "/livez", "/readyz"])(
    "are not asked for at %s",
    async (path) => {
      const { ask } = await openDoor({ keys });
      expect((await ask(path)).status).toBe(200);
    },
  );

  it("are not asked for at /metrics where the operator said so", async () => {
    const metrics = (_req: unknown, res: { send(body: string): unknown; type(name: string): unknown }) => {
      res.type("text/plain");
      res.send("up 1\n");
    };
    const { ask } = await openDoor({ keys, metrics, metricsNeedKey: false });
    expect((await ask("/metrics")).body).toBe("up 1\n");
  });
});

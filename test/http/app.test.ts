import { describe, expect, it, test } from "@jest/globals";
import { startDraining } from "../../src/http/draining.js";
import { createApp, listen } from "../../src/http/index.js";
import { CONTRACT } from "../../src/http/contract.js";
import { openDoor } from "./door.js";
import { POLICY, engineIn, optionsWith } from "./fakes.js";

describe("GET /v1/models", () => {
  it("lists the model as OpenAI does", async () => {
    const { ask } = await openDoor();
    const { body } = await ask("/v1/models");
    expect(body).toEqual({
      object: "list",
      data: [{ id: "word-guard", object: "model", created: expect.any(Number), owned_by: "portcullis" }],
    });
    expect((await ask("/v1/models/word-guard")).body).toEqual(body.data[0]);
  });

  it("answers 404 for another model, whatever its name", async () => {
    const { ask } = await openDoor();
    const { status, body } = await ask("/v1/models/gpt%2F4");
    expect(status).toBe(404);
    expect(body.error).toMatchObject({ code: "not_found", param: "/id" });
  });

  it("answers 400 for a path that cannot be decoded", async () => {
    const { ask } = await openDoor();
    const { status, body } = await ask("/v1/models/%E0%A4%A");
    expect(status).toBe(400);
    expect(body.error.code).toBe("invalid_request");
  });
});

describe("GET /policies", () => {
  it("shows every policy with its hash and categories", async () => {
    const { ask } = await openDoor();
    const { body } = await ask("/policies");
    expect(body.data).toMatchObject([{ id: POLICY.id, sha256: POLICY.sha256, default: true }]);
    expect(body.data[0].categories[1]).toEqual({
      code: "S2",
      name: "Non-Violent Crimes",
      text: null,
      openaiNames: ["illicit"],
      rules: POLICY.categories[1]?.rules,
    });
    expect((await ask(`/policies/${POLICY.id}`)).body).toEqual(body.data[0]);
  });

  it("answers 404 for an unknown one", async () => {
    const { ask } = await openDoor();
    expect((await ask("/policies/none")).body.error.code).toBe("policy_not_found");
  });
});

describe("probes", () => {
  test.each(["starting", "restarting", "closed"] as const)(
    "say alive but not ready while the engine is %s",
    async (state) => {
      const { ask } = await openDoor({ engine: engineIn(state) });
      expect((await ask("/healthz")).status).toBe(200);
      expect((await ask("/livez")).status).toBe(200);
      const { status, body } = await ask("/readyz");
      expect(status).toBe(503);
      expect(body).toEqual({ status: "unready", engine: state });
    },
  );

  it("say ready when the engine is", async () => {
    const { ask } = await openDoor();
    expect((await ask("/readyz")).body).toEqual({ status: "ready", engine: "ready" });
  });

  it("say not ready while draining, and end their connection", async () => {
    const app = createApp(optionsWith());
    await using server = await listen(app, { host: "127.0.0.1", port: 0 });
    startDraining(app);
    const response = await fetch(`${server.url}/readyz`);
    expect(response.status).toBe(503);
    expect(response.headers.get("connection")).toBe("close");
    expect(await response.json()).toEqual({ status: "draining", engine: "ready" });
  });
});

describe("the front door", () => {
  it("says what it is, with the notice the licence asks for", async () => {
    const { ask } = await openDoor();
    const { body } = await ask("/");
    expect(body).toMatchObject({
      name: "portcullis",
      version: "0.0.0-test",
      notice: "Built with Meta Llama 3",
    });
    for (const link of Object.values<string>(body.links)) expect(Object.keys(CONTRACT.paths)).toContain(link);
  });

  it("shows the contract it keeps", async () => {
    const { ask } = await openDoor();
    expect((await ask("/openapi.json")).body).toEqual(CONTRACT);
  });

  it("answers 404 where there is nothing, and for /metrics when nobody measures", async () => {
    const { ask } = await openDoor();
    for (const path of ["/nothing", "/metrics", "/v1/embeddings"]) {
      const { status, body } = await ask(path);
      expect([status, body.error.code]).toEqual([404, "not_found"]);
    }
  });

  test.each(["/Metrics", "/metrics/", "/V1/models", "/READYZ", "/readyz/"])(
    "knows one spelling of a path, and not %s",
    async (path) => {
      const { ask } = await openDoor({ metrics: (_req, res) => void res.send("") });
      expect((await ask(path)).status).toBe(404);
    },
  );

  test.each(Object.entries(CONTRACT.paths as Record<string, object>))(
    "answers 405 at %s for another method and says which it knows",
    async (path, operations) => {
      const { ask } = await openDoor({ metrics: (_req, res) => void res.send("") });
      const allowed = "post" in operations ? "POST" : "GET, HEAD";
      for (const method of ["DELETE", "PUT", "post" in operations ? "GET" : "POST"]) {
        const answer = await ask(path.replace("{id}", "x"), { method });
        expect([answer.status, answer.headers.get("allow")]).toEqual([405, allowed]);
        expect(answer.body.error.code).toBe("method_not_allowed");
      }
    },
  );

  test.each<[what: string, offered: string, kept: boolean]>([
    ["sane", "trace-1_2.3", true],
    ["too long", "x".repeat(129), false],
    ["with spaces", "a b", false],
    ["with markup", "<b>", false],
  ])("keeps a request id that is %s: %s %s", async (_what, offered, kept) => {
    const { ask } = await openDoor();
    const { headers } = await ask("/nothing", { headers: { "x-request-id": offered } });
    expect(headers.get("x-request-id") === offered).toBe(kept);
  });

  it("names nothing of the software behind it", async () => {
    const { ask } = await openDoor();
    expect((await ask("/")).headers.get("x-powered-by")).toBeNull();
  });
});

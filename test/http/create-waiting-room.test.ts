import { afterAll, beforeAll, describe, expect, it, test } from "@jest/globals";
import { createWaitingRoom, listen, type Failure, type HttpServer } from "../../src/http/index.js";

describe("createWaitingRoom", () => {
  const failures: Failure[] = [];
  let server: HttpServer;
  beforeAll(async () => {
    const app = createWaitingRoom({ onFailure: (failure) => failures.push(failure) });
    server = await listen(app, { host: "127.0.0.1", port: 0 });
  });
  afterAll(() => server.close(0));

  test.each(["/healthz", "/livez"])("is alive at %s", async (path) => {
    const response = await fetch(server.url + path);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ status: "ok" });
  });

  it("is not ready, because the engine is starting", async () => {
    const response = await fetch(`${server.url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: "unready", engine: "starting" });
  });

  test.each([
    ["POST", "/moderate"],
    ["POST", "/v1/moderations"],
    ["GET", "/"],
    ["GET", "/nothing"],
  ])("sends %s %s away and says when to come back", async (method, path) => {
    const response = await fetch(server.url + path, {
      method,
      headers: { "x-request-id": "early" },
      ...(method === "POST" && { body: '{"input":"hello"}' }),
    });
    expect(response.status).toBe(503);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(response.headers.get("x-request-id")).toBe("early");
    expect(await response.json()).toMatchObject({ error: { code: "engine_unavailable" } });
    expect(failures.pop()).toMatchObject({ requestId: "early", code: "engine_unavailable" });
  });
});

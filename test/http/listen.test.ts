import { Agent, request as httpRequest } from "node:http";
import { describe, expect, it } from "@jest/globals";
import { GuardError } from "../../src/base/index.js";
import { isDraining } from "../../src/http/draining.js";
import { createApp, createWaitingRoom, listen } from "../../src/http/index.js";
import { openDoor } from "./door.js";
import { WordGuard, optionsWith, untilAborted } from "./fakes.js";

const LOOPBACK = { host: "127.0.0.1", port: 0 };

const soon = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(condition: () => boolean): Promise<void> {
  for (let waitedMs = 0; !condition(); waitedMs += 5) {
    if (waitedMs > 5000) throw new Error("it did not come to pass");
    await soon(5);
  }
}

describe("a caller who goes away", () => {
  it("stops the guard with a cancellation", async () => {
    const guard = new WordGuard();
    guard.before = (_request, signal) => untilAborted(signal);
    const { url } = await openDoor({ guard });
    const caller = new AbortController();
    const answer = fetch(`${url}/moderate`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"input":"a"}',
      signal: caller.signal,
    });
    await until(() => guard.calls.length === 1);
    expect(guard.calls[0]?.signal?.aborted).toBe(false);
    caller.abort();
    await expect(answer).rejects.toThrow();
    await until(() => guard.calls[0]?.signal?.aborted === true);
    expect(guard.calls[0]?.signal?.reason).toMatchObject({ code: "canceled" });
    expect(guard.calls[0]?.signal?.reason).toBeInstanceOf(GuardError);
  });
});

describe("close", () => {
  it("lets requests in flight finish, and lets nobody else in", async () => {
    const guard = new WordGuard();
    let release = (): void => {};
    guard.before = () => new Promise((resolve) => (release = resolve));
    const { post, server, url } = await openDoor({ guard });
    const answer = post("/moderate", { input: "a" });
    await until(() => guard.calls.length === 1);
    const closed = server.close(10_000);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    release();
    expect((await answer).status).toBe(200);
    await closed;
  });

  it("does not wait for idle connections that are kept alive", async () => {
    const { server, url } = await openDoor();
    const agent = new Agent({ keepAlive: true });
    await new Promise((resolve) => {
      httpRequest(`${url}/healthz`, { agent }, (res) => res.resume().on("end", resolve)).end();
    });
    const startMs = performance.now();
    await server.close(10_000);
    expect(performance.now() - startMs).toBeLessThan(2000);
    agent.destroy();
  });

  it("cuts what is left when the time is up, and tells the guard", async () => {
    const guard = new WordGuard();
    guard.before = (_request, signal) => untilAborted(signal);
    const { post, server } = await openDoor({ guard });
    const answer = post("/moderate", { input: "a" });
    await until(() => guard.calls.length === 1);
    const outcome = expect(answer).rejects.toThrow();
    await server.close(100);
    await outcome;
    await until(() => guard.calls[0]?.signal?.aborted === true);
  });

  it("may be called again and by disposal", async () => {
    const { server } = await openDoor();
    await Promise.all([server.close(0), server.close(0), server[Symbol.asyncDispose]()]);
    await server.close(0);
  });
});

describe("serve", () => {
  it("swaps the app under connections that are kept alive", async () => {
    await using server = await listen(createWaitingRoom({ onFailure: () => {} }), LOOPBACK);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
    server.serve(createApp(optionsWith()));
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });

  it.each(["before", "after"])("lets an app that came %s the close say that it drains", async (when) => {
    const [first, next] = [createWaitingRoom({ onFailure: () => {} }), createApp(optionsWith())];
    const server = await listen(first, LOOPBACK);
    if (when === "before") server.serve(next);
    const closed = server.close(0);
    if (when === "after") server.serve(next);
    expect(isDraining(next)).toBe(true);
    expect(isDraining(first)).toBe(when === "after");
    await closed;
  });
});

describe("listen", () => {
  it("rejects when the port is taken", async () => {
    const { url } = await openDoor();
    const port = Number(new URL(url).port);
    await expect(listen(createApp(optionsWith()), { host: "127.0.0.1", port })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
  });
});

import { describe, expect, it } from "@jest/globals";
import { GuardError } from "../../src/base/index.js";
import { createOpenCalls } from "../../src/engine/open-calls.js";

function openOne(signal?: AbortSignal) {
  const calls = createOpenCalls();
  const said: string[] = [];
  const call = calls.open<string>(
    (id) => said.push(`begin ${String(id)}`),
    (id) => said.push(`abandon ${String(id)}`),
    signal === undefined ? {} : { signal },
  );
  return { calls, said, call };
}

describe("createOpenCalls", () => {
  it("settles each call by its own answer", async () => {
    const { calls, call } = openOne();
    const other = calls.open<number>(
      () => undefined,
      () => undefined,
      {},
    );
    calls.resolve(2, 5);
    calls.resolve(1, "five");
    expect([await call, await other, calls.count]).toEqual(["five", 5, 0]);
  });

  it("passes on what is said before the answer, and nothing behind it", async () => {
    const calls = createOpenCalls();
    const heard: string[] = [];
    const call = calls.open<string>(
      () => undefined,
      () => undefined,
      { onNews: (news: string) => heard.push(news) },
    );
    calls.tell(1, "first");
    calls.tell(2, "somebody else's");
    calls.resolve(1, "done");
    calls.tell(1, "late");
    expect([await call, heard]).toEqual(["done", ["first"]]);
  });

  it("begins nothing for a caller who has already given up", async () => {
    const { said, call } = openOne(AbortSignal.abort());
    await expect(call).rejects.toMatchObject({ code: "canceled" });
    expect(said).toEqual([]);
  });

  it("lets go at once when the caller does, and ignores the answer that comes too late", async () => {
    const controller = new AbortController();
    const { calls, said, call } = openOne(controller.signal);
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: "canceled" });
    expect(said).toEqual(["begin 1", "abandon 1"]);
    calls.resolve(1, "late");
    expect(calls.count).toBe(0);
  });

  it("passes on a deadline as what it is", async () => {
    const controller = new AbortController();
    const { call } = openOne(controller.signal);
    const late = new GuardError("deadline_exceeded", "no answer within 5 ms");
    controller.abort(late);
    await expect(call).rejects.toBe(late);
  });

  it("fails everybody when the other side is lost", async () => {
    const { calls, call } = openOne();
    const other = calls.open(
      () => undefined,
      () => undefined,
      {},
    );
    calls.rejectAll(() => new GuardError("engine_unavailable", "gone"));
    const both = await Promise.allSettled([call, other]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });

  it("is drained when the last call settles, or when time is up", async () => {
    const { calls, call } = openOne();
    const started = performance.now();
    await calls.drained(20);
    expect(performance.now() - started).toBeGreaterThan(15);
    const drained = calls.drained(60_000);
    calls.resolve(1, "done");
    await Promise.all([drained, call]);
    await calls.drained(60_000);
  });
});

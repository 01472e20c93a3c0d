import { describe, expect, it } from "@jest/globals";
import { withDeadline } from "../../src/base/index.js";

const aborted = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason), { once: true }));

describe("withDeadline", () => {
  it("aborts with deadline_exceeded when time is up", async () => {
    using deadline = withDeadline(undefined, 5);
    await expect(aborted(deadline.signal)).resolves.toMatchObject({ code: "deadline_exceeded" });
  });

  it("passes the parent's reason on, also of a parent that aborted before", async () => {
    const parent = new AbortController();
    using deadline = withDeadline(parent.signal, 60_000);
    const reason = aborted(deadline.signal);
    parent.abort("enough");
    await expect(reason).resolves.toBe("enough");
    using late = withDeadline(parent.signal, 60_000);
    expect(late.signal.reason).toBe("enough");
  });

  it("lets go of the parent and the clock once disposed", async () => {
    const parent = new AbortController();
    const deadline = withDeadline(parent.signal, 5);
    deadline[Symbol.dispose]();
    parent.abort("too late");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(deadline.signal.aborted).toBe(false);
  });
});

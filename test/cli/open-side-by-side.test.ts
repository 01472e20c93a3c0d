import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { openSideBySide } from "../../src/cli/open-side-by-side.js";

const { signal } = new AbortController();

function closable(closed: string[], name: string) {
  return {
    name,
    close(): Promise<void> {
      closed.push(name);
      return Promise.resolve();
    },
  };
}

const untilAborted = (own: AbortSignal): Promise<never> =>
  new Promise((_, reject) => own.addEventListener("abort", () => reject(own.reason)));

describe("openSideBySide", () => {
  it("begins both before either is open, and gives both", async () => {
    const closed: string[] = [];
    let goOn = (): void => undefined;
    const other = new Promise<void>((resolve) => (goOn = resolve));
    const both = await openSideBySide(
      () => other.then(() => closable(closed, "one")),
      () => {
        goOn();
        return Promise.resolve(null);
      },
      signal,
    );
    expect(both).toEqual([expect.objectContaining({ name: "one" }), null]);
    expect(closed).toEqual([]);
  });

  it("tells the other to give up, and throws what failed first", async () => {
    const failing = openSideBySide(() => Promise.reject(new Error("no")), untilAborted, signal);
    await expect(failing).rejects.toThrow("no");
  });

  it("closes the other when it was open already", async () => {
    const closed: string[] = [];
    const failing = openSideBySide(
      () => Promise.resolve(closable(closed, "one")),
      () => new Promise<null>((_, reject) => setTimeout(() => reject(new Error("no")), 5)),
      signal,
    );
    await expect(failing).rejects.toThrow("no");
    expect(closed).toEqual(["one"]);
  });

  it("closes one that opens although it was told to give up", async () => {
    const closed: string[] = [];
    const failing = openSideBySide(
      () => Promise.reject(new Error("no")),
      () => sleep(5).then(() => closable(closed, "late")),
      signal,
    );
    await expect(failing).rejects.toThrow("no");
    expect(closed).toEqual(["late"]);
  });

  it("gives up both when the caller does", async () => {
    const caller = new AbortController();
    const opening = openSideBySide(untilAborted, untilAborted, caller.signal);
    caller.abort(new Error("stop"));
    await expect(opening).rejects.toThrow("stop");
  });
});

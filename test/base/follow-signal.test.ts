import { describe, expect, it } from "@jest/globals";
import { followSignal } from "../../src/base/index.js";

describe("followSignal", () => {
  it("aborts with the parent's reason, also of a parent that aborted before", () => {
    const parent = new AbortController();
    using early = followSignal(parent.signal);
    expect(early.controller.signal.aborted).toBe(false);
    parent.abort("enough");
    using late = followSignal(parent.signal);
    expect([early, late].map(({ controller }) => controller.signal.reason)).toEqual(["enough", "enough"]);
  });

  it("follows nobody once disposed, and nobody where there is no parent", () => {
    const parent = new AbortController();
    const own = followSignal(parent.signal);
    own[Symbol.dispose]();
    parent.abort();
    using alone = followSignal(undefined);
    expect([own, alone].map(({ controller }) => controller.signal.aborted)).toEqual([false, false]);
  });
});

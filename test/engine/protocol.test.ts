import { describe, expect, it } from "@jest/globals";
import { ERROR_CODES, GuardError } from "../../src/base/index.js";
import { fromWire, toWire, type WireError } from "../../src/engine/protocol.js";

describe("errors between the processes", () => {
  it.each(ERROR_CODES)("%s crosses with its message and pointer, without its cause", (code) => {
    const sent = toWire(
      new GuardError(code, "what happened", { pointer: "/a/0", cause: new Error("secret") }),
    );
    expect(JSON.stringify(sent)).not.toContain("secret");
    expect(fromWire(structuredClone(sent))).toMatchObject({
      code,
      message: "what happened",
      pointer: "/a/0",
    });
  });

  it("keeps to itself what an unforeseen error says: it may quote what a caller wrote", () => {
    expect(toWire(new TypeError("cannot read 'my secret'"))).toEqual({
      code: "engine_unavailable",
      message: "the engine failed",
    });
  });

  it("takes a code it does not know for a failing engine", () => {
    const odd = { code: "fine", message: "nothing to see" } as unknown as WireError;
    expect(fromWire(odd).code).toBe("engine_unavailable");
  });
});

import { describe, expect, it } from "@jest/globals";
import { createKeyClaims } from "../../src/logs/claim-keys.js";

describe("createKeyClaims", () => {
  it("gives each of many keys away once, the empty one too", () => {
    const claims = createKeyClaims();
    const keys = Array.from({ length: 20_000 }, (_, i) =>
      i === 0 ? "" : `conversation ${String(i * 7919)}`,
    );
    expect(keys.filter((key) => claims.claim(key))).toHaveLength(keys.length);
    expect(keys.filter((key) => claims.claim(key))).toEqual([]);
  });
});

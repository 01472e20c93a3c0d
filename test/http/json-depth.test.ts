import fc from "fast-check";
import { describe, expect, it, test } from "@jest/globals";
import { isDeeperThan } from "../../src/http/json-depth.js";

const depthOf = (value: unknown): number =>
  typeof value === "object" && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;

describe("isDeeperThan", () => {
  it("agrees with the parsed value, whatever strings it holds", () => {
    const json = fc.jsonValue({ maxDepth: 6, stringUnit: "binary" });
    fc.assert(
      fc.property(json, fc.nat(8), (value, depth) => {
        expect(isDeeperThan(depth, Buffer.from(JSON.stringify(value)))).toBe(depthOf(value) > depth);
      }),
    );
  });

  test.each(['"\\"[[["', '"\\\\\\"[[["', '"[[[', "]]]]", ""])("counts no bracket of %j", (text) => {
    expect(isDeeperThan(0, Buffer.from(text))).toBe(false);
  });
});

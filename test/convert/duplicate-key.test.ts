import { describe, expect, it, test } from "@jest/globals";
import fc from "fast-check";
import { hasDuplicateKey } from "../../src/convert/duplicate-key.js";

describe("hasDuplicateKey", () => {
  test.each([
    ['{"a":1,"a":2}', true],
    ['{"a":1,"\\u0061":2}', true],
    ['{"x":{"a":1,"a":2}}', true],
    ['[{"a":1},{"b":1,"b" :2}]', true],
    ['{"a":{"a":{"a":1}}}', false],
    ['[{"a":1},{"a":1}]', false],
    ['{"a":"b","b":"a"}', false],
    ['{"a":"\\"a\\":1,","b":["a","a"]}', false],
    ['{"a\\\\":1,"a\\\\":2}', true],
    ['"a"', false],
  ])("is right about %s", (json, expected) => {
    expect(hasDuplicateKey(json)).toBe(expected);
  });

  it("takes keys and spaces of any length", () => {
    const [long, space] = ["x".repeat(20_000_000), " ".repeat(1_000_000)];
    expect(hasDuplicateKey(`{"${long}"${space}:1,"b":2}`)).toBe(false);
    expect(hasDuplicateKey(`{"b":"${long}","b"${space}:2}`)).toBe(true);
  });

  it("finds none in what JSON.stringify writes", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => !hasDuplicateKey(JSON.stringify(value))));
  });
});

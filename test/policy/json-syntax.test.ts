import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { findJsonFaults } from "../../src/policy/json-syntax.js";

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe("findJsonFaults", () => {
  it.each([
    ['{\n  "a": 1,\n}', "", "a property name in double quotes expected at line 3, column 1"],
    ['{ "a" 1 }', "/a", "a colon expected at line 1, column 7"],
    ['{ "a": [1, 2 }', "/a", "a comma or ] expected at line 1, column 14"],
    ['{ "a": [1, }', "/a/1", "a value expected at line 1, column 12"],
    ["{ 'a': 1 }", "", "a property name in double quotes expected at line 1, column 3"],
    ['{ "a": 1 } x', "", "nothing more expected at line 1, column 12"],
    ['{ "a": "b\n" }', "/a", "a value expected at line 1, column 8"],
    ['{ "a": 01 }', "/a", "a value expected at line 1, column 8"],
    ['{ "a": tru }', "/a", "a value expected at line 1, column 8"],
    ['{ "a": {', "/a", "the file ends where a property name in double quotes is expected"],
    ["", "", "the file ends where a value is expected"],
    ["[".repeat(50), "/0".repeat(32), "no more than 32 levels expected at line 1, column 34"],
  ])("says where %j goes wrong", (text, pointer, message) => {
    expect(findJsonFaults(text)).toEqual([{ pointer, message }]);
  });

  it("finds every property that stands twice, which JSON.parse would swallow", () => {
    expect(findJsonFaults('{ "a": 1, "b": [{ "c": 1,\n "c": 2 }], "\\u0061": 3 }')).toEqual([
      { pointer: "/b/0/c", message: "stands a second time at line 2, column 2" },
      { pointer: "/a", message: "stands a second time at line 2, column 13" },
    ]);
  });

  it("finds nothing in what JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        expect(findJsonFaults(text)).toEqual([]);
      }),
    );
  });

  it("agrees with JSON.parse about every damaged text", () => {
    const damaged = fc
      .tuple(
        fc.json({ maxDepth: 3 }),
        fc.nat(),
        fc.nat(3),
        fc.constantFrom(...'{}[]:,"\\ 0-1.eEtn\n\u0000/', ""),
      )
      .map(([text, place, cut, inserted]) => {
        const at = place % (text.length + 1);
        return text.slice(0, at) + inserted + text.slice(at + cut);
      });
    fc.assert(
      fc.property(damaged, (text) => {
        const faults = findJsonFaults(text).filter(({ message }) => !message.startsWith("stands"));
        expect(faults.length === 0).toBe(parses(text));
      }),
      { numRuns: 5000 },
    );
  });
});

import { describe, expect, it } from "@jest/globals";
import { Ajv } from "ajv";
import { lazyValidator } from "../../src/base/index.js";

describe("lazyValidator", () => {
  it("compiles once, when it is first asked, and tells of the last value that it refused", () => {
    let compiled = 0;
    const isNumber = lazyValidator(() => {
      compiled += 1;
      return new Ajv().compile<number>({ type: "number" });
    });
    expect([compiled, isNumber.errors]).toEqual([0, null]);
    expect([isNumber(1), isNumber("1"), compiled]).toEqual([true, false, 1]);
    expect(isNumber.errors).toMatchObject([{ keyword: "type" }]);
    expect(isNumber(2)).toBe(true);
    expect(isNumber.errors).toBeNull();
  });
});

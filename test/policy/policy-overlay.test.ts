import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { PACKAGE_ROOT } from "../../src/base/index.js";
import { checkPolicy, parsePolicy, type Policy } from "../../src/policy/index.js";

const BASE = parsePolicy({
  id: "base",
  version: "1",
  title: "Base",
  template: "llama-guard-2",
  notice: "Kept.",
  defaults: { threshold: 0.4, action: "flag" },
  categories: [
    { code: "S1", name: "First", roles: { user: { threshold: 0.6 } } },
    { code: "S2", name: "Second", text: "What it means." },
  ],
});
const calibration = { temperature: 1.5, bias: -0.25, model: "0".repeat(64) };
type Change = Record<string, unknown>;
const overlay = (change: Change = {}): Change => ({
  id: "mine",
  version: "2",
  title: "Mine",
  extends: "base",
  ...change,
});
const find = (id: string): Policy | undefined => (id === "base" ? BASE : undefined);
const faultsOf = (change: Change): string[] =>
  checkPolicy(overlay(change), find).map(({ pointer, message }) => `${pointer} ${message}`);

describe("an overlay", () => {
  it("is its base with another name and other rules", () => {
    const policy = parsePolicy(
      overlay({
        calibration,
        categories: [
          { code: "S1", threshold: 0.7, roles: { assistant: { threshold: 0.2, action: "block" } } },
        ],
      }),
      find,
    );
    expect(policy).toMatchObject({
      id: "mine",
      version: "2",
      title: "Mine",
      extends: "base",
      notice: "Kept.",
      calibration,
    });
    expect(policy.categories.map(({ rules }) => rules)).toEqual([
      { user: { threshold: 0.7, action: "flag" }, assistant: { threshold: 0.2, action: "block" } },
      BASE.categories[1]!.rules,
    ]);
    expect(policy.categories[1]).toEqual(BASE.categories[1]);
    expect(Object.isFrozen(policy.calibration)).toBe(true);
  });

  it("has a hash over what it comes to: of its base, of its calibration, of its rules", () => {
    const hash = (change: Change, base = BASE): string => parsePolicy(overlay(change), () => base).sha256;
    const other = { ...BASE, categories: BASE.categories.map((one) => ({ ...one, text: "Another text." })) };
    const hashes = [
      hash({}),
      hash({ calibration }),
      hash({ calibration: { ...calibration, bias: 0 } }),
      hash({ categories: [{ code: "S2", threshold: 0.9 }] }),
      hash({}, other),
      BASE.sha256,
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hash({ categories: [{ code: "S2", threshold: 0.4 }] })).toBe(hash({})); // what held before
  });

  it("says what is wrong with it, and where", () => {
    expect(faultsOf({ extends: "absent" })).toEqual([
      expect.stringMatching(/^\/extends must be a policy of the same folder/),
    ]);
    expect(faultsOf({ categories: [{ code: "S3", threshold: 1 }] })).toEqual([
      "/categories/0/code must be a code of base: S1, S2",
    ]);
    expect(
      faultsOf({
        categories: [
          { code: "S1", threshold: 1 },
          { code: "S1", action: "flag" },
        ],
      }),
    ).toEqual(["/categories/1/code must differ from the codes before it"]);
    expect(faultsOf({ calibration: { ...calibration, temperature: 0 } })).toEqual([
      expect.stringMatching(/^\/calibration\/temperature must be a number from 0.05 to 20/),
    ]);
    expect(faultsOf({ categories: [{ code: "S1", text: "new" }] })).toEqual([
      expect.stringMatching(
        /^\/categories\/0\/text is not a field; there are code, threshold, action, roles/,
      ),
    ]);
    expect(faultsOf({ template: "llama-guard-1" })).toEqual([
      expect.stringMatching(/^\/template is not a field/),
    ]);
  });

  it("lies over a policy, not over another overlay", () => {
    const first = parsePolicy(overlay(), find);
    expect(checkPolicy(overlay({ id: "second", extends: "mine" }), () => first)).toEqual([
      { pointer: "/extends", message: "must not be an overlay itself; extend base" },
    ]);
  });
});

describe("the policies that come along", () => {
  it("keep the hashes by which logs of the past name them", () => {
    const dir = join(PACKAGE_ROOT, "policies");
    const hashes = readdirSync(dir)
      .filter((name) => name.endsWith(".json") && !name.endsWith(".schema.json"))
      .map((name) => parsePolicy(readFileSync(join(dir, name), "utf8")))
      .map(({ id, sha256 }) => `${id} ${sha256.slice(0, 12)}`);
    expect(hashes).toContain("llama-guard-2 a91e13316400");
  });
});

import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { randomOf } from "../../src/dataset/draw.js";
import { varyCategories } from "../../src/dataset/vary-categories.js";
import { policyNamed } from "./rows.js";

const { categories } = policyNamed("llama-guard-2");
const codes = categories.map(({ code }) => code);
const nameOf = new Map(categories.map(({ code, name }) => [code, name]));

const subset = fc.subarray(codes);
const seed = fc.nat(100_000);

describe("varyCategories", () => {
  it("lists categories of the policy under codes from 1, each once and none empty-handed", () => {
    fc.assert(
      fc.property(seed, fc.option(subset), (one, violated) => {
        const listing = varyCategories({ categories, violated }, randomOf(one));
        const names = listing.categories.map(({ name }) => name);
        expect(listing.categories.map(({ code }) => code)).toEqual(
          names.map((_, at) => `S${String(at + 1)}`),
        );
        expect(new Set(names).size).toBe(names.length);
        expect(names.length).toBeGreaterThan(0);
        for (const { name, text } of listing.categories)
          expect(categories.find((known) => known.name === name)?.text).toBe(text);
      }),
    );
  });

  it("keeps what a message violates under its new code, or leaves all of it out and calls the message safe", () => {
    fc.assert(
      fc.property(seed, subset, (one, violated) => {
        const listing = varyCategories({ categories, violated }, randomOf(one));
        const named = new Map(listing.categories.map(({ code, name }) => [code, name]));
        const stillViolated = listing.violated!.map((code) => named.get(code)).sort();
        const before = violated.map((code) => nameOf.get(code)).sort();
        if (stillViolated.length > 0) expect(stillViolated).toEqual(before);
        else for (const name of before) expect([...named.values()]).not.toContain(name);
      }),
    );
  });

  it("leaves nothing out where nobody knows what is violated", () => {
    fc.assert(
      fc.property(seed, (one) => {
        const listing = varyCategories({ categories, violated: null }, randomOf(one));
        expect(listing.violated).toBeNull();
        expect(listing.categories.map(({ name }) => name).sort()).toEqual([...nameOf.values()].sort());
      }),
    );
  });

  it("never turns a message safe by leaving every category out", () => {
    fc.assert(
      fc.property(seed, (one) => {
        const listing = varyCategories({ categories, violated: codes }, randomOf(one));
        expect(listing.violated).toHaveLength(codes.length);
      }),
    );
  });

  it("makes a quarter of unsafe messages safe, and shows short lists as often as long ones", () => {
    const listings = Array.from({ length: 4000 }, (_, one) =>
      varyCategories({ categories, violated: ["S2"] }, randomOf(one)),
    );
    const share = listings.filter(({ violated }) => violated!.length === 0).length / listings.length;
    expect(share).toBeGreaterThan(0.22);
    expect(share).toBeLessThan(0.28);
    const short = listings.filter(({ categories: { length } }) => length <= 5).length / listings.length;
    expect(short).toBeGreaterThan(0.35);
    expect(short).toBeLessThan(0.55);
  });

  it("makes the same of the same seed and something else of another", () => {
    const vary = (...parts: (string | number)[]): unknown =>
      varyCategories({ categories, violated: ["S2"] }, randomOf(...parts));
    expect(vary(1, "a", 0)).toEqual(vary(1, "a", 0));
    expect(vary(1, "a", 0)).not.toEqual(vary(1, "a", 1));
    expect(vary(1, "a", 0)).not.toEqual(vary(2, "a", 0));
  });
});

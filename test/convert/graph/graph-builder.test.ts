import { expect, it } from "@jest/globals";
import { GraphBuilder } from "../../../src/convert/graph/graph-builder.js";

it("reserves places one after the other at multiples of 64 bytes", () => {
  const graph = new GraphBuilder();
  const places = [3, 64, 65, 0, 1].map((length) => graph.reserve(`w${String(length)}`, "U8", [length]));
  expect(places.map(({ offset }) => offset)).toEqual([0, 64, 128, 256, 256]);
  expect(places.map(({ bytes }) => bytes)).toEqual([3, 64, 65, 0, 1]);
  expect(graph.dataBytes).toBe(257);
});

it("adds a constant once, where it is first used", () => {
  const graph = new GraphBuilder();
  const one = { elementType: "U8", shape: [], data: Uint8Array.of(1) } as const;
  expect([graph.constant("one", one), graph.constant("one", one)]).toEqual(["one", "one"]);
  expect(graph.initializers).toHaveLength(1);
});

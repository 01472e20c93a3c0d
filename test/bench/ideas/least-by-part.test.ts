import { expect, it } from "@jest/globals";
import { leastByPart } from "../../../bench/ideas/least-by-part.js";
import { kernelTimes } from "../../../bench/limits/kernel-times.js";

const event = (name: string, op: string, dur: number, cat = "Node") => ({
  ...{ cat, name: `${name}_kernel_time`, dur, args: { op_name: op } },
});

it("adds up each operator's least time, by the part it belongs to", () => {
  const profile = [
    event("layers.0.attended", "GroupQueryAttention", 3000),
    event("layers.0.attended", "GroupQueryAttention", 2000),
    event("layers.1.attention.shares", "Softmax", 500),
    event("layers.0.qkv.product", "MatMulIntegerToFloat", 4000),
    event("layers.0.qkv", "MatMulNBits", 1000), // of another format, whose product has no parts
    event("layers.0.qkv.scale", "Div", 250),
    event("layers.0.qkv.scale", "Div", 750),
    event("session", "", 9999, "Session"),
    { cat: "Node", name: "layers.0.qkv_fence_before", dur: 9999 },
  ];
  expect(leastByPart(kernelTimes(JSON.stringify(profile)))).toEqual({
    ...{ qkv: 5, attention: 2.5, "attention out": 0, "gate and up": 0, down: 0, elementwise: 0.25 },
  });
});

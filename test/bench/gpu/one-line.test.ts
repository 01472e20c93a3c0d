import { expect, it } from "@jest/globals";
import { oneLine } from "../../../bench/gpu/one-line.js";

it("keeps what was said, without where in a source or on a machine", () => {
  const refused =
    "/onnxruntime_src/onnxruntime/core/webgpu_context.cc:136 Initialize(const Config&)::<lambda()> " +
    "adapter_result.status == Success was false. Failed to get a WebGPU adapter:\n  No supported adapters\n";
  expect(oneLine(refused)).toBe("Failed to get a WebGPU adapter: No supported adapters");
  expect(oneLine("cannot open /home/someone/lib/libcudart.so.12")).toBe("cannot open libcudart.so.12");
  expect(oneLine("x".repeat(500))).toHaveLength(201);
});

import { expect, it } from "@jest/globals";
import { countPlaced, describePlaced, ranOnCard } from "../../../bench/gpu/placed-nodes.js";

const event = (op_name: string, provider: string, cat = "Node", name = "n_kernel_time"): object => ({
  ...{ cat, name },
  args: { op_name, provider: `${provider}ExecutionProvider` },
});

it("counts who ran each node, and what was left to the CPU", () => {
  const placed = countPlaced(
    JSON.stringify([
      ...[event("MatMul", "WebGpu"), event("MatMul", "WebGpu"), event("MatMul", "CPU")],
      ...[event("Shape", "CPU"), event("MemcpyToHost", "WebGpu")],
      event("MatMul", "CPU", "Node", "n_fence_before"),
      event("MatMul", "CPU", "Session"),
    ]),
  );
  expect(placed).toContainEqual({ provider: "WebGpuExecutionProvider", op: "MatMul", nodes: 2 });
  expect(describePlaced(placed)).toBe(
    "2 of 4 nodes on the card (50 %); on the CPU 1 MatMul, 1 Shape; 1 copies between them",
  );
  expect(ranOnCard(placed)).toBe(true);
});

it("does not take copies for work: the CPU did it all", () => {
  const placed = countPlaced(JSON.stringify([event("MatMul", "CPU"), event("MemcpyFromHost", "CUDA")]));
  expect(ranOnCard(placed)).toBe(false);
});

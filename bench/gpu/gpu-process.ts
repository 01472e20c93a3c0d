// Does one task with the runtime; argument: JSON. The last line of stdout is its answer, or what went wrong.
import type { GpuTask } from "./gpu-task.js";
import { matrixPeak } from "./matrix-peak.js";
import { probeProvider } from "./probe-provider.js";
import { runPlans } from "./run-plans.js";

function answer(task: GpuTask): Promise<object> {
  switch (task.kind) {
    case "probe":
      return probeProvider(task.provider);
    case "peak":
      return matrixPeak(task);
    case "plans":
      return runPlans(task);
  }
}

try {
  console.log(JSON.stringify({ value: await answer(JSON.parse(process.argv[2]!) as GpuTask) }));
} catch (error) {
  console.log(JSON.stringify({ failed: error instanceof Error ? error.message : String(error) }));
}

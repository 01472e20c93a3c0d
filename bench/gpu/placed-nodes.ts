import type { PlacedNodes } from "./gpu-task.js";

interface ProfileEvent {
  readonly cat?: string;
  readonly name: string;
  readonly args?: { readonly op_name?: string; readonly provider?: string };
}

/** @param json what the runtime's profiler wrote of one run */
export function countPlaced(json: string): PlacedNodes[] {
  const counts = new Map<string, PlacedNodes>();
  for (const { cat, name, args } of JSON.parse(json) as ProfileEvent[]) {
    if (cat !== "Node" || !name.endsWith("_kernel_time")) continue;
    const { op_name: op = "?", provider = "?" } = args ?? {};
    const key = `${provider} ${op}`;
    counts.set(key, { provider, op, nodes: (counts.get(key)?.nodes ?? 0) + 1 });
  }
  return [...counts.values()];
}

/** Copies between the card and the CPU, which the runtime adds where neighbours are apart. */
const isCopy = ({ op }: PlacedNodes): boolean => op.startsWith("Memcpy");
const onCpu = ({ provider }: PlacedNodes): boolean => provider === "CPUExecutionProvider";
const total = (placed: readonly PlacedNodes[]): number => placed.reduce((sum, { nodes }) => sum + nodes, 0);

/** Whether the card computed anything: a provider that leaves all to the CPU has not run. */
export const ranOnCard = (placed: readonly PlacedNodes[]): boolean =>
  placed.some((one) => !onCpu(one) && !isCopy(one));

export function describePlaced(placed: readonly PlacedNodes[]): string {
  const operators = placed.filter((one) => !isCopy(one));
  const left = operators.filter(onCpu);
  const [all, there] = [total(operators), total(operators) - total(left)];
  const share = `${String(there)} of ${String(all)} nodes on the card (${((100 * there) / all).toFixed(0)} %)`;
  const rest = left.map(({ op, nodes }) => `${String(nodes)} ${op}`).join(", ");
  const copies = `${String(total(placed.filter(isCopy)))} copies between them`;
  return `${share}; on the CPU ${rest === "" ? "none" : rest}; ${copies}`;
}

import { adapterOf, type Adapter } from "./adapter.js";
import { PROVIDERS, type GpuProvider } from "./gpu-task.js";
import { runTask } from "./run-task.js";

export interface ProviderState {
  readonly provider: GpuProvider;
  readonly adapter: Adapter | null;
  /** Why nothing is measured on it; null when it will be. */
  readonly notRun: string | null;
}

const PROBE_TIMEOUT_MS = 120_000;

/** @param software whether an adapter that is no card, or cannot be told from one, will do */
export async function findCards(software: boolean): Promise<ProviderState[]> {
  const states: ProviderState[] = [];
  for (const provider of PROVIDERS) {
    const outcome = await runTask<"probe">({ kind: "probe", provider }, PROBE_TIMEOUT_MS);
    const adapter = "failed" in outcome ? null : await adapterOf(provider, outcome.log);
    states.push({
      provider,
      adapter,
      notRun: "failed" in outcome ? outcome.failed : doubt(adapter, software),
    });
  }
  return states;
}

function doubt(adapter: Adapter | null, software: boolean): string | null {
  if (software) return null;
  if (adapter === null) return "it loaded, and on which adapter cannot be known";
  return adapter.software ? "a software adapter, not a GPU" : null;
}

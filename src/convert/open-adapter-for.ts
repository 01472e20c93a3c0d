import type { Adapter } from "./adapter/adapter.js";
import { openAdapter } from "./adapter/open-adapter.js";
import type { Checkpoint } from "./checkpoint.js";

/**
 * Opens a LoRA adapter for the matrices of a checkpoint.
 * @param dir null or undefined: there is none
 * @throws GuardError `bad_model_file`
 */
export async function openAdapterFor(
  { tensors }: Pick<Checkpoint, "tensors">,
  dir: string | null | undefined,
): Promise<Adapter | null> {
  if (dir == null) return null;
  return openAdapter(dir, new Map([...tensors].map(([name, { shape }]) => [name, shape])));
}

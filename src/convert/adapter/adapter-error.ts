import { GuardError } from "../../base/index.js";

/** What helps with everything that is more than plain LoRA. */
export const MERGE_WITH_PEFT =
  "merge it with PEFT (merge_and_unload, save_pretrained) and convert the merged checkpoint";

/** A `bad_model_file`: the file, what is wrong with it, what to do. */
export const adapterError = (file: string, wrong: string, remedy: string, cause?: unknown): GuardError =>
  new GuardError("bad_model_file", `${file}: ${wrong}; ${remedy}`, { cause });

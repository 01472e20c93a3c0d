import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../machine.js";

interface PolicyFile {
  defaults?: object;
  readonly categories: readonly { threshold?: number; roles?: object }[];
}

/**
 * A folder with the default policy, texts as shipped, that calls nothing unsafe: a check costs what it always does,
 * and none ends an answer that is to be measured to its end.
 */
export function makePatientPolicy(): { readonly dir: string } & Disposable {
  const dir = mkdtempSync(join(tmpdir(), "portcullis-bench-"));
  const policy = JSON.parse(readFileSync(`${ROOT}policies/llama-guard-2.json`, "utf8")) as PolicyFile;
  policy.defaults = { threshold: 1, action: "block" };
  for (const category of policy.categories) {
    delete category.threshold;
    delete category.roles;
  }
  writeFileSync(join(dir, "llama-guard-2.json"), JSON.stringify(policy));
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true }) };
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { countWork } from "../../../bench/quick/count-work.js";
import { PACKAGE_ROOT } from "../../../src/base/index.js";
import { openEngine } from "../../../src/engine/index.js";
import { openPolicyRegistry } from "../../../src/policy/index.js";
import { readPromptTemplates, renderGuardPrompt } from "../../../src/prompt/index.js";

it("counts what bench/expected-counts.json says; `npm run bench -- quick --write` writes it anew", async () => {
  const modelDir = join(PACKAGE_ROOT, "onnx/starter-guard");
  const registry = await openPolicyRegistry({ dir: join(PACKAGE_ROOT, "policies") });
  const { template, categories } = registry.get("llama-guard-2");
  await registry.close();
  const templates = await readPromptTemplates();
  const counts = await countWork({
    openEngine: (options) => openEngine({ ...options, modelDir }),
    promptOf: (conversation) => renderGuardPrompt(templates[template], categories, conversation),
  });
  const expected: unknown = JSON.parse(
    await readFile(join(PACKAGE_ROOT, "bench/expected-counts.json"), "utf8"),
  );
  expect(counts).toEqual(expected);
});

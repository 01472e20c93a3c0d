import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { countGraphs } from "../../../bench/quick/count-graph.js";
import { countWork } from "../../../bench/quick/count-work.js";
import { PACKAGE_ROOT } from "../../../src/base/index.js";
import * as convert from "../../../src/convert/index.js";
import { decoderWeights } from "../../../src/convert/decoder-weights.js";
import { buildDecoderGraph } from "../../../src/convert/graph/decoder-graph.js";
import { GraphBuilder } from "../../../src/convert/graph/graph-builder.js";
import { ARITHMETIC } from "../../../src/convert/graph/linear.js";
import { openEngine } from "../../../src/engine/index.js";
import { openPolicyRegistry } from "../../../src/policy/index.js";
import { readPromptTemplates, renderGuardPrompt } from "../../../src/prompt/index.js";

it("counts what bench/expected-counts.json says; `npm run bench -- quick --write` writes it anew", async () => {
  const modelDir = join(PACKAGE_ROOT, "onnx/starter-guard");
  const registry = await openPolicyRegistry({ dir: join(PACKAGE_ROOT, "policies") });
  const { template, categories } = registry.get("llama-guard-2");
  await registry.close();
  const templates = await readPromptTemplates();
  const work = await countWork({
    openEngine: (options) => openEngine({ ...options, modelDir }),
    promptOf: (conversation) => renderGuardPrompt(templates[template], categories, conversation),
  });
  const graphs = await countGraphs(
    { ...convert, decoderWeights, buildDecoderGraph, GraphBuilder, ARITHMETIC },
    join(PACKAGE_ROOT, "training/starter/checkpoint"),
  );
  const expected: unknown = JSON.parse(
    await readFile(join(PACKAGE_ROOT, "bench/expected-counts.json"), "utf8"),
  );
  expect({ ...work, ...graphs }).toEqual(expected);
});

import type { GraphRun } from "../../engine/child/graph-run.js";
import { createStepInputs } from "../../engine/child/step-inputs.js";
import { createKvRows } from "../../engine/kv-rows.js";
import type { ModelGeometry } from "../../model/index.js";
import { createRandom } from "../random.js";
import { newTokensOf, type PackedPlan } from "./packed-plan.js";

/** The plan as the engine hands it to a graph, tokens and the head's rows drawn from a seed. */
export function planRun(geometry: ModelGeometry, plan: PackedPlan, seed: number): GraphRun {
  const { headTokens, sequences } = plan;
  const random = createRandom(seed);
  const past = createKvRows(geometry, headTokens);
  for (const rows of [...past.keys, ...past.values])
    // evenly spread, of variance 1, as keys and values of normalised noise are
    for (let i = 0; i < rows.length; i++) rows[i] = (2 * random() - 1) * Math.sqrt(3);
  const pieces = sequences.map((take) => ({
    tokens: Array.from({ length: headTokens + take }, () => Math.floor(random() * geometry.vocabSize)),
    ...{ from: headTokens, take, headTokens, attachedAt: headTokens, attached: 0, read: true },
  }));
  const inputs = createStepInputs(newTokensOf(plan)).fill(pieces, headTokens);
  return { ...inputs, past, pastTokens: headTokens };
}

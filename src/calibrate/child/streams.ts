import { GuardError } from "../../base/index.js";
import { openGraph } from "../../runtime/index.js";
import type { Answers, Ask } from "../protocol.js";
import { runLayer } from "./run-layer.js";

/** The hidden states of all tokens, twice: as exact arithmetic has them, and as the format has them. */
export interface Streams {
  embed(ask: Extract<Ask, { kind: "embed" }>): null;
  exact(ask: Extract<Ask, { kind: "exact" }>): Promise<Answers["exact"]>;
  rounded(ask: Extract<Ask, { kind: "rounded" }>): Promise<Answers["rounded"]>;
  last(): Answers["last"];
}

export function createStreams(
  { plan, rows, shape, threads }: Extract<Ask, { kind: "begin" }>,
  onRan: (tokens: number) => void,
): Streams {
  const width = shape.hiddenSize;
  const { from, to } = plan.measured;
  const exact = new Float32Array(rows * width);
  const rounded = new Float32Array(to * width);

  async function pass(graphPath: string, stream: Float32Array, probe: boolean): Promise<Answers["exact"]> {
    const graph = await openGraph({ graphPath, threads });
    try {
      return await runLayer({ graph, plan, shape, stream, probe, onRan });
    } finally {
      await graph.close();
    }
  }

  const lastOf = (stream: Float32Array): Float32Array => {
    const picked = new Float32Array(plan.lastRows.length * width);
    plan.lastRows.forEach((row, index) => {
      picked.set(stream.subarray(row * width, (row + 1) * width), index * width);
    });
    return picked;
  };

  return {
    embed({ fromRow, hidden }) {
      const at = fromRow * width;
      exact.set(hidden, at);
      if (at < rounded.length) rounded.set(hidden.subarray(0, rounded.length - at), at);
      return null;
    },
    exact: ({ graphPath, probe }) => pass(graphPath, exact, probe),
    async rounded({ graphPath }) {
      await pass(graphPath, rounded, false);
      return relativeError(
        rounded.subarray(from * width, to * width),
        exact.subarray(from * width, to * width),
      );
    },
    last: () => ({ exact: lastOf(exact), rounded: lastOf(rounded) }),
  };
}

/** @throws GuardError `bad_model_file` when a number is not finite */
function relativeError(values: Float32Array, expected: Float32Array): number {
  let [squares, ofDifference] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    squares += expected[i]! ** 2;
    ofDifference += (values[i]! - expected[i]!) ** 2;
  }
  if (!Number.isFinite(squares))
    throw new GuardError("bad_model_file", "a layer computes NaN or infinity; download the checkpoint again");
  if (!Number.isFinite(ofDifference))
    throw new GuardError("bad_model_file", "the format cannot hold what a layer computes; choose another");
  return Math.sqrt(ofDifference / (squares || 1));
}

import { basename, dirname } from "node:path";
import { AutoModelForCausalLM, DynamicCache, env, Tensor } from "@huggingface/transformers";
import { judgeEach, unsafeShare, type Peer, type PeerSetup, type PeerVocabulary } from "./peer.js";
import type { Prompt } from "./prompt.js";

type Model = Awaited<ReturnType<typeof AutoModelForCausalLM.from_pretrained>>;
type Outputs = Readonly<Record<string, Tensor>>;

/** Tokens that the model has read, and what it keeps of them; null when there are none. */
interface Seen {
  readonly ids: readonly number[];
  readonly past: DynamicCache | null;
}
const NOTHING: Seen = { ids: [], past: null };

/**
 * transformers.js on ONNX Runtime's CPU. It has no batches of unequal prompts without padding, which would cost more than it
 * saves here, so questions at once wait for one another.
 */
export async function openTransformers(
  { path, dtype, threads, reuseHead }: Extract<PeerSetup, { kind: "transformers" }>,
  { safe, unsafe }: PeerVocabulary,
): Promise<Peer> {
  env.allowRemoteModels = false;
  env.localModelPath = `${dirname(path)}/`;
  const model = await AutoModelForCausalLM.from_pretrained(basename(path), {
    ...{ dtype, device: "cpu", local_files_only: true, use_external_data_format: true },
    session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  });
  const heads = new Map<Prompt["role"], Seen>();

  const headOf = async ({ role, ids, headTokens }: Prompt): Promise<Seen> => {
    const known = heads.get(role);
    if (known !== undefined) return known;
    const head = ids.slice(0, headTokens);
    const made = { ids: head, past: cacheOf(await run(model, head, NOTHING)) };
    heads.set(role, made);
    return made;
  };

  let before = Promise.resolve();
  const judge = async (prompt: Prompt): Promise<number> => {
    const head = reuseHead ? await headOf(prompt) : NOTHING;
    const { logits } = await run(model, prompt.ids.slice(head.ids.length), head);
    const scores = logits!.data as Float32Array;
    return unsafeShare(scores[safe]!, scores[unsafe]!);
  };

  return {
    judge: (prompts, atOnce) =>
      judgeEach(prompts, atOnce, (prompt) => {
        const mine = before.then(() => judge(prompt));
        before = mine.then(() => undefined);
        return mine;
      }),
    async write({ ids }, tokens) {
      let seen = NOTHING;
      let next = ids;
      let firstMs = 0;
      for (let written = 0; written <= tokens; written++) {
        const outputs = await run(model, next, seen);
        if (firstMs === 0) firstMs = performance.now();
        seen = { ids: [...seen.ids, ...next], past: cacheOf(outputs) };
        next = [likeliest(outputs["logits"]!.data as Float32Array)];
      }
      return { tokenMs: (performance.now() - firstMs) / tokens, tokens };
    },
    close: async () => {
      await model.dispose();
    },
  };
}

/** One call of the model behind what it has seen. */
function run(model: Model, ids: readonly number[], seen: Seen): Promise<Outputs> {
  const total = seen.ids.length + ids.length;
  const int64 = (values: readonly number[]): Tensor =>
    new Tensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);
  const call = model as unknown as (inputs: object) => Promise<Outputs>;
  return call({
    input_ids: int64(ids),
    attention_mask: int64(new Array<number>(total).fill(1)),
    num_logits_to_keep: new Tensor("int64", BigInt64Array.of(1n), []),
    past_key_values: seen.past,
  });
}

/** What a call has left behind, under the names of the next one's inputs. */
const cacheOf = (outputs: Outputs): DynamicCache =>
  new DynamicCache(
    Object.fromEntries(
      Object.entries(outputs)
        .filter(([name]) => name.startsWith("present."))
        .map(([name, tensor]) => [name.replace("present", "past_key_values"), tensor]),
    ),
  );

const likeliest = (scores: Float32Array): number =>
  scores.reduce((best, score, token) => (score > scores[best]! ? token : best), 0);

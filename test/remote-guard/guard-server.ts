import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ScoreRequest } from "../../src/engine/index.js";
import type { ServerName } from "../../src/line/index.js";
import { openRemoteGuard, type RemoteGuard, type RemoteGuardOptions } from "../../src/remote-guard/index.js";
import { openTextThread, type TextThread } from "../../src/remote-guard/open-text-thread.js";
import { createTokenizer, type Tokenizer } from "../../src/tokenizer/index.js";
import {
  json,
  openScriptedUpstream,
  SCRIPTED_MODEL,
  type Script,
  type ScriptedUpstream,
  type UpstreamRequest,
} from "../fixtures/scripted-upstream.js";
import { tempFolder } from "../fixtures/temp-folder.js";
import { tinyTokenizer } from "../fixtures/tiny-tokenizer.js";

const { tokenizerJson } = tinyTokenizer();
export const TOKENIZER: Tokenizer = createTokenizer(tokenizerJson);
export const TOKENIZER_PATH = join(tempFolder(), "tokenizer.json");
writeFileSync(TOKENIZER_PATH, JSON.stringify(tokenizerJson));

export const tokenOf = (text: string): number => {
  const [token, ...rest] = TOKENIZER.encodeText(text);
  if (token === undefined || rest.length > 0) throw new Error(`${text} is not one token`);
  return token;
};
export const controlOf = (name: string): number => TOKENIZER.encode([{ control: name }])[0]!;
export const [SAFE, UNSAFE, END] = [tokenOf("safe"), tokenOf("unsafe"), controlOf("<|eot_id|>")];

export const question = (text: string, more: Partial<ScoreRequest> = {}): ScoreRequest => ({
  prompt: [
    { control: "<|begin_of_text|>" },
    { text: "Policy.\n\n", shared: true },
    { text: `User: ${text}\n\n` },
  ],
  answer: { prefix: "", codes: ["S1", "S2", "S10"] },
  decodeFrom: 0.5,
  ...more,
});

/** Probabilities by token id, of what follows the tokens of a prompt. */
export type Model = (tokens: readonly number[]) => ReadonlyMap<number, number>;

export const sure = (shares: readonly (readonly [number, number])[]): Model => {
  const all = new Map([...shares, [tokenOf("q"), 1e-6], [tokenOf("z"), 1e-7]]);
  return () => all;
};

/** What vLLM answers, when `model` is what it runs. */
export function vllmAnswer(model: Model, { body }: UpstreamRequest): Script {
  const prompt = body!["prompt"] as number[];
  const top = [...model(prompt)].map(([id, share]) => [`token_id:${String(id)}`, Math.log(share)] as const);
  return json({
    choices: [{ index: 0, text: "?", logprobs: { top_logprobs: [Object.fromEntries(top)] } }],
    usage: { prompt_tokens: prompt.length },
  });
}

/** What llama.cpp's server answers. The texts of its tokens are wrong: only ids count. */
export function llamaCppAnswer(model: Model, { body }: UpstreamRequest, more: object = {}): Script {
  const prompt = body!["prompt"] as number[];
  const top = [...model(prompt)].map(([id, share]) => ({ id, token: "safe", logprob: Math.log(share) }));
  return json({
    content: "safe",
    completion_probabilities: [{ ...top[0], top_logprobs: top }],
    ...{ truncated: false, tokens_evaluated: prompt.length, timings: { prompt_n: 3 } },
    ...more,
  });
}

export type Answering = (request: UpstreamRequest, nth: number) => Script;

/** A server of which `answer` gives what it says to questions; the rest is as it should be. */
export function openGuardServer(
  server: ServerName,
  answer: Answering,
  port = 0,
  tokenized: object | null = null,
): Promise<ScriptedUpstream> {
  let nth = 0;
  return openScriptedUpstream((request) => {
    const { path, body } = request;
    if (path === "/v1/models") return json({ data: [{ id: SCRIPTED_MODEL, max_model_len: 512 }] });
    if (path === "/props") return json({ default_generation_settings: { n_ctx: 512 } });
    if (path === "/info") return json({ max_total_tokens: 512 });
    if (path === "/health") return json({});
    if (path === "/tokenize") {
      const text = body![server === "vllm" ? "prompt" : "content"] as string;
      return json(tokenized ?? { tokens: TOKENIZER.encodeText(text) });
    }
    return answer(request, nth++);
  }, port);
}

/** One for all: a thread takes longer to start than most tests take. */
let shared: Promise<TextThread> | undefined;
export const sharedText = async (): Promise<TextThread> => ({
  ...(await (shared ??= openTextThread(TOKENIZER_PATH))),
  close: () => Promise.resolve(),
});
export const closeSharedText = async (): Promise<void> => (await shared)?.close();

export const openGuard = (
  { baseUrl }: Pick<ScriptedUpstream, "baseUrl">,
  options: Partial<RemoteGuardOptions> = {},
): Promise<RemoteGuard> =>
  openRemoteGuard({
    ...{ server: "vllm", baseUrl, model: SCRIPTED_MODEL, apiKey: null, tokenizerPath: TOKENIZER_PATH },
    ...{ verdicts: "scores", contextTokens: null, template: "llama-guard-2", notice: "Made up." },
    ...{ waitingTokens: 10_000, connectTimeoutMs: 1_000, silenceMs: 5_000, retries: 0, drainMs: 0 },
    clock: { sleep: () => new Promise((resolve) => setTimeout(resolve, 10)), random: () => 0 },
    openText: sharedText,
    ...options,
  });

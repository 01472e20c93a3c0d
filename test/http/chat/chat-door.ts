import { expect } from "@jest/globals";
import { GuardError } from "../../../src/base/index.js";
import { createChatGate } from "../../../src/chat/index.js";
import type { GenerationRequest, Generator, GeneratorInfo } from "../../../src/generation/index.js";
import { validatorAt } from "../../../src/http/contract.js";
import { DEFAULT_CHAT_LIMITS, type ChatServing, type HttpOptions } from "../../../src/http/index.js";
import { DEFAULT_CHAT_RULES, type Policy, type PolicyRegistry } from "../../../src/policy/index.js";
import {
  finished,
  scriptedGenerator,
  scriptedGuard,
  text,
  USAGE,
  type Script,
  type Step,
} from "../../chat/scripted.js";
import { openDoor, type Answer, type Door } from "../door.js";
import { POLICY } from "../fakes.js";

export const MODEL = "writer";
export const CHAT = "/v1/chat/completions";
export const COMPLETIONS = "/v1/completions";

export const INFO: GeneratorInfo = { modelId: MODEL, notice: "A toy.", contextTokens: 8192, tools: true };

/** What an operator gets who decides nothing. */
export const OPERATOR: ChatServing["options"] = {
  before: "parallel",
  stream: { maxUnjudgedTokens: 0, checkTokens: 4 },
  failOpen: { input: false, output: false },
  checkDeadlineMs: 5000,
};

export const ask = (fields: object = {}): object => ({
  model: MODEL,
  messages: [{ role: "user", content: "Hello" }],
  ...fields,
});

export interface Setup {
  /** What the guard says; lets everything pass by default. */
  readonly guard?: Script;
  /** What the generator says; by default two words. */
  readonly steps?: readonly Step[];
  readonly info?: Partial<GeneratorInfo>;
  readonly operator?: Partial<ChatServing["options"]>;
  readonly limits?: Partial<ChatServing["limits"]>;
  readonly policy?: Partial<Policy>;
  readonly http?: Partial<HttpOptions>;
}

export const GREETING: readonly Step[] = [text(0, "Hel"), text(0, "lo."), finished(0), USAGE];

export interface ChatDoor extends Door {
  /** What the generator was asked for. */
  readonly asked: GenerationRequest[];
  readonly guard: ReturnType<typeof scriptedGuard>;
  readonly seen: ReturnType<typeof scriptedGenerator>["seen"];
  /** One event after the other, as they were sent. */
  stream(body: object, headers?: Record<string, string>, path?: string): Promise<StreamedAnswer>;
}

/** A server whose guard and generator follow a script. */
export async function openChatDoor(setup: Setup = {}): Promise<ChatDoor> {
  const generator = scriptedGenerator(...(setup.steps ?? GREETING));
  const asked: GenerationRequest[] = [];
  const noting: Pick<Generator, "generate"> = {
    generate(request, options) {
      asked.push(request);
      return generator.generate(request, options);
    },
  };
  const guard = scriptedGuard(setup.guard);
  const policy: Policy = { ...POLICY, ...setup.policy };
  const door = await openDoor({
    guard,
    policies: registryOf(policy),
    chat: {
      gate: createChatGate({ guard, generator: noting }),
      generator: { info: { ...INFO, ...setup.info } },
      options: { ...OPERATOR, ...setup.operator },
      limits: { ...DEFAULT_CHAT_LIMITS, ...setup.limits },
    },
    ...setup.http,
  });
  const stream: ChatDoor["stream"] = async (body, headers = {}, path = CHAT) =>
    streamedAnswer(await door.post(path, { ...body, stream: true }, headers));
  return { ...door, asked, guard, seen: generator.seen, stream };
}

/** The policy under its own id, and by default rules of chat under the id `other`. */
export const registryOf = (policy: Policy): PolicyRegistry => ({
  get(id) {
    if (id === policy.id) return policy;
    if (id === "other") return { ...policy, ...DEFAULT_CHAT_RULES, id: "other" };
    throw new GuardError("policy_not_found", "no policy has this id");
  },
  list: () => [policy],
});

export interface StreamedAnswer extends Answer {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into what comes, of any shape
  readonly chunks: readonly any[];
  readonly done: boolean;
  /** Of the first choice. */
  readonly content: string;
}

const isChunk = validatorAt("/components/schemas/ChatCompletionChunk");
const isCompletion = validatorAt("/components/schemas/Completion");
const isError = validatorAt("/components/schemas/Error");

/** Reads server-sent events by the letter, and holds each against the contract. */
export function streamedAnswer(answer: Answer): StreamedAnswer {
  const raw = String(answer.body);
  expect(raw).toMatch(/^(?:(?:data: [^\n]+|: ping)\n\n)*$/);
  const lines = raw.split("\n\n").filter((line) => line.startsWith("data: "));
  const payloads = lines.map((line) => line.slice("data: ".length));
  const done = payloads.at(-1) === "[DONE]";
  const chunks = (done ? payloads.slice(0, -1) : payloads).map((one) => JSON.parse(one) as Chunk);
  for (const chunk of chunks) {
    const isValid = "error" in chunk ? isError : chunk.object === "text_completion" ? isCompletion : isChunk;
    isValid(chunk);
    expect([chunk, isValid.errors ?? []]).toEqual([chunk, []]);
  }
  return { ...answer, chunks, done, content: chunks.map(contentOf).join("") };
}

interface Chunk {
  readonly object?: string;
  readonly choices?: { index: number; text?: string; delta?: { content?: string } }[];
}

const contentOf = ({ choices = [] }: Chunk): string =>
  choices
    .flatMap(({ index, text: said, delta }) => (index === 0 ? [said ?? delta?.content ?? ""] : []))
    .join("");

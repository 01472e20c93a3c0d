import { setTimeout } from "node:timers/promises";
import type { EngineOptions, ScoreResult, StepReport } from "../../engine/index.js";
import type { PromptSpan } from "../../model/index.js";
import type { Conversation } from "../../prompt/index.js";
import { someWords } from "../messages.js";
import { createRandom } from "../random.js";

/** What a case costs in things that can be counted: the same on every machine, whatever else it does. */
export interface Counts {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly computedTokens: number;
  /** Runs of the graph; for questions asked at once it depends on how they arrive, and is not counted. */
  readonly steps: number | null;
  /** Rows of cache that these runs looked at, heads included; not counted either where steps are not. */
  readonly pastTokens: number | null;
}

/** Rooms of the product, handed in: tests run them from their sources, the bench as they are built. */
export interface CountedRooms {
  openEngine(options: Pick<EngineOptions, "onStep">): Promise<CountedEngine>;
  promptOf(conversation: Conversation): readonly PromptSpan[];
}

interface CountedEngine {
  score(request: {
    readonly prompt: readonly PromptSpan[];
    readonly answer: { readonly prefix: string; readonly codes: readonly string[] };
    readonly decodeFrom: number;
  }): Promise<ScoreResult>;
  close(): Promise<void>;
}

/** More than any P(unsafe): decoded codes would depend on the weights. */
const NEVER = 2;
const AT_ONCE = 16;

const user = (content: string): Conversation => [{ role: "user", content }];

function cases(): Record<string, { readonly asked: readonly Conversation[]; readonly atOnce: boolean }> {
  const random = createRandom(11);
  const words = (count: number): string => someWords(count, random);
  const said = Array.from({ length: 8 }, (_, i) => ({
    ...{ role: i % 2 === 0 ? ("user" as const) : ("assistant" as const), content: words(20) },
  }));
  const answer = words(160).split(" ");
  const growing = Array.from({ length: 8 }, (_, i) => answer.slice(0, 20 * (i + 1)).join(" "));
  return {
    "the first message of all": { asked: [user(words(12))], atOnce: false },
    "messages one at a time": { asked: Array.from({ length: 8 }, () => user(words(24))), atOnce: false },
    "a message longer than a step": { asked: [user(words(400))], atOnce: false },
    "a conversation turn by turn": {
      asked: said.map((_, i): Conversation => [said[0]!, ...said.slice(1, i + 1)]),
      atOnce: false,
    },
    "an answer while it is written": {
      asked: growing.map((content): Conversation => [said[0]!, { role: "assistant", content }]),
      atOnce: false,
    },
    "messages at once": { asked: Array.from({ length: AT_ONCE }, () => user(words(24))), atOnce: true },
  };
}

/** One engine for all cases, in order: later ones find the heads that earlier ones had computed. */
export async function countWork({ openEngine, promptOf }: CountedRooms): Promise<Record<string, Counts>> {
  const steps: StepReport[] = [];
  const engine = await openEngine({ onStep: (report) => steps.push(report) });
  const counted: Record<string, Counts> = {};
  try {
    for (const [name, { asked, atOnce }] of Object.entries(cases())) {
      steps.length = 0;
      const ask = (conversation: Conversation): Promise<ScoreResult> =>
        engine.score({
          ...{ prompt: promptOf(conversation), decodeFrom: NEVER, answer: { prefix: "", codes: ["S1"] } },
        });
      const results: ScoreResult[] = [];
      if (atOnce) results.push(...(await Promise.all(asked.map(ask))));
      else for (const conversation of asked) results.push(await ask(conversation));
      const computedTokens = sum(results, ({ usage }) => usage.computedTokens);
      await reported(steps, computedTokens);
      counted[name] = {
        promptTokens: sum(results, ({ usage }) => usage.promptTokens),
        cachedTokens: sum(results, ({ usage }) => usage.cachedTokens),
        computedTokens,
        steps: atOnce ? null : steps.length,
        pastTokens: atOnce ? null : sum(steps, ({ pastTokens }) => pastTokens),
      };
    }
    return counted;
  } finally {
    await engine.close();
  }
}

/** The report of a step comes after the answers it gave. */
async function reported(steps: readonly StepReport[], tokens: number): Promise<void> {
  for (let waits = 0; sum(steps, ({ newTokens }) => newTokens) < tokens; waits++) {
    if (waits > 1000) throw new Error("steps computed fewer tokens than answers say");
    await setTimeout(10);
  }
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

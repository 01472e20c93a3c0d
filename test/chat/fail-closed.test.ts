import { describe, expect, it } from "@jest/globals";
import { GuardError } from "../../src/base/index.js";
import { createChatGate, type ChatEvent, type ChatGateOptions } from "../../src/chat/index.js";
import type { GenerationEvent } from "../../src/generation/index.js";
import {
  collect,
  FAULTS,
  finished,
  hang,
  OPTIONS,
  request,
  scriptedGenerator,
  scriptedGuard,
  text,
  textsOf,
  USAGE,
  type Script,
  type Step,
} from "./scripted.js";

/** What the guard does, the first or only time it is asked about a prompt or the k-th time about an answer. */
const FAILURES: Readonly<Record<string, Script>> = {
  "times out": ({ signal }) => hang(signal),
  crashes: () => Promise.reject(FAULTS.crash),
  "breaks unexpectedly": () => Promise.reject(new TypeError("undefined is not a function")),
  "cannot be read": () => Promise.reject(FAULTS.unreadable),
  "is overloaded": () => Promise.reject(FAULTS.overloaded),
};
const CALLERS_FAILURES: Readonly<Record<string, Script>> = {
  "finds it too large": () => Promise.reject(new GuardError("too_large", "too many windows")),
  "was canceled": () => Promise.reject(new GuardError("canceled", "another part failed")),
};
const BLOCKS: Script = () => "block";

const atInput =
  (what: Script): Script =>
  (asked) =>
    asked.role === "user" ? what(asked) : "allow";
const atCheck =
  (nth: number, what: Script): Script =>
  (asked) =>
    asked.role === "assistant" && asked.nth === nth ? what(asked) : "allow";

const ENDINGS = ["ends", "fails midway", "hangs"] as const;
type Ending = (typeof ENDINGS)[number];

/** Choices begin differently, so that a verdict on one is never taken for a verdict on another. */
const wordsOf = (choice: number): string[] => [
  ...[`No. ${String(choice)}: `, "Once ", "upon", " a ", "time. ", "There", " was", " a ", "king"],
];
const lookFor = (choice: number): string => `{"up":"kings ${String(choice)}"}`;

function stepsOf(ending: Ending, choices: number, tools: boolean): Step[] {
  const all = Array.from({ length: choices }, (_, choice) => choice);
  const call = (choice: number): GenerationEvent[] =>
    [
      ...[
        { type: "toolCall", choice, index: 0, id: "1", name: "look", arguments: lookFor(choice).slice(0, 6) },
      ],
      ...[{ type: "toolCall", choice, index: 0, arguments: lookFor(choice).slice(6) }],
    ] as GenerationEvent[];
  const said = wordsOf(0).flatMap((_, at) => all.map((choice) => text(choice, wordsOf(choice)[at]!)));
  const half = said.slice(0, Math.ceil(said.length / 2));
  if (ending === "hangs") return [...half, "hang"];
  if (ending === "fails midway") return [...half, new GuardError("upstream_failed", "gone")];
  const ends = all.map((choice) => finished(choice, tools ? "tool_calls" : "stop"));
  return [...said, ...(tools ? all.flatMap(call) : []), ...ends, USAGE];
}

interface Setting {
  readonly before: ChatGateOptions["before"];
  readonly checkTokens: number;
  readonly choices: number;
  readonly tools: boolean;
}

const SETTINGS: readonly Setting[] = (["parallel", "first"] as const).flatMap((before) =>
  [1, 3, 1000].flatMap((checkTokens) =>
    [1, 2, 3, 4].flatMap((choices) =>
      [false, true].map((tools) => ({ before, checkTokens, choices, tools })),
    ),
  ),
);

interface Outcome extends Setting {
  readonly got: readonly ChatEvent[];
  readonly thrown: unknown;
  /** By choice, what got out without a check of it that passed. */
  readonly leaked: readonly string[];
}

async function outcomeOf(
  setting: Setting,
  script: Script,
  ending: Ending,
  failOpen: ChatGateOptions["failOpen"],
): Promise<Outcome> {
  const { before, checkTokens, choices, tools } = setting;
  const guard = scriptedGuard(script);
  const generator = scriptedGenerator(...stepsOf(ending, choices, tools));
  const stop = new AbortController();
  const late = (): void => stop.abort(new GuardError("deadline_exceeded", "late"));
  const deadline = ending === "hangs" ? setTimeout(late, 250) : undefined;
  const stream = { maxUnjudgedTokens: 0, checkTokens };
  const events = createChatGate({ guard, generator }).respond(request({ choices }), {
    ...{ ...OPTIONS, before, stream, failOpen, checkDeadlineMs: 3 },
    signal: stop.signal,
  });
  const leaked = Array.from({ length: choices }, () => "");
  const out = leaked.slice();
  const watched = (async function* () {
    for await (const event of events) {
      if (event.type === "text") {
        const now = (out[event.choice] += event.text);
        if (!guard.passed.some((passed) => passed.startsWith(now))) leaked[event.choice] += event.text;
      }
      if (event.type === "toolCall") {
        const line = `${event.call.name} ${event.call.arguments}`;
        if (!guard.passed.some((passed) => passed.endsWith(line))) leaked[event.choice] += line;
      }
      yield event;
    }
  })();
  const { got, thrown } = await collect(watched);
  clearTimeout(deadline);
  return { ...setting, got, thrown, leaked };
}

/** What comes of every combination of the settings. */
const everyOutcome = (
  script: Script,
  ending: Ending,
  failOpen: ChatGateOptions["failOpen"] = { input: false, output: false },
): Promise<Outcome[]> => Promise.all(SETTINGS.map((setting) => outcomeOf(setting, script, ending, failOpen)));

/** Every choice ends once and says nothing afterwards; an error ends all of them. */
function expectOrderly({ got, thrown, choices }: Outcome): void {
  const failed = thrown !== null || got.some(({ type }) => type === "error");
  for (let choice = 0; choice < choices; choice++) {
    const own = got.filter((event) => "choice" in event && event.choice === choice);
    const ends = own.filter(({ type }) => type === "finished");
    expect(failed ? ends.length <= 1 : ends.length === 1).toBe(true);
    if (ends.length === 1) expect(own.at(-1)).toBe(ends[0]);
  }
  if (got.some(({ type }) => type === "error")) expect(got.at(-1)?.type).toBe("error");
}

function expectWhole({ got, thrown, choices }: Outcome): void {
  expect(thrown).toBeNull();
  for (let choice = 0; choice < choices; choice++)
    expect(textsOf(got, choice)).toBe(wordsOf(choice).join(""));
  expect(got.slice(-2).map(({ type }) => type)).toEqual(["verdicts", "usage"]);
}

const SCRIPTS: [string, Script][] = [
  ["finds all safe", () => "allow"],
  ["finds the prompt unsafe", atInput(BLOCKS)],
  ...[0, 1, 2].map((nth): [string, Script] => [
    `finds the answer unsafe at check ${String(nth)}`,
    atCheck(nth, BLOCKS),
  ]),
  ...Object.entries({ ...FAILURES, ...CALLERS_FAILURES }).flatMap(([name, failure]): [string, Script][] => [
    [`${name} at the prompt`, atInput(failure)],
    [`${name} at the second check`, atCheck(1, failure)],
  ]),
];
const cells = SCRIPTS.flatMap(([name, script]) => ENDINGS.map((ending) => [name, ending, script] as const));

describe("with every gate closed on failure", () => {
  it.concurrent.each(cells)(
    "no unjudged letter leaves: the guard %s, the generator %s",
    async (_, ending, script) => {
      for (const outcome of await everyOutcome(script, ending)) {
        expect(outcome.leaked.join("")).toBe("");
        expectOrderly(outcome);
      }
    },
  );

  it("a prompt that is not judged safe lets nothing out at all", async () => {
    for (const script of [BLOCKS, ...Object.values({ ...FAILURES, ...CALLERS_FAILURES })])
      for (const { got } of await everyOutcome(atInput(script), "ends"))
        expect(got.filter(({ type }) => type === "text" || type === "toolCall")).toEqual([]);
  });

  it("what is safe comes through whole", async () => {
    for (const outcome of await everyOutcome(() => "allow", "ends")) expectWhole(outcome);
  });
});

describe("with a gate open on failure", () => {
  const open = { input: true, output: true };

  it.each(Object.entries(FAILURES))("all comes through, marked, when the guard %s", async (_, failure) => {
    for (const outcome of await everyOutcome(failure, "ends", open)) {
      const { got, choices, leaked } = outcome;
      expectWhole(outcome);
      const marked = got.flatMap((event) => (event.type === "degraded" ? [event.choice] : []));
      expect(marked.sort()).toEqual([...leaked.keys(), null].sort());
      expect(leaked.filter((text) => text.length > 0)).toHaveLength(choices);
      expect(got.findIndex(({ type }) => type === "text")).toBeGreaterThan(
        got.findIndex(({ type }) => type === "degraded"),
      );
    }
  });

  it.each(Object.entries(FAILURES))("marks only what passed while the guard %s", async (_, failure) => {
    for (const outcome of await everyOutcome(atCheck(0, failure), "ends", open)) {
      expectWhole(outcome);
      const marks = outcome.got.filter((event) => event.type === "degraded");
      const leaking = [...outcome.leaked.keys()].filter((choice) => outcome.leaked[choice] !== "");
      expect(marks).toHaveLength(1); // one check of one choice failed
      expect(marks).toMatchObject(leaking.map((choice) => ({ stage: "output", choice })));
    }
  });

  it.each(Object.entries(CALLERS_FAILURES))("stays shut when the guard %s", async (_, failure) => {
    for (const script of [atInput(failure), atCheck(0, failure)])
      for (const { leaked, got, thrown } of await everyOutcome(script, "ends", open)) {
        expect(leaked.join("")).toBe("");
        expect(thrown !== null || got.at(-1)?.type === "error").toBe(true);
      }
  });
});

import type { Generator } from "../generation/index.js";
import type { Guard, Judgement } from "../guard/index.js";
import type { GateStage } from "../policy/index.js";
import { recordDegraded, recordFirstText } from "../telemetry/index.js";
import type { ChatEvent, ChatGateOptions, ChatRequest, StageVerdict } from "./chat-gate.js";
import { createAnswerGate } from "./create-answer-gate.js";
import { createStageJudge, type Ruling, type StageJudge } from "./create-stage-judge.js";
import { followGeneration } from "./follow-generation.js";
import { judgedPrompt, withAnswer } from "./judged-conversation.js";
import type { Outbox } from "./outbox.js";

interface RespondDeps {
  readonly guard: Guard;
  readonly generator: Pick<Generator, "generate">;
  readonly clock: () => number;
  /** Aborts when nobody reads any more, and when the work is over. */
  readonly signal: AbortSignal;
  readonly outbox: Outbox;
}

/**
 * Lets one request through the gates: prompt, then answers. Resolves when all was said; what is then still
 * being written is left to the signal.
 * @throws GuardError of guard or generator, where the gates fail closed
 */
export async function respond(
  { guard, generator, clock, signal, outbox }: RespondDeps,
  request: ChatRequest,
  options: ChatGateOptions,
): Promise<void> {
  const { generation } = request;
  const { modes, before, refusal } = options;
  const prompt = judgedPrompt(generation.input);
  const put = timingFirstText(outbox, clock);
  const judgeAt = (gate: GateStage): StageJudge =>
    createStageJudge({ guard, request, gate, options, signal });

  const answers = Array.from({ length: generation.choices }, (_, choice) =>
    createAnswerGate({
      choice,
      options,
      conversation: (answer) => withAnswer(prompt, answer),
      judge: judgeAt("output"),
      put,
      clock,
    }),
  );
  const generate = () => {
    const events = generator.generate(generation, { signal });
    return followGeneration(events, answers, outbox, signal);
  };
  const sayVerdicts = (input: StageVerdict, output: readonly StageVerdict[]): void =>
    put({ type: "verdicts", input, output, systemLeftOut: prompt.systemLeftOut });
  const refuseAll = (judgement: Judgement): void => {
    for (const choice of answers.keys()) {
      put({ type: "blocked", stage: "input", choice, judgement, refusal });
      put({ type: "finished", choice, reason: "content_filter" });
    }
    const unasked = answers.map(() => null);
    sayVerdicts(judgement, unasked);
  };

  const entering = judgeAt("input")(prompt.conversation, "before");
  const unheld = modes.input === "shadow"; // then neither model nor reader waits for the verdict
  const early = unheld || before === "parallel" ? generate() : null;
  const entrance = unheld ? null : await unlessFailed(early, entering);
  if (entrance?.kind === "fail") throw entrance.error;
  if (entrance?.kind === "block") return refuseAll(entrance.verdict);
  if (entrance?.kind === "degraded") {
    put({ type: "degraded", stage: "input", choice: null, code: entrance.verdict });
    recordDegraded({ stage: "before" });
  }

  const generated = early ?? generate();
  for (const answer of answers) answer.open();
  const output = await unlessFailed(generated, Promise.all(answers.map(({ over }) => over)));
  sayVerdicts(verdictOf(entrance ?? (await entering)), output);
  if (!answers.every(({ written }) => written)) return;
  const usage = await generated;
  if (usage !== null) put(usage);
}

/** What is awaited, or the failure of the generation without which it is of no use. */
const unlessFailed = <T>(generated: Promise<unknown> | null, awaited: Promise<T>): Promise<T> =>
  generated === null ? awaited : Promise.race([awaited, generated.then(() => awaited)]);

function verdictOf(ruling: Ruling): StageVerdict {
  if (ruling.kind === "fail") throw ruling.error;
  return ruling.verdict;
}

function timingFirstText(outbox: Outbox, clock: () => number): (event: ChatEvent) => void {
  const startMs = clock();
  let spoken = false;
  return (event) => {
    if (event.type === "text" && !spoken) recordFirstText((clock() - startMs) / 1000);
    spoken ||= event.type === "text";
    outbox.put(event);
  };
}

import { GuardError } from "../base/index.js";
import type { FinishReason, GenerationEvent } from "../generation/index.js";
import type { Conversation } from "../prompt/index.js";
import { recordDegraded } from "../telemetry/index.js";
import { createAnswer, type Look } from "./answer.js";
import type { ChatEvent, ChatGateOptions, StageVerdict } from "./chat-gate.js";
import { isCheckDue, type LastCheck } from "./check-point.js";
import type { Ruling, StageJudge } from "./create-stage-judge.js";

/** One choice on its way to the caller. */
export interface AnswerGate {
  /** Takes what the generator says of this choice, in order; without effect once it is over. */
  add(event: Extract<GenerationEvent, { choice: number }>): void;
  /** The prompt has passed: from now on text is judged and leaves. */
  open(): void;
  /** Whether the generator has finished it. */
  readonly written: boolean;
  /** The verdict, once `finished` was said and no check is open. Rejects when the answer cannot be judged. */
  readonly over: Promise<StageVerdict>;
}

interface AnswerGateDeps {
  readonly choice: number;
  readonly options: Pick<ChatGateOptions, "stream" | "modes" | "refusal">;
  /** The prompt with the answer so far. */
  readonly conversation: (answer: string) => Conversation;
  readonly judge: StageJudge;
  readonly put: (event: ChatEvent) => void;
  readonly clock: () => number;
}

export function createAnswerGate(deps: AnswerGateDeps): AnswerGate {
  const { choice, options, conversation, judge, put, clock } = deps;
  const { stream, modes, refusal } = options;
  const answer = createAnswer();
  let state: "shut" | "open" | "finished" | "over" = "shut";
  /** Nothing waits for a check: the gate only looks on, or has seen what it does not act on. */
  let free = modes.output === "shadow";
  let watching = true;
  let checking = false;
  let degraded = false;
  let last: LastCheck | null = null;
  let verdict: StageVerdict = null;

  let settle!: { resolve(verdict: StageVerdict): void; reject(error: unknown): void };
  const over = new Promise<StageVerdict>((resolve, reject) => (settle = { resolve, reject }));

  function advance(): void {
    if (state === "open") release();
    if (watching && !checking && isCheckWanted()) void check();
    if (state === "finished" && !checking) {
      state = "over";
      settle.resolve(verdict);
    }
  }

  function release(): void {
    const aheadTokens = free ? Infinity : stream.maxUnjudgedTokens;
    for (const piece of answer.take(aheadTokens)) put({ type: "text", choice, ...piece });
    if (answer.reason === null || !(free || answer.passed)) return;
    for (const [index, call] of answer.calls) put({ type: "toolCall", choice, index, call });
    finish(answer.reason);
  }

  function finish(reason: FinishReason): void {
    put({ type: "finished", choice, reason });
    state = "finished";
  }

  function isCheckWanted(): boolean {
    if (state === "shut" || state === "over") return false;
    if (answer.reason !== null) return !answer.passed;
    return isCheckDue(answer.unseen, stream.checkTokens, last, clock());
  }

  async function check(): Promise<void> {
    checking = true;
    const look = answer.look();
    const stage = answer.reason === null ? "stream" : "after";
    const startMs = clock();
    const ruling = await judge(conversation(look.text), stage);
    last = { tookMs: clock() - startMs, endedMs: clock() };
    checking = false;
    act(ruling, look, stage);
  }

  function act(ruling: Ruling, look: Look, stage: "stream" | "after"): void {
    if (ruling.kind === "fail") {
      state = "over";
      settle.reject(ruling.error);
      return;
    }
    verdict = stricter(verdict, ruling.verdict);
    switch (ruling.kind) {
      case "pass":
        look.pass();
        break;
      case "degraded":
        if (!degraded) {
          put({ type: "degraded", stage: "output", choice, code: ruling.verdict });
          recordDegraded({ stage });
        }
        degraded = true;
        look.pass();
        break;
      case "overruled":
        free = true;
        watching = false;
        break;
      case "block":
        watching = false;
        put({ type: "blocked", stage: "output", choice, judgement: ruling.verdict, refusal });
        finish("content_filter");
        break;
    }
    advance();
  }

  return {
    add(event) {
      if (event.type !== "finished") answer.add(event);
      else if ([...answer.calls.values()].every(({ id, name }) => id !== "" && name !== ""))
        answer.finish(event.reason);
      else throw new GuardError("upstream_failed", "the model's server left out a tool call's id or name");
      advance();
    },
    open() {
      state = "open";
      advance();
    },
    get written() {
      return answer.reason !== null;
    },
    over,
  };
}

const STRICTNESS = { allow: 0, flag: 1, block: 2 } as const;

/** What is said of an answer in the end: of the whole of it, unless a part was worse. */
const stricter = (earlier: StageVerdict, later: StageVerdict): StageVerdict =>
  strictnessOf(earlier) > strictnessOf(later) ? earlier : later;

const strictnessOf = (verdict: StageVerdict): number =>
  verdict === null || typeof verdict === "string" ? 0 : STRICTNESS[verdict.action];

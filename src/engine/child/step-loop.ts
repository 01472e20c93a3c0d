import { setImmediate as turnOfLoop } from "node:timers/promises";
import type { ModelGeometry } from "../../model/index.js";
import type { Answer } from "../answer.js";
import { copyKvRows, type KvRows } from "../kv-rows.js";
import type { StepReport } from "../protocol.js";
import { planStep, type StepPlan } from "../scheduler.js";
import type { ConversationMemory } from "./conversation-memory.js";
import type { Session } from "./graph-run.js";
import type { Head, Heads } from "./heads.js";
import type { Sequence } from "./sequence.js";
import { createStepInputs, type Piece } from "./step-inputs.js";

/** Computes sequences until none is left, a step at a time. */
export interface StepLoop<A extends Answer> {
  /** Takes its place behind all others. */
  add(sequence: Sequence<A>): void;
  /** Takes effect before the next step: one in flight cannot be stopped. */
  cancel(id: number): void;
}

export interface StepLoopOptions<A extends Answer> {
  readonly session: Session;
  readonly geometry: ModelGeometry;
  readonly heads: Heads;
  readonly memory: ConversationMemory;
  /** Most new tokens of one step. */
  readonly stepTokens: number;
  /** See `StepLimits`. */
  readonly alignTokens?: number;
  readonly onDone: (sequence: Sequence<A>) => void;
  readonly onFailed: (id: number, error: unknown) => void;
  readonly onStep: (report: StepReport) => void;
  /** The runtime failed: nothing this loop holds can be trusted any more. */
  readonly onBroken: (error: unknown) => void;
}

export function createStepLoop<A extends Answer>({
  session,
  geometry,
  heads,
  memory,
  stepTokens,
  alignTokens = 1,
  ...tell
}: StepLoopOptions<A>): StepLoop<A> {
  const sequences = new Map<number, Sequence<A>>(); // oldest first
  const inputs = createStepInputs(stepTokens);
  const limits = { stepTokens, alignTokens, totalTokens: geometry.contextTokens };
  let running = false;

  async function run(): Promise<void> {
    running = true;
    try {
      await turnOfLoop(); // what arrived together is packed together
      for (;;) {
        for (const sequence of sequences.values()) if (sequence.canceled) leave(sequence);
        if (sequences.size === 0) return;
        await step([...sequences.values()]);
      }
    } catch (error) {
      tell.onBroken(error);
    } finally {
      running = false; // in the same turn as the last look at the queue: nothing can be added unseen
    }
  }

  async function step(oldestFirst: readonly Sequence[]): Promise<void> {
    const startedMs = performance.now();
    const head = oldestFirst[0]!.head;
    if (head.computed === head.tokenCount) recall(oldestFirst, head);
    const plan = planStep(oldestFirst, heads.byId, limits)!;
    const size =
      plan.kind === "head" ? await stepHead(head, plan.from, plan.take) : await stepSequences(head, plan);
    let waitingTokens = 0;
    for (const { tokenCount, computed } of sequences.values()) waitingTokens += tokenCount - computed;
    tell.onStep({
      kind: plan.kind,
      stepMs: performance.now() - startedMs,
      ...size,
      waitingSequences: sequences.size,
      waitingTokens,
      kvBytes: heads.bytes + memory.bytes,
    });
  }

  /** Looks up what is remembered, just in time: for those that can be part of this step. */
  function recall(oldestFirst: readonly Sequence[], head: Head): void {
    let wanted = 0;
    for (const sequence of oldestFirst) {
      if (wanted >= stepTokens) return;
      if (sequence.head !== head) continue;
      if (sequence.lease === null) memory.recall(sequence);
      wanted += sequence.tokenCount - sequence.computed;
    }
  }

  async function stepHead(head: Head, from: number, take: number): Promise<StepSize> {
    heads.reserve(head, 0);
    const piece = {
      tokens: head.tokens,
      from,
      take,
      headTokens: from,
      attachedAt: from,
      attached: 0,
      read: false,
    };
    const { kv } = await session.run({ ...inputs.fill([piece], from), past: head.rows, pastTokens: from });
    copyKvRows(geometry, kv, 0, head.rows, from, take);
    head.computed += take;
    return { newTokens: take, pastTokens: from, sequences: 0 };
  }

  async function stepSequences(
    head: Head,
    { rows, pastTokens }: StepPlan & { kind: "sequences" },
  ): Promise<StepSize> {
    const packed = rows.map(({ id }) => sequences.get(id)!);
    heads.reserve(head, pastTokens - head.tokenCount);
    const pieces = rows.map(({ from, take, attachedAt }, index): Piece => {
      const sequence = packed[index]!;
      const { tokens, headTokens, attached } = sequence;
      memory.attach(sequence, head.rows, attachedAt);
      const read = from + take === tokens.length;
      return { tokens, from, take, headTokens, attachedAt, attached, read };
    });
    const startedMs = performance.now();
    for (const sequence of packed) sequence.startedMs ??= startedMs;
    const filled = inputs.fill(pieces, pastTokens);
    const { logits, kv } = await session.run({ ...filled, past: head.rows, pastTokens });
    const width = logits.length / filled.reads.length;
    let row = 0;
    let newTokens = 0;
    for (const [index, { take, read }] of pieces.entries()) {
      absorb(packed[index]!, take, read ? logits.subarray(row, (row += width)) : null, kv, newTokens);
      newTokens += take;
    }
    return { newTokens, pastTokens, sequences: rows.length };
  }

  function absorb(
    sequence: Sequence<A>,
    take: number,
    logits: Float32Array | null,
    kv: KvRows,
    kvRow: number,
  ): void {
    if (sequence.canceled) return;
    sequence.computed += take;
    sequence.computedTokens += take;
    try {
      const more = logits === null ? null : sequence.answer.read(logits);
      if (more?.length !== 0) {
        memory.keep(sequence, take, kv, kvRow);
        sequence.tokens.push(...(more ?? []));
        return;
      }
      memory.remember(sequence, take, kv, kvRow);
      tell.onDone(sequence);
    } catch (error) {
      heads.clear(sequence.head);
      tell.onFailed(sequence.id, error);
    }
    leave(sequence);
  }

  function leave(sequence: Sequence): void {
    memory.drop(sequence);
    heads.leave(sequence.head);
    sequences.delete(sequence.id);
  }

  return {
    add(sequence) {
      sequences.set(sequence.id, sequence);
      if (!running) void run();
    },
    cancel(id) {
      const sequence = sequences.get(id);
      if (sequence !== undefined) sequence.canceled = true;
    },
  };
}

type StepSize = Pick<StepReport, "newTokens" | "pastTokens" | "sequences">;

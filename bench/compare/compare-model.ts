import { openTokenizer } from "../../tokenizer/index.js";
import { join } from "node:path";
import { measureLimits } from "../limits/measure-limits.js";
import { AT_ONCE, contenders, type Contender } from "./contenders.js";
import { makeModels, type WantedForms } from "./make-models.js";
import { openPeer } from "./open-peer.js";
import type { PeerVocabulary } from "./peer.js";
import { runRounds, warmUp, type Opened, type Round } from "./run-rounds.js";
import { spreadOf } from "../statistics.js";
import { summarizeTasks, type DecodeFigures, type Summary } from "./summary.js";
import { createTasks, MEASURED_STEP, TASK, type TaskSizes } from "./tasks.js";
import { createWorkload } from "./workload.js";

export interface ComparedModel {
  readonly name: string;
  readonly checkpoint: string;
  readonly forms: WantedForms;
  readonly sizes: TaskSizes;
  readonly threads: number;
  /** Empty folder for what is made of the checkpoint. */
  readonly dir: string;
  /** Besides those that are made here: models that are there. */
  readonly more?: readonly Contender[];
  readonly onLine: (line: object) => void;
}

const WRITTEN_TOKENS = 48;
/** Of the message, whose prompt has the policy before it. */
const WRITTEN_BEHIND_TOKENS = 40;

/** Makes the forms, opens everybody, and asks them everything, in turns. */
export async function compareModel(model: ComparedModel): Promise<Summary> {
  const { name, checkpoint, forms, threads, sizes, onLine } = model;
  const startMs = performance.now();
  const models = await makeModels(checkpoint, model.dir, forms);
  const all = [...contenders(forms, models, threads), ...(model.more ?? [])];
  const vocabulary = await verdictTokens(checkpoint);
  const workload = await createWorkload(checkpoint);
  const opened: Opened = await Promise.all(
    all.map(async (one) => [one, await openPeer(one.setup, vocabulary)] as const),
  );
  onLine({ model: name, step: "prepared", seconds: Math.round((performance.now() - startMs) / 1000) });

  try {
    const rounds: Round[] = [];
    const peakMiB: Record<string, number> = {};
    await warmUp(opened, workload, [1]);
    for (const task of createTasks(workload, sizes)) {
      if (task.name === TASK.together)
        await warmUp(
          opened.filter(([one]) => task.takesPart(one)),
          workload,
          [AT_ONCE],
        );
      for await (const round of runRounds(task, opened)) {
        rounds.push(round);
        if (task.name === TASK.single) peakMiB[round.contender] = round.peakMiB;
        onLine({ model: name, ...withoutLists(round) });
      }
    }
    const prompt = workload.message(WRITTEN_BEHIND_TOKENS, sizes.seed);
    const decode = forms.generator ? await compareWriting(opened, prompt, sizes.rounds) : [];
    for (const line of decode) onLine({ model: name, task: "writing", ...line });
    const limits = forms.guards.includes("int8")
      ? await measureLimits({ modelDir: models.guard("int8"), threads, size: MEASURED_STEP })
      : null;
    if (limits !== null) onLine({ model: name, task: "limits", ...limits });
    return { model: name, tasks: summarizeTasks(rounds), decode, peakMiB, rounds, limits };
  } finally {
    await Promise.all(opened.map(([, peer]) => peer[Symbol.asyncDispose]()));
  }
}

async function compareWriting(
  opened: Opened,
  prompt: Parameters<(typeof opened)[number][1]["write"]>[0],
  rounds: number,
): Promise<DecodeFigures[]> {
  const writers = opened.filter(
    ([{ family, name }]) => family !== "Portcullis" && !name.includes("handed in"),
  );
  const times = new Map<string, number[]>(writers.map(([{ name }]) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [{ name }, peer] of writers)
      times.get(name)!.push((await peer.write(prompt, WRITTEN_TOKENS)).tokenMs);
  return writers.map(([{ name, bitsPerWeight }]) => ({
    ...{ contender: name, bitsPerWeight },
    tokenMs: spreadOf(times.get(name)!),
  }));
}

async function verdictTokens(checkpoint: string): Promise<PeerVocabulary> {
  const tokenizer = await openTokenizer(join(checkpoint, "tokenizer.json"));
  const tokenOf = (word: string): number => tokenizer.encodeText(word)[0]!;
  return { safe: tokenOf("safe"), unsafe: tokenOf("unsafe") };
}

const round2 = (value: number): number => Math.round(value * 100) / 100;

function withoutLists({ indices, eachMs, scores, ...round }: Round): object {
  const { wallMs } = round;
  return {
    ...{ ...round, prompts: indices.length, wallMs: round2(wallMs) },
    slowestMs: round2(Math.max(...eachMs)),
    firstScore: scores[0],
  };
}

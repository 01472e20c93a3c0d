import type { Contender } from "./contenders.js";
import type { OpenPeer } from "./open-peer.js";
import { newTokens, type Prompt } from "./prompt.js";
import type { Task } from "./tasks.js";
import type { Workload } from "./workload.js";

/** What one contender did in one round of one task. */
export interface Round {
  readonly task: string;
  readonly contender: string;
  readonly round: number;
  /** Which prompts of the round it got. */
  readonly indices: readonly number[];
  /** Tokens behind the head, of all its prompts: the same count for everyone, whatever it remembered. */
  readonly newTokens: number;
  readonly eachMs: readonly number[];
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly scores: readonly number[];
  /** Up to the end of the round. */
  readonly peakMiB: number;
}

export type Opened = readonly (readonly [Contender, OpenPeer])[];

/** Everybody's heads and buffers are ready before anything is measured. */
export async function warmUp(opened: Opened, workload: Workload, atOnce: readonly number[]): Promise<void> {
  const first = [...workload.conversation(2, 1)];
  for (const [{ family }, peer] of opened) {
    if (family === "Portcullis generator") await peer.write(first[0]!, 4);
    else
      for (const lanes of atOnce)
        await peer.judge(lanes === 1 ? first : workload.messages(lanes, 2).slice(0, lanes), lanes);
  }
}

/** Round by round, contenders in turn: what else the machine does meets them all. */
export async function* runRounds(task: Task, opened: Opened): AsyncGenerator<Round> {
  for (let round = 0; round < task.rounds; round++) {
    const prompts = task.prompts(round);
    for (const [contender, peer] of opened) {
      if (!task.takesPart(contender)) continue;
      const indices = task.divisible ? spread(prompts, contender.part) : [...prompts.keys()];
      const given = indices.map((i) => prompts[i]!);
      const judged = await peer.judge(given, Math.min(task.atOnce, given.length));
      yield {
        ...{ task: task.name, contender: contender.name, round, indices },
        newTokens: given.reduce((sum, prompt) => sum + newTokens(prompt), 0),
        ...judged,
        peakMiB: peer.peakMiB(),
      };
    }
  }
}

/** A share of the prompts that has all lengths in it. */
function spread(prompts: readonly Prompt[], part: number): number[] {
  const byLength = [...prompts.keys()].sort((a, b) => newTokens(prompts[a]!) - newTokens(prompts[b]!));
  const every = Math.round(1 / part);
  const first = Math.min(Math.floor(every / 2), prompts.length - 1);
  return byLength.filter((_, rank) => rank % every === first % every).sort((a, b) => a - b);
}

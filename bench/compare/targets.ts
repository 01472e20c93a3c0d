import { operationsOf, sumOf } from "../limits/operations.js";
import { median } from "../statistics.js";
import { speedup, type Summary } from "./summary.js";
import { MEASURED_STEP, TASK } from "./tasks.js";

/** What we mean to reach, as a ratio within one run. */
export interface Target {
  readonly what: string;
  readonly model: string;
  readonly ratio: number;
  /** The same by processor time; null where there is no such thing. */
  readonly cpuRatio: number | null;
  readonly least?: number;
  readonly most?: number;
  readonly met: boolean;
}

const GUARD = "Portcullis int8";

export function judgeTargets(summary: Summary): Target[] {
  const all = [speedTargets, peakTargets, decodeTargets, memoryTargets];
  return all.flatMap((targets) => targets(summary));
}

function speedTargets({ model, rounds }: Summary): Target[] {
  const others = [...new Set(rounds.map(({ contender }) => contender))];
  const wanted = [
    { task: TASK.long, family: "llama.cpp", least: 1.6, what: "new tokens per second" },
    { task: TASK.single, family: "llama.cpp", least: 1.7, what: "requests per second" },
    { task: TASK.together, family: "llama.cpp", least: 1.7, what: "requests per second" },
    { task: TASK.single, family: "transformers.js", least: 8, what: "requests per second" },
  ];
  return wanted.flatMap(({ task, family, least, what }) =>
    others
      .filter((other) => other.startsWith(family))
      .flatMap((other): Target[] => {
        const found = speedup(rounds, task, GUARD, other);
        if (found === null) return [];
        const ratio = found.wall.median;
        const name = `${what}, ${task}: against ${other}`;
        return [{ what: name, model, ratio, cpuRatio: found.cpu.median, least, met: ratio >= least }];
      }),
  );
}

/** What a message demands, from the caller and back, over what the machine's products reach at best. */
function peakTargets({ model, rounds, limits }: Summary): Target[] {
  const ours = rounds.filter(({ task, contender }) => task === TASK.long && contender === GUARD);
  if (limits === null || ours.length === 0) return [];
  const shares = ours.map(({ newTokens, wallMs }) => {
    const demanded = sumOf(operationsOf(limits.geometry, newTokens, MEASURED_STEP.pastTokens));
    return (1000 * demanded) / wallMs / limits.int8PerSecond;
  });
  const [ratio, least] = [median(shares), 0.75];
  const what = `share of the best int8 product, ${TASK.long} from end to end`;
  return [{ what, model, ratio, cpuRatio: null, least, met: ratio >= least }];
}

function decodeTargets({ model, decode }: Summary): Target[] {
  const of = (name: string) => decode.find(({ contender }) => contender === name)?.tokenMs.median;
  const [ours, theirs] = [of("Portcullis int4 generator"), of("llama.cpp Q4_0")];
  if (ours === undefined || theirs === undefined) return [];
  const ratio = ours / theirs;
  const what = "time of one written token, int4 over llama.cpp Q4_0";
  return [{ what, model, ratio, cpuRatio: null, most: 1.2, met: ratio <= 1.2 }];
}

function memoryTargets({ model, peakMiB }: Summary): Target[] {
  const pairs = [
    ["Portcullis int8", "llama.cpp Q8_0"],
    ["Portcullis int4", "llama.cpp Q4_0"],
  ] as const;
  return pairs.flatMap(([ours, theirs]): Target[] => {
    const [mine, other] = [peakMiB[ours], peakMiB[theirs]];
    if (mine === undefined || other === undefined) return [];
    const ratio = mine / other;
    const what = `peak memory, ${ours} over ${theirs}`;
    return [{ what, model, ratio, cpuRatio: null, most: 1.15, met: ratio <= 1.15 }];
  });
}

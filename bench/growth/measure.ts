import { openEngine, type EngineOptions } from "../../engine/index.js";
import type { Prompt } from "../compare/prompt.js";
import { cpuMs, descendants } from "../process-tree.js";
import type { Point } from "./series.js";

/** An engine whose costs are read from outside: the only child of this process. */
export interface MeteredEngine extends AsyncDisposable {
  /** Asks all, so many at a time. @returns costs of one, on average */
  measure(prompts: readonly Prompt[], atOnce: number): Promise<Omit<Point, "x" | "demand">>;
}

/** More than any P(unsafe): codes are not asked for. */
const NEVER = 2;

export async function openMeteredEngine(options: EngineOptions): Promise<MeteredEngine> {
  const engine = await openEngine({ ...options, waitingTokens: 100_000_000 }); // nobody is refused here
  const ask = async ({ spans }: Prompt): Promise<number> => {
    const answer = { prefix: "", codes: ["S1"] };
    return (await engine.score({ prompt: spans, answer, decodeFrom: NEVER })).usage.computedTokens;
  };
  return {
    async measure(prompts, atOnce) {
      const [startMs, startCpuMs] = [performance.now(), cpuMs(descendants(process.pid))];
      let computed = 0;
      const next = prompts.values();
      const lane = async (): Promise<void> => {
        for (const prompt of next) {
          const tokens = await ask(prompt); // added only afterwards: other lanes add meanwhile
          computed += tokens;
        }
      };
      await Promise.all(Array.from({ length: atOnce }, lane));
      const count = prompts.length;
      return {
        wallMs: (performance.now() - startMs) / count,
        cpuMs: (cpuMs(descendants(process.pid)) - startCpuMs) / count,
        computedTokens: computed / count,
      };
    },
    [Symbol.asyncDispose]: () => engine.close(),
  };
}

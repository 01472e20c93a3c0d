// One audit of a synthetic log by a judge that answers at once: what is left is the audit's own work. Prints one JSON
// line. Arguments: folder, turns, and after how many chunks to give up (0 for never).
import { createRandom } from "../random.js";
import { shortMessage } from "../messages.js";

/** What this needs of the room; the built one is loaded, as benchmarks are compiled apart from it. */
interface AuditRoom {
  runAudit(request: object): Promise<{ readonly manifest: { readonly counts: { readonly rows: number } } }>;
  createChunkRunner(deps: object): {
    run(chunk: { readonly index: number }, signal: AbortSignal): Promise<unknown>;
  };
  createPatientJudge(examiner: object, engine: object): object;
}

const [dir, turnsText, stopText] = process.argv.slice(2);
const [turns, stopAfter] = [Number(turnsText), Number(stopText)];
const room = (await import(new URL("../../audit/index.js", import.meta.url).href)) as AuditRoom;

const TURNS_PER_CONVERSATION = 4;

async function* log() {
  const random = createRandom(7);
  for (let row = 1; row <= turns / TURNS_PER_CONVERSATION; row++) {
    if (row % 100 === 0) await new Promise(setImmediate); // as reading a file would
    yield {
      ...{ type: "conversation", key: `c${String(row)}`, source: "log.jsonl", row, records: 1 },
      ...{ format: "openai", day: "2026-11-25" },
      turns: Array.from({ length: TURNS_PER_CONVERSATION }, (_, at) => ({
        ...{ role: at % 2 === 0 ? "user" : "assistant", at: null, unreadParts: 0 },
        content: shortMessage(random),
      })),
    };
  }
}

const rule = { threshold: 0.5, action: "block" };
const category = { code: "S1", name: "One", promptName: "One", text: null, openaiNames: [] };
const categories = [{ ...category, rules: { user: rule, assistant: rule } }];
const policy = { id: "bench", version: "1", sha256: "0".repeat(64), title: "", template: "llama-guard-2" };
const model = { id: "scripted", sha256: "1".repeat(64), notice: "" };
const answer = (role: string) => ({
  judgement: {
    ...{ verdict: "safe", score: 0.1, action: "allow", categories: [], flags: [], role, policy, model },
    usage: { promptTokens: 700, cachedTokens: 600, computedTokens: 100 },
  },
  namedAt: {},
});
const examiner = {
  async examine({ conversation }: { conversation: readonly { role: string }[] }) {
    await Promise.resolve();
    return answer(conversation.at(-1)!.role);
  },
};
const options = { context: "full", scores: "none", keepText: false, chunkTurns: 500, logs: {} };
const decodedFrom = { user: 0.5, assistant: 0.5 };
const audited = { ...policy, questionSha256: "2".repeat(64), notice: null, decodedFrom, categories };

const startedMs = performance.now();
const outcome = await room
  .runAudit({
    dir,
    identity: { inputs: [], options, policies: [audited], model },
    signal: new AbortController().signal,
    readEntries: log,
    openRunner() {
      const runner = room.createChunkRunner({
        judge: room.createPatientJudge(examiner, { state: "ready" }),
        ...{
          model,
          policies: [{ ...policy, categories, notice: null }],
          conversationsInFlight: 16,
          ...options,
        },
      });
      return Promise.resolve({
        run(chunk: { readonly index: number }, signal: AbortSignal) {
          if (stopAfter > 0 && chunk.index >= stopAfter) return Promise.reject(new Error("stopped as asked"));
          return runner.run(chunk, signal);
        },
      });
    },
  })
  .catch((error: unknown) => {
    if (stopAfter === 0) throw error;
    return null;
  });
const seconds = (performance.now() - startedMs) / 1000;
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
const figures = {
  seconds,
  cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
  maxRssMib: Math.round(maxRSS / 1024),
};
process.stdout.write(`${JSON.stringify({ rows: outcome?.manifest.counts.rows ?? 0, ...figures })}\n`);

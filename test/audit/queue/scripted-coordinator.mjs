// One audit of COUNT scripted conversations into DIR, by workers over the queue at URL or, with "-", by itself.
// Prints one line of JSON per event and chunk, and at last what the run came to.
// Only what is needed: a start of Node with the whole room takes a second more.
import { createChunkRunner } from "../../../dist/audit/create-chunk-runner.js";
import { createPatientJudge } from "../../../dist/audit/judge-patiently.js";
import { openQueueRunner } from "../../../dist/audit/queue/open-queue-runner.js";
import { parseQueueAddress } from "../../../dist/audit/queue/queue-address.js";
import { runAudit } from "../../../dist/audit/run-audit.js";
import { examiner, identity, log, model, options, policy } from "./scripted-run.mjs";

const [dir, url, count, patienceMs] = [
  process.argv[2],
  process.argv[3],
  ...process.argv.slice(4).map(Number),
];
const say = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);
let runner;
try {
  const { manifest } = await runAudit({
    ...{
      dir,
      identity,
      readEntries: () => log(count),
      signal: new AbortController().signal,
      chunksInFlight: 6,
    },
    async openRunner() {
      if (url === "-")
        return createChunkRunner({
          judge: createPatientJudge(examiner(0), { state: "ready" }),
          ...{ model, policies: [policy], conversationsInFlight: 4, ...options },
        });
      runner = await openQueueRunner({
        ...{ address: parseQueueAddress(url), identity, piecesInFlight: 6, patienceMs, onEvent: say },
      });
      return runner;
    },
    onProgress: say,
  });
  say({ type: "finished", signature: manifest.signature, counts: manifest.counts });
} catch (error) {
  say({ type: "ended", code: error.code, message: error.message });
  process.exitCode = 3;
} finally {
  await runner?.close();
}

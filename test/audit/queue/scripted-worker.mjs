// One worker of the queue at URL whose judge takes MS milliseconds a message; MODEL is the digest of its model.
// Prints one line of JSON per event.
import { createPatientJudge } from "../../../dist/audit/judge-patiently.js";
import { parseQueueAddress } from "../../../dist/audit/queue/queue-address.js";
import { serveQueue } from "../../../dist/audit/queue/serve-queue.js";
import { examiner, model, policy } from "./scripted-run.mjs";

const [url, ms, sha256 = model.sha256] = process.argv.slice(2);
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
await serveQueue({
  address: parseQueueAddress(url),
  judge: createPatientJudge(examiner(Number(ms)), { state: "ready" }),
  model: { ...model, sha256 },
  policyOf: (id) => (id === policy.id ? policy : null),
  ...{ concurrency: 2, conversationsInFlight: 2, takeoverMs: 2000, signal: stop.signal },
  onEvent: (event) => process.stdout.write(`${JSON.stringify(event)}\n`),
});

import { parentPort, workerData } from "node:worker_threads";
import { createTurnQueue, toWire } from "../engine/index.js";
import { hashFile } from "../model/index.js";
import { openTokenizer } from "../tokenizer/index.js";
import { createGuardText, readGuardVocabulary } from "./guard-text.js";
import type { FromText, TextThreadData, ToText } from "./text-messages.js";

const { tokenizerPath } = workerData as TextThreadData;
const post = (message: FromText): void => parentPort!.postMessage(message);

async function begin(): Promise<void> {
  const tokenizer = await openTokenizer(tokenizerPath);
  const vocabulary = { ...readGuardVocabulary(tokenizer), sha256: await hashFile(tokenizerPath) };
  const answer = createGuardText(tokenizer);
  const reading = createTurnQueue();
  parentPort!.on("message", (message: ToText) => {
    const { id } = message;
    if (message.type === "cancel") return reading.cancel(id);
    reading.add(id, () => {
      try {
        post({ type: "answer", id, value: answer(message.ask) });
      } catch (error) {
        post({ type: "refusal", id, error: toWire(error) });
      }
    });
  });
  post({ type: "ready", vocabulary });
}

begin().catch((error: unknown) => post({ type: "failed", error: toWire(error) }));

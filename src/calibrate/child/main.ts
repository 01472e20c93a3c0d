import { GuardError } from "../../base/index.js";
import type { Answers, Ask, FromLayerProcess } from "../protocol.js";
import { createStreams, type Streams } from "./streams.js";

// Both streams of hidden states live here, at most 0.85 GB for 26,000 tokens of an 8B model. They would cross the
// channel twice per layer otherwise; so the main half sends embeddings once, then paths of graphs, and gets
// peaks, errors and the last rows.

let streams: Streams | undefined;

function post(message: FromLayerProcess): void {
  if (process.connected) process.send?.(message);
}

async function answer(ask: Ask): Promise<Answers[Ask["kind"]]> {
  if (ask.kind === "begin") {
    streams = createStreams(ask, (tokens) => {
      post({ type: "ran", tokens });
    });
    return null;
  }
  if (streams === undefined) throw new Error(`${ask.kind} was asked before the beginning`);
  switch (ask.kind) {
    case "embed":
      return streams.embed(ask);
    case "exact":
      return streams.exact(ask);
    case "rounded":
      return streams.rounded(ask);
    case "last":
      return streams.last();
  }
}

process.on("message", (ask: Ask) => {
  answer(ask).then(
    (value) => {
      post({ type: "answer", value });
    },
    (error: unknown) => {
      if (!(error instanceof GuardError)) throw error; // ends the process; the main half reports what it wrote
      post({ type: "refusal", error: { code: error.code, message: error.message } });
    },
  );
});
process.on("disconnect", () => process.exit(0));
// A terminal may signal the whole group; the main half decides when this process ends.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);

import { forkAsked } from "../fork-asked.js";
import type { GraphAnswers, GraphAsk } from "./graph-messages.js";

/** A process that runs graphs, seen from outside. */
export interface GraphProcess extends AsyncDisposable {
  /** @throws Error with what the process said, when it fails or ends */
  ask<A extends GraphAsk>(question: A): Promise<GraphAnswers[A["kind"]]>;
}

const PROCESS = new URL("./graph-process.js", import.meta.url);

export function openGraphProcess(env: Readonly<Record<string, string>>): GraphProcess {
  const child = forkAsked(PROCESS, "the process that runs graphs", env);
  return {
    ask: <A extends GraphAsk>(question: A) => child.ask(question) as Promise<GraphAnswers[A["kind"]]>,
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

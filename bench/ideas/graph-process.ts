// Runs graphs in a process of its own, since the runtime must not live in that of the command: what it reads of the
// environment, and its memory, are a variant's.
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { InferenceSession } from "onnxruntime-node";
import { graphOutputs } from "../../engine/child/graph-feeds.js";
import { GRAPH_OUTPUT, type ModelGeometry } from "../../model/index.js";
import { evenPast, pastOf, tokenFeeds, type StepSize, type TensorsByName } from "../limits/graph-feeds.js";
import { kernelTimes, type KernelTime } from "../limits/kernel-times.js";
import { answerAsks } from "../fork-asked.js";
import { peakMiB } from "../process-tree.js";
import type { Difference, GraphAnswers, GraphAsk, Memory, TurnTimes } from "./graph-messages.js";
import { largestDifference } from "./largest-difference.js";
import { leastByPart } from "./least-by-part.js";

interface OpenGraph {
  readonly native: InferenceSession;
  readonly geometry: ModelGeometry;
  readonly profilePrefix: string | null;
}

const sessions = new Map<string, OpenGraph>();
const pasts = new Map<string, TensorsByName>();

async function answer(ask: GraphAsk): Promise<GraphAnswers[GraphAsk["kind"]]> {
  switch (ask.kind) {
    case "open": {
      const { profilePrefix } = ask;
      const profiling =
        profilePrefix === null ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix };
      const native = await InferenceSession.create(ask.graphPath, { ...ask.options, ...profiling });
      sessions.set(ask.session, { native, geometry: ask.geometry, profilePrefix });
      return null;
    }
    case "turn":
      return turn(sessions.get(ask.session)!, ask);
    case "compare":
      return compare(
        ask.sessions.map((name) => sessions.get(name)!),
        ask.size,
      );
    case "memory":
      return memory();
    case "close":
      return close(ask.session);
  }
}

async function turn(
  { native, geometry }: OpenGraph,
  { steps, runs, pauseMs }: Extract<GraphAsk, { kind: "turn" }>,
): Promise<TurnTimes> {
  const wanted = graphOutputs(geometry);
  const feeds = steps.map((size) => ({
    ...tokenFeeds(size, [size.newTokens - 1]),
    ...pastOfSize(geometry, size.pastTokens),
  }));
  const wallMs: number[] = [];
  const before = process.cpuUsage();
  for (let run = 0; run < runs; run++) {
    const startMs = performance.now();
    for (const step of feeds) await native.run(step, wanted);
    wallMs.push(performance.now() - startMs);
    if (pauseMs > 0) await pause(pauseMs);
  }
  const { user, system } = process.cpuUsage(before);
  return { wallMs, cpuMs: (user + system) / 1000 / runs };
}

/** Kept, so that the process holds one and not one for every step. */
function pastOfSize(geometry: ModelGeometry, tokens: number): TensorsByName {
  const { layers, kvHeads, headDim } = geometry;
  const key = [layers, kvHeads, headDim, tokens].join(" ");
  const past = pasts.get(key) ?? evenPast(geometry, tokens);
  pasts.set(key, past);
  return past;
}

/** Behind a past that the first session has computed, at all positions. */
async function compare(opened: readonly OpenGraph[], size: StepSize): Promise<Difference[]> {
  const { native, geometry } = opened[0]!;
  const head = { newTokens: size.pastTokens, pastTokens: 0 };
  const headFeeds = { ...tokenFeeds(head, [head.newTokens - 1]), ...evenPast(geometry, 0) };
  const past = pastOf(geometry, await native.run(headFeeds, graphOutputs(geometry)));
  const feeds = { ...tokenFeeds(size, [...Array(size.newTokens).keys()]), ...past };
  const logits: Float32Array[] = [];
  for (const one of opened) {
    const outputs = await one.native.run(feeds, [GRAPH_OUTPUT.logits]);
    logits.push(outputs[GRAPH_OUTPUT.logits]!.data as Float32Array);
  }
  const [first, ...others] = logits;
  return others.map((other) => largestDifference(first!, other, size.newTokens));
}

function memory(): Memory {
  const status = readFileSync("/proc/self/status", "utf8");
  const ownKiB = Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1]);
  return { peakMiB: peakMiB([process.pid]), ownMiB: Math.round(ownKiB / 1024) };
}

async function close(session: string): Promise<GraphAnswers["close"]> {
  const { native, profilePrefix } = sessions.get(session)!;
  sessions.delete(session);
  if (profilePrefix !== null) native.endProfiling();
  await native.release();
  return profilePrefix === null ? null : leastByPart(readProfile(profilePrefix));
}

/** The runtime adds the time of day to the prefix. */
function readProfile(prefix: string): KernelTime[] {
  const name = readdirSync(dirname(prefix)).find((file) => file.startsWith(`${basename(prefix)}_`))!;
  return kernelTimes(readFileSync(join(dirname(prefix), name), "utf8"));
}

answerAsks(answer);

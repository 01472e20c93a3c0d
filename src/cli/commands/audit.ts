import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { followSignal, GuardError } from "../../base/index.js";
import { readCommandSettings } from "../../config/index.js";
import type { LogInput, LogOptions } from "../../logs/index.js";
import { readManifest, resolveModelDir } from "../../model/index.js";
import type { AuditOutcome, RunManifest, RunOptions } from "../../audit/index.js";
import { countTurns, createAuditProgress } from "../audit-progress.js";
import { choiceOption, textOption, type Command, type CommandInput } from "../command.js";
import { EXIT_CODE } from "../exit-code.js";
import { createLog } from "../log.js";
import { LOG_SOURCE_OPTIONS, logChoiceOf, logWaysOf } from "../log-source.js";
import { logQueueEvent } from "../log-queue-event.js";
import { troubleOnly } from "../log-trouble.js";
import { policiesNamed } from "../policies-named.js";
import { createProgressLine } from "../progress-line.js";
import { queueAsked } from "../queue-asked.js";
import { auditSummary } from "../audit-summary.js";
import { watchStopSignals } from "../stop-signals.js";
import { wholeNumberOption } from "../whole-number-option.js";
import { writeAuditReport } from "../write-audit-report.js";

const log = createLog("auto");

export const audit: Command = {
  name: "audit",
  usage: "LOGS... --out DIR",
  summary: "judge every message of conversation logs, each in its context",
  details:
    "LOGS are files, folders or patterns of logs in any format that `docs/logs.md` names. DIR gets one row per message\n" +
    "and policy as Parquet files, the faults of the logs, run.json, which says what was done, and report.html.\n" +
    "Stopped at any point, even by a crash, the same command goes on. Texts are not written unless --keep-text says so.\n" +
    "With --queue, texts cross Redis; PORTCULLIS_QUEUE_PASSWORD holds its password, where it has one.\n" +
    "Exit code 4 when a message could not be judged or a part of the logs could not be read.",
  options: {
    out: { type: "string", value: "DIR", help: "folder of the run: a new one, or one to go on with" },
    policy: { type: "string", value: "IDS", help: "judge by these policies, commas between" },
    context: {
      type: "string",
      value: "HOW",
      help: "what the guard sees before a message: full (default), exchange, last, or a number of messages",
    },
    scores: {
      type: "string",
      value: "HOW",
      help: "score every category: none (default), listed (always decoded) or independent (a prompt each)",
    },
    ...LOG_SOURCE_OPTIONS,
    "keep-text": { type: "boolean", help: "write the messages themselves beside their verdicts" },
    "chunk-turns": {
      type: "string",
      value: "N",
      help: "messages that are judged and written as one; what a crash costs at most is two such; 500 unless given",
    },
    "in-flight": { type: "string", value: "N", help: "conversations judged at once; 16 unless given" },
    "fail-on-unsafe": { type: "boolean", help: "exit with 1 when a message is unsafe" },
    queue: {
      type: "string",
      value: "URL",
      help: "have `portcullis audit worker` processes judge, over redis://HOST:PORT/DB or rediss://",
    },
    "chunks-in-flight": {
      type: "string",
      value: "N",
      help: "with --queue, chunks that are handed out at once; 16 unless given",
    },
    patience: {
      type: "string",
      value: "SECONDS",
      help: "with --queue, how long Redis or all workers may be away; 600 unless given",
    },
    json: { type: "boolean", help: "print run.json instead of a summary" },
  },
  settingGroups: ["policies", "models", "engine"],
  async run(input) {
    const out = textOption(input, "out");
    if (out === undefined || input.positionals.length === 0)
      throw new GuardError("invalid_config", "name the logs to judge, and with --out the folder of the run");
    using stop = watchStopSignals();
    const spillDir = await mkdtemp(join(tmpdir(), "portcullis-audit-"));
    try {
      const dir = resolve(out);
      const { manifest, wasFinished } = await judgeLogs(input, dir, spillDir, stop.asked);
      const report = await writeAuditReport(dir, wasFinished, log);
      process.stdout.write(
        input.options["json"] === true
          ? `${JSON.stringify(manifest, null, 2)}\n`
          : auditSummary(dir, manifest, wasFinished, report),
      );
      return exitCodeFor(manifest, input.options["fail-on-unsafe"] === true);
    } finally {
      await rm(spillDir, { recursive: true, force: true });
    }
  },
};

async function judgeLogs(
  input: CommandInput,
  dir: string,
  spillDir: string,
  signal: AbortSignal,
): Promise<AuditOutcome> {
  const rooms = await import("../../audit/index.js"); // heavy, and other commands do without
  const { describeInputs, readLogs } = await import("../../logs/index.js");
  const settings = readCommandSettings(input.settings);
  const policies = await policiesNamed(textOption(input, "policy"), settings);
  const modelDir = await resolveModelDir(settings.modelsDir, settings.guard);
  const { manifest: model, sha256 } = await readManifest(modelDir);
  for (const { id, template } of policies)
    if (template !== model.template)
      log("warn", "the model was trained with another prompt", { policy: id, model: model.template });
  const choice = await logChoiceOf(input);
  const logOptions: LogOptions = { ...choice, ...(await logWaysOf(input.positionals)), signal, spillDir };
  const options: RunOptions = {
    context: rooms.parseContext(textOption(input, "context") ?? "full"),
    scores: choiceOption(input, "scores", ["none", "listed", "independent"]),
    keepText: input.options["keep-text"] === true,
    // Minutes of an 8B guard on two cores, seconds of a small one.
    chunkTurns: wholeNumberOption(input, "chunk-turns", { minimum: 1, maximum: 100_000, otherwise: 500 }),
    logs: { ...choice },
  };
  const queue = await queueAsked(input);
  const conversationsInFlight = wholeNumberOption(input, "in-flight", {
    ...{ minimum: 1, maximum: 1024, otherwise: 16 },
  });

  using counting = followSignal(signal);
  await using total = countTurns(
    input.positionals.includes("-")
      ? []
      : readLogs(input.positionals, {
          ...logOptions,
          spillDir: join(spillDir, "count"),
          signal: counting.controller.signal,
        }),
    policies.length,
    counting.controller.signal,
  );
  const line = createProgressLine({ stream: process.stderr, isTerminal: process.stderr.isTTY });
  const progress = createAuditProgress(line, total);
  const onRow = progress.row;
  let close: (() => Promise<void>) | null = null;
  try {
    const identity = {
      inputs: (await describeInputs(input.positionals, logOptions)).map(withTime),
      options,
      policies: policies.map((policy) => rooms.auditedPolicy(policy, options.scores)),
      model: { id: model.id, sha256, notice: model.notice },
    };
    return await rooms.runAudit({
      ...{ dir, signal, identity, ...(queue === null ? {} : { chunksInFlight: queue.chunksInFlight }) },
      readEntries: () => readLogs(input.positionals, logOptions),
      async openRunner() {
        if (queue !== null) {
          const { address, patienceMs, chunksInFlight: piecesInFlight } = queue;
          const runner = await rooms.openQueueRunner({
            ...{ address, identity, piecesInFlight, patienceMs, onRow },
            onEvent: (event) => logQueueEvent(log, event),
          });
          close = runner.close;
          return runner;
        }
        const { openJudge } = await import("../open-judge.js");
        const { guard, engine } = await openJudge(settings, { modelDir, log: troubleOnly, signal });
        close = () => engine.close();
        const judge = rooms.createPatientJudge(guard, engine);
        return rooms.createChunkRunner({
          ...{ judge, model: { id: model.id, sha256 }, policies, ...options, conversationsInFlight, onRow },
        });
      },
      onProgress: (event) => {
        if (event.type === "resumed") progress.resumed(event);
      },
    });
  } finally {
    counting.controller.abort(new GuardError("canceled", "the audit is over"));
    line.finish();
    await (close as (() => Promise<void>) | null)?.();
  }
}

/** What the standard input held cannot be told from what it holds another time: nothing goes on from it. */
const withTime = (input: LogInput): LogInput =>
  input.source === "-" ? { ...input, version: new Date().toISOString() } : input;

function exitCodeFor({ counts }: RunManifest, failOnUnsafe: boolean): number {
  const { failed, unread, unreadRecords, unreadInputs } = counts;
  if (failed + unread + unreadRecords + unreadInputs > 0) return EXIT_CODE.incomplete;
  return failOnUnsafe && counts.unsafe > 0 ? EXIT_CODE.no : EXIT_CODE.ok;
}

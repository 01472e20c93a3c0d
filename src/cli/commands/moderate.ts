import { createHash, randomBytes } from "node:crypto";
import { buffer as readAll } from "node:stream/consumers";
import { GuardError } from "../../base/index.js";
import { readClientKey, readConfig, type FlagValues } from "../../config/index.js";
import { choiceOption, textOption, type Command, type CommandInput } from "../command.js";
import { EXIT_CODE } from "../exit-code.js";
import { createLog, type Log } from "../log.js";
import { askService, type ServiceAddress, type ServiceVerdict } from "../service-client.js";
import { watchStopSignals } from "../stop-signals.js";

export const moderate: Command = {
  name: "moderate",
  usage: "[TEXT]",
  summary: "judge one message: TEXT, or what comes on stdin",
  details:
    "Starts the engine for this one message, unless --url names a running service. A service that asks\n" +
    "for a key gets the one in PORTCULLIS_API_KEY.",
  options: {
    role: { type: "string", value: "ROLE", help: "who wrote the message: user (default) or assistant" },
    policy: { type: "string", value: "ID", help: "judge by this policy instead of the default one" },
    scores: {
      type: "string",
      value: "HOW",
      help: "show every category's score: listed (derived, free) or independent (a prompt each)",
    },
    json: { type: "boolean", help: "print the JSON that POST /moderate answers" },
    "exit-code": { type: "boolean", help: "exit with 1 when the message is unsafe" },
    url: { type: "string", value: "URL", help: "ask the service at this address" },
  },
  settingGroups: ["policies", "models", "engine", "remote guard", "remote engines"],
  async run(input) {
    const verdict = await judge(input, {
      messages: [
        { role: choiceOption(input, "role", ["user", "assistant"]), content: await messageOf(input) },
      ],
      policy: textOption(input, "policy"),
      scores: textOption(input, "scores"),
    });
    process.stdout.write(
      input.options["json"] === true ? `${JSON.stringify(verdict, null, 2)}\n` : readable(verdict),
    );
    return input.options["exit-code"] === true && verdict.verdict === "unsafe" ? EXIT_CODE.no : EXIT_CODE.ok;
  },
};

async function messageOf({ positionals: [text, ...more] }: CommandInput): Promise<string> {
  if (more.length > 0)
    throw new GuardError("invalid_config", "put the message in quotes: it is one argument");
  const message = text ?? (await textOnStdin()).replace(/\n$/, ""); // the newline is echo's
  if (message === "") throw new GuardError("invalid_config", "there is no message to judge");
  return message;
}

/** Bytes that are no text are refused: a stand-in for them would be judged in their place. */
async function textOnStdin(): Promise<string> {
  const bytes = await readAll(process.stdin);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new GuardError("invalid_config", "stdin is not valid UTF-8", { cause });
  }
}

async function judge(input: CommandInput, request: object): Promise<ServiceVerdict> {
  const url = textOption(input, "url");
  if (url !== undefined) return askService({ url: serviceUrl(url), key: readClientKey() }, request);
  return withOwnService(input.settings, (address) => askService(address, request));
}

/** @returns `--url` without a trailing slash */
function serviceUrl(url: string): string {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw new GuardError("invalid_config", "--url must be an address such as http://127.0.0.1:8080");
  return url.replace(/\/+$/, "");
}

const log = createLog("auto");
const errorsOnly: Log = (level, ...event) => {
  if (level === "error") log(level, ...event);
};

/** A service of one's own for a moment: on a free port of this machine, behind a key that nobody else has. */
async function withOwnService<T>(
  settings: FlagValues,
  use: (address: ServiceAddress) => Promise<T>,
): Promise<T> {
  const config = readConfig(settings);
  const key = randomBytes(32).toString("base64url");
  const sha256 = createHash("sha256").update(key).digest("hex");
  const { openService } = await import("../open-service.js"); // heavy, and other commands do without
  using stop = watchStopSignals();
  await using service = await openService(
    {
      ...{ ...config, host: "127.0.0.1", port: 0, keys: [{ id: "cli", sha256 }] },
      ...{ generator: "none", generatorUrl: null }, // nothing is written here
    },
    { log: errorsOnly, serveMetrics: null, signal: stop.asked },
  );
  return await use({ url: service.url, key });
}

function readable({
  verdict,
  score,
  categories,
  action,
  role,
  flags,
  policy,
  model,
  notice,
}: ServiceVerdict) {
  const percent = (probability: number): string => `${(100 * probability).toFixed(1)} %`;
  return [
    `${verdict}  ${percent(score)} likely to be unsafe, by ${policy.id} ${policy.version}, written by the ${role}`,
    ...categories.map(
      ({ code, name, score: own, violated }) =>
        `  ${violated ? "!" : " "} ${code.padEnd(4)} ${percent(own).padStart(7)}  ${name}`,
    ),
    ...(verdict === "unsafe" ? [`  action: ${action}`] : []),
    ...(flags.length > 0 ? [`  flags: ${flags.join(", ")}`] : []),
    `${model.id}: ${notice}`,
    "",
  ].join("\n");
}

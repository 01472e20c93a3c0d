import { GuardError } from "../base/index.js";
import { isLoopback } from "./loopback.js";
import { envName } from "./setting.js";
import type { SettingName, Settings } from "./settings.js";

type Given = ReadonlySet<SettingName>;

/**
 * Settings that each are right and together are not.
 * @param given what somebody wrote down: of two defaults nobody is told that they contradict each other
 * @throws GuardError `invalid_config` naming the variables and the ways out
 */
export function refuseContradictions(settings: Settings, given: Given): void {
  refuseOpenDoor(settings);
  refuseLimits(settings);
  refuseTwoGuards(settings, given);
  refuseTwoGenerators(settings, given);
}

function refuseOpenDoor({ host, keysFile, allowOpen }: Settings): void {
  if (keysFile === null && allowOpen === "no" && !isLoopback(host))
    throw invalid(
      "PORTCULLIS_HOST lets other machines in, and no key would be asked for: name a PORTCULLIS_KEYS_FILE " +
        "(`portcullis key create` makes entries), or set PORTCULLIS_ALLOW_OPEN=yes if that is what you want",
    );
  if (keysFile !== null && allowOpen === "yes")
    throw invalid(
      "PORTCULLIS_ALLOW_OPEN=yes and PORTCULLIS_KEYS_FILE contradict each other: keep one of them",
    );
}

function refuseLimits({ stepTokens, waitingTokens, chatCheckDeadlineMs, chatDeadlineMs }: Settings): void {
  if (stepTokens > waitingTokens)
    throw invalid(
      "PORTCULLIS_STEP_TOKENS must not exceed PORTCULLIS_WAITING_TOKENS: no step could ever be full",
    );
  if (chatCheckDeadlineMs > chatDeadlineMs)
    throw invalid(
      "PORTCULLIS_CHAT_CHECK_DEADLINE_MS must not exceed PORTCULLIS_CHAT_DEADLINE_MS: no check could take so long",
    );
}

const REMOTE_GUARD = [
  ...(["guardServer", "guardModel", "guardTokenizer", "guardKeyFile", "guardVerdicts"] as const),
  "guardContextTokens",
] as const satisfies SettingName[];
const OWN_GUARD = ["threads", "headCacheMib", "conversationCacheMib"] as const satisfies SettingName[];

function refuseTwoGuards(settings: Settings, given: Given): void {
  const { guardUrl, guardModel, guardTokenizer } = settings;
  if (guardUrl === null) return refuseIdle(given, REMOTE_GUARD, "PORTCULLIS_GUARD_URL names a server");
  if (given.has("guard"))
    throw invalid("PORTCULLIS_GUARD and PORTCULLIS_GUARD_URL both name a guard: keep one of them");
  refuseIdle(given, OWN_GUARD, "the guard runs on this machine; PORTCULLIS_GUARD_URL names another");
  if (guardModel === null) throw missing("guardModel", "guardUrl", "its name as the server lists it");
  if (guardTokenizer === null)
    throw missing("guardTokenizer", "guardUrl", "the tokenizer.json of its checkpoint");
}

const REMOTE_GENERATOR = [
  ...(["generatorServer", "generatorModel", "generatorKind", "generatorKeyFile"] as const),
  "generatorSpecialTokens",
] as const satisfies SettingName[];
const OWN_GENERATOR = [
  ...(["generatorThreads", "generatorCacheMib", "generatorWaitingTokens"] as const),
] as const satisfies SettingName[];
const SERVERS = [
  ...(["serverConnectTimeoutMs", "serverSilenceMs", "serverRetries"] as const),
] as const satisfies SettingName[];

function refuseTwoGenerators(settings: Settings, given: Given): void {
  const { generator, generatorUrl, generatorModel, guardUrl } = settings;
  if (generatorUrl === null) {
    refuseIdle(given, REMOTE_GENERATOR, "PORTCULLIS_GENERATOR_URL names a server");
    if (guardUrl === null)
      refuseIdle(given, SERVERS, "PORTCULLIS_GUARD_URL or PORTCULLIS_GENERATOR_URL names a server");
    if (generator === "none") {
      const chat = [...given].filter((name) => name.startsWith("chat"));
      refuseIdle(given, [...OWN_GENERATOR, ...chat], "there is a generator; PORTCULLIS_GENERATOR is none");
    }
    return;
  }
  if (given.has("generator"))
    throw invalid(
      "PORTCULLIS_GENERATOR and PORTCULLIS_GENERATOR_URL both name a generator: keep one of them",
    );
  refuseIdle(
    given,
    OWN_GENERATOR,
    "the generator runs on this machine; PORTCULLIS_GENERATOR_URL names another",
  );
  if (generatorModel === null)
    throw missing("generatorModel", "generatorUrl", "its name as the server lists it");
}

/** Whoever sets what nothing heeds believes in something that is not so. */
function refuseIdle(given: Given, names: readonly SettingName[], where: string): void {
  const idle = names.filter((name) => given.has(name)).map(envName);
  if (idle.length > 0) throw invalid(`${idle.join(", ")} mean something only where ${where}`);
}

const missing = (name: SettingName, beside: SettingName, what: string): GuardError =>
  invalid(`${envName(name)} is missing beside ${envName(beside)}: ${what}`);

const invalid = (message: string): GuardError => new GuardError("invalid_config", message);

import { join } from "node:path";
import { PACKAGE_ROOT } from "../base/index.js";
import { CHAT_SETTINGS } from "./chat-settings.js";
import { CORES } from "./cores.js";
import { GENERATOR_SETTINGS } from "./generator-settings.js";
import { REMOTE_SETTINGS } from "./remote-settings.js";
import type { Setting, SettingValue } from "./setting.js";

/** The one list of settings. A name here is also an environment variable and a flag, see `setting.ts`. */
export const SETTINGS = {
  host: {
    group: "service",
    kind: "text",
    default: "127.0.0.1",
    help: "Address to listen on.",
    why: "a gate that nobody has given keys yet should not be reachable from outside",
  },
  port: {
    group: "service",
    kind: "integer",
    minimum: 0,
    maximum: 65_535,
    default: 8080,
    help: "TCP port to listen on; 0 takes a free one.",
    why: "what hosts of containers expect, and no privilege is needed",
  },
  keysFile: {
    group: "service",
    kind: "path",
    default: null,
    help: "JSON file with the SHA-256 of every key that callers may use.",
    why: "without keys the service answers this machine only",
  },
  allowOpen: {
    group: "service",
    kind: "choice",
    choices: ["no", "yes"],
    default: "no",
    help: "Whether to serve other machines without asking for a key.",
    why: "an open gate is a decision, not an accident",
  },
  metrics: {
    group: "service",
    kind: "choice",
    choices: ["keyed", "open", "off"],
    default: "keyed",
    help: "Who may read /metrics: callers with a key, everyone, or nobody. Without a keys file, keyed is open.",
    why: "rates and policies in use say much about a service",
  },
  log: {
    group: "service",
    kind: "choice",
    choices: ["auto", "json", "text"],
    default: "auto",
    help: "Form of log lines on stderr; auto writes text to a terminal and JSON elsewhere.",
    why: "people read terminals, machines read the rest",
  },
  bodyBytes: {
    group: "limits",
    kind: "integer",
    minimum: 1024,
    maximum: 64 * 1024 * 1024,
    default: 256 * 1024,
    help: "Largest request body in bytes.",
    why: "a context of 8,192 tokens is about 32 KiB of English; eight times that",
  },
  requestTimeoutMs: {
    group: "limits",
    kind: "integer",
    minimum: 100,
    maximum: 3_600_000,
    default: 30_000,
    help: "Longest time in milliseconds from a request to its answer.",
    why: "a full context takes an 8B model some seconds; who waits longer has given up",
  },
  drainMs: {
    group: "limits",
    kind: "integer",
    minimum: 0,
    maximum: 600_000,
    default: 10_000,
    help: "Time in milliseconds that requests in flight have after a signal to stop.",
    why: "below the 30 s that orchestrators usually leave between SIGTERM and SIGKILL",
  },
  policiesDir: {
    group: "policies",
    kind: "path",
    default: join(PACKAGE_ROOT, "policies"),
    shownDefault: "policies (of the package)",
    help: "Folder with one JSON file per policy.",
    why: "the policies that come with the package",
  },
  defaultPolicy: {
    group: "policies",
    kind: "text",
    default: "llama-guard-2",
    help: "Policy that judges requests which name none.",
    why: "the taxonomy Llama Guard 2 was trained with",
  },
  modelsDir: {
    group: "models",
    kind: "path",
    default: join(PACKAGE_ROOT, "onnx"),
    shownDefault: "onnx (of the package)",
    help: "Folder with one folder per model.",
    why: "where the model that comes with the package lies",
  },
  guard: {
    group: "models",
    kind: "text",
    default: "starter-guard",
    help: "Model that judges: its name among the models, or the path of its folder.",
    why: "the small model that comes with the package, so that everything runs before Llama Guard 2 is there",
  },
  threads: {
    group: "engine",
    kind: "integer",
    minimum: 1,
    maximum: 1024,
    default: CORES,
    shownDefault: "cores this process may use",
    help: "Threads a guard on this machine computes with.",
    why: "matrix products scale with cores; the HTTP process needs little of them",
  },
  headCacheMib: {
    group: "engine",
    kind: "integer",
    minimum: 1,
    maximum: 1024 * 1024,
    default: 512,
    help: "Memory in MiB for keys and values of policy heads, the part all prompts of a policy and role share.",
    why: "both heads of a policy of Llama Guard 2 8B take 330 MiB",
  },
  conversationCacheMib: {
    group: "engine",
    kind: "integer",
    minimum: 1,
    maximum: 1024 * 1024,
    default: 512,
    help: "Memory in MiB for keys and values of conversations that may go on.",
    why: "2,048 tokens of Llama Guard 2 8B, tens of thousands of a small guard",
  },
  waitingTokens: {
    group: "engine",
    kind: "integer",
    minimum: 1,
    maximum: 100_000_000,
    default: 32_768,
    help: "Most tokens that may wait for the engine; requests beyond are refused as overloaded.",
    why: "four full contexts: one long conversation never fills the queue",
  },
  stepTokens: {
    group: "engine",
    kind: "integer",
    minimum: 16,
    maximum: 65_536,
    default: 256,
    help: "Most tokens computed in one step, which cannot be interrupted.",
    why: "attention grows with what a step packs, matrix products gain little beyond, and a step cannot be stopped",
  },
  startTimeoutMs: {
    group: "engine",
    kind: "integer",
    minimum: 1000,
    maximum: 3_600_000,
    default: 300_000,
    help: "Longest time in milliseconds from the start of the engine process to its first answer.",
    why: "hashing and loading 16 GB from a slow disk, with some to spare",
  },
  stuckMs: {
    group: "engine",
    kind: "integer",
    minimum: 1000,
    maximum: 3_600_000,
    default: 120_000,
    help: "Time in milliseconds that the engine process may be silent while it has work; then it is replaced.",
    why: "a step of 256 tokens of an 8B model on two cores takes about 15 s",
  },
  ...REMOTE_SETTINGS,
  ...GENERATOR_SETTINGS,
  ...CHAT_SETTINGS,
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

export type Settings = { readonly [Name in SettingName]: SettingValue<(typeof SETTINGS)[Name]> };

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

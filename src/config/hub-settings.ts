import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { GuardError } from "../base/index.js";

/** Where checkpoints come from, in the variables that all Hugging Face programs share. */
export interface HubSettings {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly token: string | null;
  /** Absolute. */
  readonly cacheDir: string;
  /** Whether only the cache may be used. */
  readonly offline: boolean;
}

const DEFAULT_ENDPOINT = "https://huggingface.co";
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const YES = /^(1|on|yes|true)$/i;
const VISIBLE = /^[\x21-\x7e]+$/;

/**
 * @param homeDir stands for `~`
 * @throws GuardError `invalid_config`; its message never holds the token
 * @see huggingface_hub, `constants.py`
 */
export function readHubSettings(
  env: NodeJS.ProcessEnv = process.env,
  homeDir: string = homedir(),
): HubSettings {
  const text = (name: string): string | undefined => env[name]?.trim() || undefined;
  const path = (name: string): string | undefined => {
    const given = text(name);
    return given && resolve(given.replace(/^~(?=\/|$)/, homeDir));
  };
  const home = path("HF_HOME") ?? join(path("XDG_CACHE_HOME") ?? join(homeDir, ".cache"), "huggingface");
  const token = text("HF_TOKEN") ?? readTokenFile(path("HF_TOKEN_PATH") ?? join(home, "token"));
  if (token !== null && !VISIBLE.test(token))
    throw invalid(
      "the token in HF_TOKEN, or in the file of HF_TOKEN_PATH, holds characters that no token has",
    );
  return Object.freeze({
    endpoint: checkEndpoint(text("HF_ENDPOINT") ?? DEFAULT_ENDPOINT, token !== null),
    token,
    cacheDir: path("HF_HUB_CACHE") ?? path("HUGGINGFACE_HUB_CACHE") ?? join(home, "hub"),
    offline: YES.test(text("HF_HUB_OFFLINE") ?? ""),
  });
}

/** What `hf auth login` leaves. */
function readTokenFile(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim() || null;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new GuardError("invalid_config", `the token file ${path} cannot be read: see HF_TOKEN_PATH`, {
      cause,
    });
  }
}

function checkEndpoint(given: string, hasToken: boolean): string {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username + url.password + url.search + url.hash)
    throw invalid(`HF_ENDPOINT must be the plain address of a hub, such as ${DEFAULT_ENDPOINT}`);
  if (url.protocol === "http:" && hasToken && !LOOPBACK.test(url.hostname))
    throw invalid(
      "HF_ENDPOINT is http://, so the token would be sent in clear: use https://, or do without HF_TOKEN " +
        "and with HF_TOKEN_PATH naming an empty file",
    );
  return url.href.replace(/\/+$/, "");
}

const invalid = (message: string): GuardError => new GuardError("invalid_config", message);

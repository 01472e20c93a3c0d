import type { Redis } from "ioredis";
import { GuardError } from "../../base/index.js";
import type { QueueAddress } from "./queue-address.js";

/** A connection that comes back by itself; what is asked meanwhile fails within seconds. */
export interface RedisLine {
  readonly redis: Redis;
  /** Address, for people. */
  readonly shown: string;
  /** A connection of its own for waiting: what is asked there waits for Redis to come back. Ends with the line. */
  waiting(): Redis;
  close(): void;
}

const CONNECT_TIMEOUT_MS = 5_000;
const COMMAND_TIMEOUT_MS = 10_000;
const LONGEST_PAUSE_MS = 1_000;

/** Answers of Redis that another try does not change. */
const REFUSALS: ReadonlySet<string> = new Set(["NOAUTH", "WRONGPASS", "NOPERM"]);

/**
 * @throws GuardError `engine_unavailable` where no Redis answers, `invalid_config` where it wants another name or
 * password
 */
export async function openRedisLine(address: QueueAddress): Promise<RedisLine> {
  const { Redis } = await import("ioredis"); // heavy, and other commands do without
  const { host, port, db, tls, username, password, shown } = address;
  const redis = new Redis({
    ...{ host, port, db, lazyConnect: true, maxRetriesPerRequest: 1 },
    ...(tls ? { tls: {} } : {}),
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), LONGEST_PAUSE_MS),
  });
  let last: unknown;
  redis.on("error", (error: unknown) => (last = error)); // whoever asks something hears of it
  const waiters: Redis[] = [];
  const line: RedisLine = {
    redis,
    shown,
    waiting() {
      const own = redis.duplicate({ maxRetriesPerRequest: null, lazyConnect: false });
      own.options.commandTimeout = undefined;
      own.on("error", () => undefined);
      waiters.push(own);
      return own;
    },
    close: () => [redis, ...waiters].forEach((one) => one.disconnect()),
  };
  try {
    await redis.connect();
    await redis.ping();
    return line;
  } catch (error) {
    line.close();
    throw lineFault(last ?? error, shown); // what is caught says only that it is closed
  }
}

/** Whether it is the line, or a server that is not itself just now: it may pass. */
export const isLineTrouble = (error: unknown): boolean =>
  error instanceof Error &&
  !REFUSALS.has(troubleWord(error)) &&
  ("code" in error ||
    ["ReplyError", "MaxRetriesPerRequestError", "AbortError", "LineSilent"].includes(error.name) ||
    /^(Connection is closed|Command timed out|Stream isn't writeable)/i.test(error.message));

/** One word for what is wrong, such as `ECONNREFUSED` or `WRONGPASS`; nothing of what was sent is in it. */
export function troubleWord(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { code } = error as NodeJS.ErrnoException;
  const reply = /^[A-Z]{2,20}(?=\s)/.exec(error.message)?.[0];
  return typeof code === "string" ? code : (reply ?? "silent");
}

/** A fault of the line in words; anything that is none passes. */
export function lineFault(error: unknown, shown: string): unknown {
  const word = troubleWord(error);
  if (REFUSALS.has(word))
    return new GuardError("invalid_config", `Redis at ${shown} wants another name or password: ${word}`);
  if (!isLineTrouble(error)) return error;
  return new GuardError("engine_unavailable", `Redis at ${shown} cannot be reached: ${word}`, {
    cause: error,
  });
}
